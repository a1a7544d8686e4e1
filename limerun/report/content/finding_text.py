"""The text of a finding: place, reason, advice, rule and section of the guide. Pure."""

from dataclasses import dataclass

from limerun.records import Finding, Level
from limerun.report.content.safe_text import one_line, plain
from limerun.report.content.sentences import place


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingText:
    """The texts of a finding: one line each, except for suggested code."""

    rule: str
    level: Level
    title: str
    place: str
    code: str
    detail: str
    advice: str
    suggestion: str
    guide: str
    section: str
    """The guide's section in short form."""


def finding_text(finding: Finding, base: str) -> FindingText:
    """Return the texts of a finding; its file is relative to the folder `base`."""
    return FindingText(
        rule=one_line(finding.rule, 60),
        level=finding.level,
        title=one_line(finding.title, 200),
        place=place(finding.location, base),
        code=one_line(finding.code or "", 200),
        detail=one_line(finding.detail, 600),
        advice=one_line(finding.advice, 600),
        suggestion=plain(finding.suggestion or "").strip("\n"),
        guide=guide_reference(finding),
        section=guide_section(finding),
    )


def guide_reference(finding: Finding) -> str:
    """Return the guide's section with its title."""
    return f"guide: {one_line(finding.guide, 120)}" if finding.guide else ""


def rule_reference(finding: Finding) -> str:
    """Return the rule's id and the guide's section."""
    guide = guide_reference(finding)
    return ", ".join(filter(None, (f"rule {one_line(finding.rule, 60)}", guide)))


def guide_section(finding: Finding) -> str:
    """Return the guide's section, by its number alone if it has one."""
    number = finding.guide.partition(".")[0]
    return f"guide, section {number}" if number.isdigit() else guide_reference(finding)


def finding_paragraph(finding: Finding, base: str) -> str:
    """Return a finding as one paragraph: title, place, reason, advice and rule."""
    where = place(finding.location, base)
    parts = [
        f"{one_line(finding.title, 200)} ({where})." if where else f"{finding.title}.",
        one_line(finding.detail, 600),
        one_line(finding.advice, 400),
        f"({rule_reference(finding)})",
    ]
    return " ".join(part for part in parts if part)
