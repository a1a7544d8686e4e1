"""What is said of a finding: where, why, what to do, and what the guide says. Pure."""

from dataclasses import dataclass

from limerun.records import Finding, Level
from limerun.report.content.safe_text import one_line, plain
from limerun.report.content.sentences import place


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingText:
    """A finding in words: one line each, but for the code that it suggests."""

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
    """Where the guide says so, in short."""


def finding_text(finding: Finding, base: str) -> FindingText:
    """Return a finding in words; its file relative to the folder `base`."""
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
    """Return where the guide says so, in full."""
    return f"guide: {one_line(finding.guide, 120)}" if finding.guide else ""


def guide_section(finding: Finding) -> str:
    """Return where the guide says so, by number alone where it has one."""
    number = finding.guide.partition(".")[0]
    return f"guide, section {number}" if number.isdigit() else guide_reference(finding)


def finding_paragraph(finding: Finding, base: str) -> str:
    """Return a finding as one paragraph: what, where, and what the guide says."""
    where = place(finding.location, base)
    parts = [
        f"{one_line(finding.title, 200)} ({where})." if where else f"{finding.title}.",
        one_line(finding.detail, 600),
        one_line(finding.advice, 400),
        f"({guide_reference(finding)})" if finding.guide else "",
    ]
    return " ".join(part for part in parts if part)
