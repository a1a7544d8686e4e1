"""The core limetypes in the platform's DSL."""

from pathlib import Path

dsl = Path(__file__).with_name("core.yaml").read_text(encoding="utf-8")
