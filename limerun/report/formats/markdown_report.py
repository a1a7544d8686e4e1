"""Render a record as Markdown that fits into a pull request comment (60 KiB). Pure."""

import json
from collections.abc import Iterator, Sequence

from limerun.records import Check, Record, Run
from limerun.report.content.check_text import (
    CHECK_HEADS,
    CheckState,
    check_text,
    unjudged,
)
from limerun.report.content.comparison_text import comparison_headline
from limerun.report.content.ending_text import output_ends
from limerun.report.content.facts import facts_of
from limerun.report.content.feature_test import log_table
from limerun.report.content.finding_text import FindingText, finding_text
from limerun.report.content.headlines import headline
from limerun.report.content.improvement_text import improvement_tables
from limerun.report.content.profile_tables import instrument_tables
from limerun.report.content.report_table import changes_table
from limerun.report.content.resilience_text import scenario_table
from limerun.report.content.safe_text import last_characters, plain
from limerun.report.content.sentences import shown_run
from limerun.report.formats.markdown_comparison import comparison_blocks
from limerun.report.formats.markdown_escaping import code_block, code_span, escape
from limerun.report.formats.markdown_table import draw_table, growth_table, table_block

LIMIT_BYTES = 60 * 1024
_OUTPUT_LIMIT = 6_000
_SUGGESTION_LIMIT = 2_000
_FINDINGS = 25
_CHECKS = 50
_REST = "\n*The rest did not fit; the record (`--json`) has everything.*\n"
_MARKS: dict[CheckState, str] = {
    "passed": "✅",
    "exceeded": "❌",
    "warns": "⚠️",
    "not judged": "➖",  # noqa: RUF001 - this sign is intended
}
_TONES = {"good": "✅", "bad": "❌", "unsure": "⚠️", "neutral": "▶️"}
_LEVELS = {"error": "❌", "warning": "⚠️", "note": "💡"}


def render(record: Record, base: str = "") -> str:
    """Return the record as Markdown for GitHub and GitLab, at most 60 KiB as UTF-8.

    Files are relative to the folder `base`. If the report is too long, whole blocks at
    its end are left out.
    """
    room = LIMIT_BYTES - len(_REST.encode())
    blocks: list[str] = []
    for block in _blocks(record, base):
        size = len(block.encode()) + 1
        if size > room:
            blocks.append(_REST)
            break
        room -= size
        blocks.append(block)
    return "\n".join(blocks)


def _blocks(record: Record, base: str) -> Iterator[str]:
    line = headline(record)
    yield f"### {_TONES[line.tone]} {line.word}\n"
    yield f"{escape(line.sentence, 800)}\n"
    if record.checks:
        yield _checks(record.checks)
    yield from _results(record)
    yield _facts(record, base)
    run = shown_run(record)
    if run is not None and run.error is not None:
        whole = plain(run.error.traceback).rstrip()
        yield _details("Traceback", last_characters(whole, _OUTPUT_LIMIT))
    if record.findings:
        yield "#### Findings\n\n`limerun rule ID` explains a rule.\n"
        for finding in record.findings[:_FINDINGS]:
            yield _finding(finding_text(finding, base))
        if len(record.findings) > _FINDINGS:
            yield f"*and {len(record.findings) - _FINDINGS} more*\n"
    yield from _middle_blocks(record, base)
    if run is not None:
        yield from _last_blocks(record, run, base)


def _results(record: Record) -> Iterator[str]:
    """Yield what a command found besides checks."""
    if record.growth is not None:
        yield growth_table(record.growth)
    if record.resilience is not None:
        yield table_block(scenario_table(record.resilience))


def _middle_blocks(record: Record, base: str) -> Iterator[str]:
    for table in (
        *improvement_tables(record, base),
        *instrument_tables(record, base),
    ):
        yield table_block(table)
    if record.improvement is not None and record.improvement.patch:
        yield _details("Patch", record.improvement.patch)
    if record.comparison is not None:
        line = comparison_headline(record.comparison)
        yield f"#### Compared with the baseline: {line.word.lower()}\n"
        yield from comparison_blocks(record.comparison)


def _last_blocks(record: Record, run: Run, base: str) -> Iterator[str]:
    if record.command == "run" and run.log is not None and run.log.lines:
        yield table_block(log_table(run.log, base))
    if record.command == "run" and run.ending == "returned":
        result = json.dumps(run.result, ensure_ascii=False)
        yield f"#### Result\n\n{code_span(result, 1000)}\n"
    changes = changes_table(run)
    if changes is not None:
        yield table_block(changes)
    if record.command == "run" or run.ending != "returned":
        for name, text in output_ends(run, _OUTPUT_LIMIT):
            yield _details(f"End of {name}", text)


def _checks(checks: Sequence[Check]) -> str:
    rows = [
        (
            _MARKS[text.state],
            escape(text.label, 60),
            text.figure,
            text.budget,
            text.difference,
        )
        for text in map(check_text, checks[:_CHECKS])
    ]
    first, *figures = CHECK_HEADS
    drawn = draw_table(["", first, *(f"{head}:" for head in figures)], rows)
    return drawn + "".join(f"\n{escape(why, 400)}\n" for why in unjudged(checks))


def _facts(record: Record, base: str) -> str:
    lines: list[str] = []
    for label, text in facts_of(record, base):
        if label:
            lines.append(f"- {label}: {escape(text, 500)}")
        else:
            lines[-1] += f"; {escape(text, 500)}"
    return "".join(f"{line}\n" for line in lines)


def _finding(text: FindingText) -> str:
    head = f"{_LEVELS[text.level]} **{escape(text.title, 200)}**"
    if text.place:
        head += f" {code_span(text.place, 300)}"
    guide = f", {escape(text.guide, 150)}" if text.guide else ""
    rule = f"*rule* {code_span(text.rule, 60)}{guide}"
    code = f"\n\n  {code_span(text.code, 200)}\n" if text.code else ""
    return (
        f"- {head}{code}\n  {escape(text.detail, 600)}\n\n"
        f"  {escape(text.advice, 500)}\n\n  {rule}\n{_suggestion(text.suggestion)}"
    )


def _suggestion(suggestion: str) -> str:
    if not suggestion:
        return ""
    block = code_block(suggestion[:_SUGGESTION_LIMIT])
    return "\n" + "".join(f"  {line}\n" for line in block.rstrip().split("\n"))


def _details(title: str, text: str) -> str:
    block = code_block(text)
    return f"<details><summary>{title}</summary>\n\n{block}\n</details>\n"
