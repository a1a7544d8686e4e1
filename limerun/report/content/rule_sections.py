"""Read the documentation of each rule from the page of rules in `limerun/docs`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*([^*]+)\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBlock:
    """A paragraph or an example of a rule's documentation."""

    code: str = ""
    """The example; "" for a paragraph."""
    pieces: tuple[str, ...] = ()
    """The paragraph, in pieces; every second piece is inline code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """The documentation of one rule."""

    id: str
    blocks: tuple[RuleBlock, ...]


@cache
def rule_sections() -> Mapping[str, str]:
    """Return each rule's section as Markdown, by the rule's id."""
    _, *parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    return {part.partition("\n")[0]: f"# {part.strip()}\n" for part in parts}


def rule_texts(ids: Iterable[str]) -> tuple[RuleText, ...]:
    """Return the documentation of each given rule once; unknown ids are left out."""
    sections = rule_sections()
    return tuple(
        RuleText(id=id, blocks=tuple(_blocks(sections[id])))
        for id in dict.fromkeys(ids)
        if id in sections
    )


def _blocks(section: str) -> Iterator[RuleBlock]:
    _, _, text = section.partition("\n")
    # The split alternates between text and examples.
    for index, part in enumerate(_FENCE.split(text)):
        if index % 2:
            yield RuleBlock(code=part.rstrip())
            continue
        for paragraph in filter(None, map(str.strip, part.split("\n\n"))):
            plain = _EMPHASIS.sub(r"\1", _LINK.sub(r"\1", paragraph))
            yield RuleBlock(pieces=tuple(plain.replace("\n", " ").split("`")))
