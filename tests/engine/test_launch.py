"""A worker's environment is the user's, without limerun's variables."""

from dataclasses import replace

import pytest

from limerun.config.resolve import load_plan
from limerun.engine.launch import launch_of
from limerun.records import Plan
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def plan() -> Plan:
    config = ROOT / "configs" / "fetch-contracts.yaml"
    return load_plan(config, command="run", options={}, sets=(), environ={})


def no_proxy(plan: Plan, **variables: str) -> set[str]:
    launch = launch_of(replace(plan, environment_variables=variables))
    names = ("no_proxy", "NO_PROXY")
    return {launch.environment[name] for name in names if name in launch.environment}


def test_a_task_uses_no_proxy_for_served_sources(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert no_proxy(plan) == {"127.0.0.1"}
    assert no_proxy(plan, NO_PROXY="example.com") == {"example.com,127.0.0.1"}
    monkeypatch.setenv("no_proxy", "lime.test")
    assert no_proxy(plan) == {"lime.test,127.0.0.1"}


def test_proxy_settings_stay_unchanged_without_served_sources(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "lime.test")
    assert no_proxy(replace(plan, sources={})) == {"lime.test"}
