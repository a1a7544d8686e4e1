"""Render a record's findings as SARIF 2.1.0, for code scanning and editors."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from limerun.records import EXIT_CODES, INTERRUPTED, Finding, Record
from limerun.records.rules import RULES_BY_ID, GuideRule
from limerun.report.content.finding_text import finding_paragraph
from limerun.report.content.headlines import headline
from limerun.report.content.rule_sections import rule_sections
from limerun.report.content.safe_text import one_line, plain
from limerun.report.content.sentences import shown_run
from limerun.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"


def render(record: Record, base: str = "") -> str:
    """Return the record as SARIF; files in the folder `base` are relative to it."""
    ids = [one_line(finding.rule, 100) for finding in record.findings]
    rules = list(dict.fromkeys(ids))
    run = {
        "tool": {
            "driver": {
                "name": "limerun",
                "semanticVersion": VERSION,
                "rules": [_rule(id) for id in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(record)],
        "results": [
            _result(finding, rules.index(id), base)
            for id, finding in zip(ids, record.findings, strict=True)
        ],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(id: str) -> dict[str, Any]:
    rule = RULES_BY_ID.get(id)
    descriptor: dict[str, Any] = {"id": id}
    if rule is not None:
        descriptor |= _described(rule)
    return descriptor


def _described(rule: GuideRule) -> dict[str, Any]:
    """Return the rule's texts, without helpUri: the page has no public address."""
    return {
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. Guide, section {rule.section}."},
        "help": {
            "text": f"{rule.advice} `limerun rule {rule.id}` shows examples.",
            "markdown": rule_sections()[rule.id],
        },
    }


def _invocation(record: Record) -> dict[str, Any]:
    """Return how the command ended; a run that did not finish is a notification."""
    run = shown_run(record)
    done = run.is_done if run is not None else record.lint is not None
    invocation: dict[str, Any] = {
        "executionSuccessful": done,
        "exitCode": record.exit_code,
        "exitCodeDescription": _exit_words(record.exit_code),
    }
    if not done:
        text = headline(record).sentence
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": text}}
        ]
    return invocation


def _exit_words(code: int) -> str:
    words = {code: verdict.value for verdict, code in EXIT_CODES.items()}
    return words.get(code, "interrupted" if code in INTERRUPTED else "not run")


def _result(finding: Finding, rule_index: int, base: str) -> dict[str, Any]:
    return {
        "ruleId": one_line(finding.rule, 100),
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": {"text": plain(finding_paragraph(finding, base))},
        "locations": list(_locations(finding, base)),
        "partialFingerprints": {"limerun/1": _fingerprint(finding, base)},
    }


def _locations(finding: Finding, base: str) -> Iterator[dict[str, Any]]:
    location = finding.location
    if location is None or not location.file:
        return
    physical: dict[str, Any] = {"artifactLocation": _artifact(location.file, base)}
    if location.line >= 1:
        physical["region"] = {"startLine": location.line}
        if finding.code:
            physical["region"]["snippet"] = {"text": plain(finding.code)}
    result: dict[str, Any] = {"physicalLocation": physical}
    if location.function:
        result["logicalLocations"] = [{"name": one_line(location.function, 200)}]
    yield result


def _artifact(file: str, base: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute() and base and path.is_relative_to(base):
        path = path.relative_to(base)
    posix = path.as_posix()
    if path.is_absolute():
        begin = "file://" if posix.startswith("/") else "file:///"
        return {"uri": begin + quote(posix, safe="/:", errors="replace")}
    return {"uri": quote(posix, errors="replace"), "uriBaseId": _ROOT}


def _fingerprint(finding: Finding, base: str) -> str:
    """Return a fingerprint that stays the same when lines above the finding change."""
    place = finding.location
    named = (
        () if place is None else (_artifact(place.file, base)["uri"], place.function)
    )
    text = "\n".join(map(str, (finding.rule, finding.title, *named)))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
