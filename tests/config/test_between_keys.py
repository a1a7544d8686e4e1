"""Rules between keys of a config, and between values of a shape."""

from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.config.shape_file import read_shape
from limerun.errors import ConfigError

SHAPE = Path(__file__).parents[1] / "exports" / "shape.yaml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "rules: {log.flwo: off}",
            '2:9: rules.log.flwo: .*there is no rule log.flwo; did you mean "log.flow"',
        ),
        ("rules: {log.flow: loud}", "2:19: rules.log.flow: "),
        (
            'sources: {"a b": {format: csv, rows: 1, columns: {a: x}}}',
            "2:11: sources.a b: .* is not a valid name for a source",
        ),
        (
            "sources: {a: {kind: http, format: csv, rows: 1, columns: {a: x}}}",
            "2:27: sources.a.format: .* no effect with kind: http",
        ),
        (
            "sources: {a: {format: csv, page_size: 5, rows: 1, columns: {a: x}}}",
            "2:28: sources.a.page_size: .* no effect without kind: http",
        ),
        (
            "sources: {a: {rows: 1, columns: {a: x}}}",
            "sources.a.format: is missing; add format",
        ),
        (
            'environment_variables: {"": a}',
            "not a valid name for an environment variable",
        ),
        (
            'environment_variables: {"a=": a}',
            "not a valid name for an environment variable",
        ),
        ("environment_variables: {LIMERUN_X: a}", "is reserved for limerun"),
        ('environment_variables: {a: "b\\0"}', "contains a zero byte"),
        (
            'dataset: {limetypes: {"a b": {}}}',
            "2:23: .* not a valid name for a limetype",
        ),
        (
            'dataset: {limetypes: {a: {"b c": {}}}}',
            "2:27: .* not a valid name for a property",
        ),
        ("dataset: {limetypes: {a: {b: 5}}}", "2:30: .* must be a mapping like"),
        ("dataset: {limetypes: {a: {_b: 5}}}", "2:31: .* must be a mapping like"),
        ("dataset: {properties: {a.b: {}}}", "2:24: .* is not a property of the"),
        (
            "dataset: {limetypes: {a: {}}, properties: {a._b: {}}}",
            "2:44: .* is not a property of the dataset",
        ),
        ("dataset: {locale: xx}", "2:19: dataset.locale: .* must be sv_SE or"),
        (
            "sources: {a: {format: csv, rows: 1, columns: {}}}",
            "2:46: sources.a.columns: .* must not be empty",
        ),
        (
            "sources: {a: {format: csv, rows: 1, overlap: 1.5, columns: {a: x}}}",
            "2:46: sources.a.overlap: 1.5: must be at most 1",
        ),
        (
            "sources: {a: {format: csv, rows: 1, dirty: {missing: -1}, columns: {a: x}}}",
            "2:54: sources.a.dirty.missing: -1: must be at least 0",
        ),
        ("environment: cloud\ncloud_limit: 100 MB", "3:14: .* more than budget"),
        (
            "application: x\ndatabase: {url: 'postgresql://a@b/c'}",
            "3:17: .* has no effect, because",
        ),
        ("dataset: {like: nothing.yaml}", "2:17: .* there is no file"),
        ("dataset: {like: [a]}", "2:17: dataset.like: .* must be text"),
    ],
)
def test_keys_that_exclude_each_other_are_refused_with_their_location(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "task.py").write_text("def run(app=None): pass\n")
    (tmp_path / "c.yaml").write_text(f"task: task.py:run\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        load_plan(tmp_path / "c.yaml", command="run", options={}, sets=(), environ={})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("distinct: 25", "distinct: 24", "values: must add up to distinct"),
        ("nulls: 0", "nulls: 3", "rows: plus nulls must equal the table's rows"),
        ('counts: "25"', 'counts: "0"', "counts: must not all be 0"),
        ("type: integer", "type: date", "type: needs a unit|needs a unit"),
        ('values: "25"', 'values: "25~1"', "must have 2 numbers, as many as values"),
        ("rows: 25", "rows: {a: 1}", "must be a whole number"),
        ("key: id", "key: other", "key: must be a column of the table"),
        ('lengths: "11~12"', 'lengths: "12~11"', "must be in ascending order"),
        ('lengths: "11~12"', 'lengths: "-1~12"', "must not contain a negative length"),
        (
            'lengths: "11~12"',
            'bounds: "11~12"',
            "does not apply to type text; write lengths",
        ),
        ('form: "tel"', "form: 5", "form: must be abc or a b or num"),
        ("nulls: 0", "nulls: 0\n        after: 5", "after: must be text"),
        ("nulls: 0", "nulls: 0\n        after: x", "after: needs a date or time"),
        ("nulls: 0", "nulls: 0\n        parent: [a]", "must be a table and a column"),
        (
            "nulls: 0",
            "nulls: 0\n        parent: [a, b]",
            "the shape has no column a.b",
        ),
        (
            "nulls: 0",
            "nulls: 0\n        options: [a]",
            "options: needs every number in values to be 1",
        ),
        ("nulls: 0", "nulls: 0\n        options: [a, a]", "the same text twice"),
        ("nulls: 0", 'nulls: 0\n        cells: "0~9"', "cells: must have"),
    ],
)
def test_values_that_contradict_each_other_are_refused_with_their_location(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "shape.yaml"
    text = SHAPE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"shape.yaml:\d+:\d+: .*({said})"):
        read_shape(path)
