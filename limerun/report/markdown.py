"""Tell a record as Markdown that fits a pull request comment (60 KiB)."""

import json
from collections.abc import Iterator, Sequence

from limerun.records import Check, Finding, Instrument, ObjectsChanged, Record, Run
from limerun.report.compared import comparison_headline
from limerun.report.escaping import code_block, code_span, escape
from limerun.report.facts import facts_of
from limerun.report.headlines import headline
from limerun.report.markdown_comparison import comparison_blocks, table
from limerun.report.markdown_growth import growth_table
from limerun.report.plain import last_characters, plain
from limerun.report.profile_tables import ProfileTable, profile_tables
from limerun.report.wording import (
    check_label,
    difference,
    figure,
    guide_reference,
    instrument_cost,
    is_warning,
    place,
    shown_run,
)
from limerun.units import format_count

LIMIT_BYTES = 60 * 1024
_OUTPUT_LIMIT = 6_000
_SUGGESTION_LIMIT = 2_000
_CELL_LIMIT = 160
_CODE = {"statement", "where", "sent from"}
_FINDINGS = 25
_CHECKS = 50
_REST = "\n*More did not fit here; the record (`--json`) has it all.*\n"
_MARKS = {True: "✅", False: "❌", None: "➖"}  # noqa: RUF001 - the sign is meant
_TONES = {"good": "✅", "bad": "❌", "unsure": "⚠️", "neutral": "▶️"}
_LEVELS = {"error": "❌", "warning": "⚠️", "note": "💡"}


def render(record: Record, base: str = "") -> str:
    """Return the record as GitHub and GitLab show it; at most 60 KiB as UTF-8.

    Files are shown as seen from the folder `base`. Blocks are whole or left out, the least important first to go.
    """
    room = LIMIT_BYTES - len(_REST.encode())
    kept: list[str] = []
    for block in _blocks(record, base):
        size = len(block.encode()) + 1
        if size > room:
            kept.append(_REST)
            break
        room -= size
        kept.append(block)
    return "\n".join(kept)


def _blocks(record: Record, base: str) -> Iterator[str]:
    line = headline(record)
    yield f"### {_TONES[line.tone]} {line.word}\n"
    yield f"{escape(line.sentence, 800)}\n"
    if record.checks:
        yield _checks(record.checks)
    if record.growth is not None:
        yield growth_table(record.growth)
    yield _facts(record, base)
    run = shown_run(record)
    if run is not None and run.error is not None:
        yield _details("Traceback", run.error.traceback)
    if record.findings:
        yield "#### Findings\n"
        for finding in record.findings[:_FINDINGS]:
            yield _finding(finding, base)
        if len(record.findings) > _FINDINGS:
            yield f"*and {len(record.findings) - _FINDINGS} more*\n"
    yield from _middle_blocks(record, base)
    if run is not None:
        yield from _last_blocks(record, run)


def _middle_blocks(record: Record, base: str) -> Iterator[str]:
    if record.profile is not None:
        for each in profile_tables(record.profile, base):
            yield _profile_table(each)
    for instrument in record.instruments:
        if instrument.lines or instrument.why_missing is not None:
            yield _instrument(instrument, base)
    if record.comparison is not None:
        line = comparison_headline(record.comparison)
        yield f"#### Beside the base: {line.word.lower()}\n"
        yield from comparison_blocks(record.comparison)


def _last_blocks(record: Record, run: Run) -> Iterator[str]:
    if record.command == "run" and run.ending == "returned":
        result = json.dumps(run.result, ensure_ascii=False)
        yield f"#### Result\n\n{code_span(result, 1000)}\n"
    if run.changes is not None:
        yield _changes(run.changes)
    if record.command == "run" or run.ending != "returned":
        for name, text in (
            ("stderr", run.output.stderr),
            ("stdout", run.output.stdout),
        ):
            if text.strip():
                yield _details(f"End of {name}", text)


def _checks(checks: Sequence[Check]) -> str:
    rows = [
        (
            "⚠️" if is_warning(check) else _MARKS[check.passed],
            escape(check_label(check), 60),
            figure(check.actual, check.unit),
            figure(check.limit, check.unit),
            _difference(check),
        )
        for check in checks[:_CHECKS]
    ]
    drawn = table(["", "check", "figure:", "budget:", "difference:"], rows)
    reasons = dict.fromkeys(
        check.why
        for check in checks
        if check.passed is None and check.actual is not None
    )
    told = "".join(f"\nNot judged: {escape(why, 200)}.\n" for why in reasons)
    return f"{drawn}{told}"


def _difference(check: Check) -> str:
    if check.passed is None and check.actual is not None:
        return "not judged"
    return difference(check)


def _facts(record: Record, base: str) -> str:
    lines: list[str] = []
    for label, text in facts_of(record, base):
        if label:
            lines.append(f"- {label}: {escape(text, 500)}")
        else:
            lines[-1] += f"; {escape(text, 500)}"
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, base: str) -> str:
    where = place(finding.location, base)
    head = f"{_LEVELS[finding.level]} **{escape(finding.title, 200)}**"
    if where:
        head += f" {code_span(where, 300)}"
    guide = f" *({escape(guide_reference(finding), 150)})*" if finding.guide else ""
    code = f"\n\n  {code_span(finding.code, 200)}\n" if finding.code else ""
    return (
        f"- {head}{code}\n  {escape(finding.detail, 600)}\n\n"
        f"  {escape(finding.advice, 500)}{guide}\n{_suggestion(finding)}"
    )


def _profile_table(shown: ProfileTable) -> str:
    heads = [
        f"{head}:" if index < shown.figures else head
        for index, head in enumerate(shown.heads)
    ]
    rows = [
        tuple(
            code_span(cell, 120, in_table=True)
            if head in _CODE
            else escape(cell, _CELL_LIMIT)
            for head, cell in zip(shown.heads, row, strict=True)
        )
        for row in shown.rows
    ]
    about = f"\n{escape(shown.about, 200)}\n" if shown.about else ""
    return f"#### {shown.title}\n{about}\n{table(heads, rows)}"


def _suggestion(finding: Finding) -> str:
    if finding.suggestion is None:
        return ""
    block = code_block(finding.suggestion[:_SUGGESTION_LIMIT])
    return "\n" + "".join(f"  {line}\n" for line in block.rstrip().split("\n"))


def _instrument(instrument: Instrument, base: str) -> str:
    title = f"#### {instrument.name.capitalize()}\n"
    if instrument.why_missing is not None:
        return f"{title}\n{escape(instrument.why_missing, 300)}\n"
    rows = [
        (
            f"{line.share * 100:.0f} %",
            figure(line.amount, instrument.unit),
            "" if line.calls is None else format_count(line.calls),
            code_span(place(line.location, base) or "elsewhere", 200, in_table=True),
            code_span(line.text, 120, in_table=True),
        )
        for line in instrument.lines[:10]
    ]
    drawn = table(["share:", "amount:", "calls:", "where", "code"], rows)
    return f"{title}\n{escape(instrument_cost(instrument), 100)}\n\n{drawn}"


def _changes(changes: Sequence[ObjectsChanged]) -> str:
    rows = [
        (
            escape(change.limetype, 60),
            format_count(change.created),
            format_count(change.updated),
            format_count(change.deleted),
        )
        for change in changes[:50]
    ]
    if not rows:
        return "#### Changed in the database\n\nNothing.\n"
    drawn = table(["limetype", "created:", "updated:", "deleted:"], rows)
    return f"#### Changed in the database\n\n{drawn}"


def _details(title: str, text: str) -> str:
    block = code_block(last_characters(plain(text).rstrip(), _OUTPUT_LIMIT))
    return f"<details><summary>{title}</summary>\n\n{block}\n</details>\n"
