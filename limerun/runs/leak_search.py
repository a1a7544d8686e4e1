"""Search a run's log and output for secrets and personal values of its dataset."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

from limerun.engine.log_file import LogFile
from limerun.measure.log_summary import LogSummary
from limerun.records import CapturedLine, Json, Leak, LeakPlace, LogSite, Outcome, Run
from limerun.runs.known_values import Found, KnownValues, words_of

_FEW = 20_000
"""With fewer texts, only values that begin with one of their words are collected."""
_BLOCK = 500
_MOST_LEAKS = 200
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BYTES_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")


_Site = LogSite | None
_Origin = tuple[LeakPlace, _Site]
_Text = tuple[str, LeakPlace, _Site]


@dataclass(slots=True)
class _Group:
    """The values of one column that one log call or output revealed."""

    leak: Leak
    names: dict[str, None] = field(default_factory=dict)
    """The places of the values in the dataset, in the order of discovery."""


class LeakSearch:
    """Searches one run's log, output, error and result."""

    def __init__(
        self,
        collect: Callable[[frozenset[str] | None], KnownValues],
        secrets_in: Callable[[str], Collection[str]],
    ) -> None:
        """Begin.

        Args:
            collect: Returns the personal values that begin with one of these words, or
                all. It is called only if there is text to search.
            secrets_in: Returns the names of the secrets that a text contains.
        """
        self._collect = collect
        self._values: KnownValues | None = None
        self._secrets_in = secrets_in
        self._groups: dict[tuple[LeakPlace, _Site, str], _Group] = {}
        self._waiting: list[_Text] = []

    def add_line(self, line: CapturedLine) -> None:
        """Search a line of the log, its exception, and the values in its `extra`."""
        parts = (line.message, line.error, *line.extra.values())
        self._add("\0".join(filter(None, parts)), "log", line.site)

    def add_output(self, lines: Iterable[str], place: LeakPlace) -> None:
        """Search lines that a run wrote."""
        for line in lines:
            self._add(line, place, None)

    def add_run(self, run: Run) -> None:
        """Search a run's error and result."""
        if run.error is not None:
            self.add_output((run.error.message, run.error.traceback), "error")
        self.add_output(_texts(run.result), "result")

    def leaks(self) -> tuple[Leak, ...]:
        """Return what was found: credentials first, then columns with most values."""
        if self._waiting:
            self._search(is_all=self._values is None)
        logged = {
            name
            for (place, _, _), group in self._groups.items()
            if place == "log"
            for name in group.names
        }
        found = []
        for (place, _, _), group in self._groups.items():
            names = [*group.names]
            if place in ("stdout", "stderr"):  # log handlers write there too
                names = [name for name in names if name not in logged]
            if names:
                found.append(replace(group.leak, what=names[0], values=len(names)))
        found.sort(key=lambda leak: (leak.kind != "credential", -leak.values))
        return tuple(found[:_MOST_LEAKS])

    def _add(self, text: str, place: LeakPlace, site: _Site) -> None:
        self._waiting.append((text.replace("\n", "\0"), place, site))
        if len(self._waiting) > (_FEW if self._values is None else _BLOCK):
            self._search(is_all=False)

    def _search(self, *, is_all: bool) -> None:
        """Search the waiting texts; `is_all` means that no more texts will follow."""
        waiting, self._waiting = self._waiting, []
        for at, found in self._with_values(waiting, is_all=is_all):
            column = f"{found.column.table}.{found.column.name}"
            self._note(waiting[at][1:], found.name, column)
        for origin, name in self._with_secrets(waiting):
            self._note(origin, name, None)

    def _with_values(
        self, texts: list[_Text], *, is_all: bool
    ) -> Iterator[tuple[int, Found]]:
        """Yield the personal values in texts, each with the index of its text."""
        folded = "\n".join(text for text, _, _ in texts).casefold().split("\n")
        owners = [*range(len(texts))]
        for at, (text, _, _) in enumerate(texts):
            for form in decoded_forms(text):
                folded.append(form.replace("\n", "\0").casefold())
                owners.append(at)
        if self._values is None:
            words = {word for text in folded for word in words_of(text)}
            self._values = self._collect(frozenset(words) if is_all else None)
        by_text: dict[int, dict[str, Found]] = defaultdict(dict)
        for at in range(0, len(folded), _BLOCK):
            for number, found in self._values.search(folded[at : at + _BLOCK]):
                by_text[owners[at + number]][found.name] = found
        for at, all_found in sorted(by_text.items()):
            for each in _without_parts(all_found.values()):
                yield at, each

    def _with_secrets(self, texts: list[_Text]) -> Iterator[tuple[_Origin, str]]:
        """Yield the secrets in texts: the origin of each, and its name."""
        for at in range(0, len(texts), _BLOCK):
            block = texts[at : at + _BLOCK]
            if self._secrets_in("\n".join(text for text, _, _ in block)):
                for text, place, site in block:
                    for name in sorted(self._secrets_in(text)):
                        yield (place, site), name

    def _note(self, origin: _Origin, name: str, column: str | None) -> None:
        place, site = origin
        key = (place, site, column or name)
        group = self._groups.get(key)
        if group is None:
            leak = Leak(
                kind="personal" if column else "credential",
                what=name,
                column=column,
                place=place,
                logger=site.logger if site else None,
                location=site.location if site else None,
                occurrences=0,
                values=0,
            )
            group = self._groups[key] = _Group(leak)
        group.names[name] = None
        group.leak = replace(group.leak, occurrences=group.leak.occurrences + 1)


def _without_parts(found: Collection[Found]) -> Iterator[Found]:
    """Yield the values in a text, without names that are part of an e-mail address."""
    alone = {each.place for each in found if each.with_column is None}
    for each in found:
        if each.with_column is None or each.place not in alone:
            yield each


def decoded_forms(text: str) -> Iterator[str]:
    """Yield a text after URL decoding, and after resolving JSON and Python escapes."""
    if "%" in text:
        yield unquote_plus(text)
    if "\\" in text:
        plain = _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        plain = _BYTES_ESCAPE.sub(_decoded_bytes, plain)
        yield plain.replace("\\/", "/")


def _decoded_bytes(match: re.Match[str]) -> str:
    data = bytes.fromhex(match[0].replace("\\x", ""))
    return data.decode("utf-8", "replace")


def _texts(value: Json) -> Iterator[str]:
    """Yield all texts and numbers in a JSON value."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def with_log(
    run: Run, outcome: Outcome, log: LogFile, search: LeakSearch | None
) -> Run:
    """Return a run, extended by the summary of its log and the values it revealed."""
    summary = LogSummary(outcome.counters)
    for line in log.lines():
        summary.add(line)
        if search is not None:
            search.add_line(line)
    run = replace(run, log=summary.result(log.counts))
    if search is None:
        return run
    search.add_output(log.output("stdout"), "stdout")
    search.add_output(log.output("stderr"), "stderr")
    search.add_run(run)
    return replace(run, leaks=search.leaks())
