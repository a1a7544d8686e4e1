"""A rule appears together with its checker."""

from pathlib import Path

import pytest

import limerun
from limerun.records.rules import RULES_BY_ID

PACKAGE = Path(limerun.__file__).parent
CHECKERS = "".join(
    path.read_text(encoding="utf-8")
    for stage in ("judge", "lint")
    for path in (PACKAGE / stage).glob("*.py")
)


@pytest.mark.parametrize("rule", RULES_BY_ID)
def test_every_rule_is_checked_by_a_command(rule: str) -> None:
    assert f'"{rule}"' in CHECKERS


def test_every_rule_has_advice_and_a_section_of_the_guide() -> None:
    for rule in RULES_BY_ID.values():
        assert rule.advice.endswith(".")
        assert rule.section[0].isdigit()
