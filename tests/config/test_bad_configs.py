"""Problems in a config are reported with file, line, column, key and value."""

import re
import sys
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.errors import ConfigError
from tests.config.conftest import Load

BAD: dict[str, tuple[str | bytes, str]] = {
    "unknown key": (
        "task: tasks.py:run\nbudget:\n  memroy: 200 MB\n",
        'c.yaml:3:3: budget.memroy: "200 MB": unknown key; did you mean "memory"?',
    ),
    "key of another section": (
        "task: tasks.py:run\nmemory: 1 MB\n",
        'c.yaml:2:1: memory: "1 MB": unknown key; did you mean "budget.memory"?',
    ),
    "no size": (
        "task: tasks.py:run\nbudget: {memory: lots}\n",
        'c.yaml:2:18: budget.memory: "lots": not a size; write it like "200 MB"',
    ),
    "memory of zero": (
        "task: tasks.py:run\nbudget: {memory: 0}\n",
        "c.yaml:2:18: budget.memory: 0: must be more than 0",
    ),
    "wrong unit": (
        "task: tasks.py:run\ntimeout: 5 MB\n",
        'c.yaml:2:10: timeout: "5 MB": "MB" is not a unit of time; '
        "write ms, s, min, h or d",
    ),
    "timeout of zero": (
        "task: tasks.py:run\ntimeout: 0 s\n",
        'c.yaml:2:10: timeout: "0 s": must be more than 0 and at most 14 d',
    ),
    "sampling too slow": (
        "task: tasks.py:run\nsampling: 11 s\n",
        'c.yaml:2:11: sampling: "11 s": must be between 1 ms and 10 s',
    ),
    "negative latency": (
        "task: tasks.py:run\ndatabase:\n  latency: -5\n",
        'c.yaml:3:12: database.latency: -5: not a time; write it like "90 s"',
    ),
    "another database": (
        "task: tasks.py:run\ndatabase:\n  url: mysql://me:pa/ss@host/db\n",
        'c.yaml:3:8: database.url: "mysql://me:***@host/db": this database is not '
        'supported; use "sqlite" (embedded) or PostgreSQL: '
        "postgresql+psycopg://user@server:5432/database",
    ),
    "a database without a name": (
        "task: tasks.py:run\ndatabase:\n  url: postgresql://host\n",
        'c.yaml:3:8: database.url: "postgresql://host": does not name a database; write it '
        "like postgresql+psycopg://user@server:5432/database",
    ),
    "a password that is not escaped": (
        "task: tasks.py:run\ndatabase:\n  url: postgresql://me:pa/ss@host/db\n",
        'c.yaml:3:8: database.url: "postgresql://me:***@host/db": is not a valid URL; '
        "write it like postgresql+psycopg://user@server:5432/database, and "
        'percent-encode special characters in the password ("@" is %40)',
    ),
    "a database misspelt": (
        "task: tasks.py:run\ndatabase:\n  ur: postgresql://me:pass@host/db\n",
        'c.yaml:3:3: database.ur: "postgresql://me:***@host/db": unknown key; '
        'did you mean "url"?',
    ),
    "a database beside an installed application": (
        "task: tasks.py:run\napplication: crm\ndatabase: {url: postgresql://host/db}\n",
        'c.yaml:3:17: database.url: "postgresql://host/db": has no effect, because '
        "the application has its own database; remove it",
    ),
    "another locale": (
        "task: tasks.py:run\ndataset: {locale: sv_SV}\n",
        'c.yaml:2:19: dataset.locale: "sv_SV": must be sv_SE or nb_NO or fi_FI or '
        'da_DK or nl_NL or en_US or de_DE; did you mean "sv_SE"?',
    ),
    "environment": (
        "task: tasks.py:run\nenvironment: clod\n",
        'c.yaml:2:14: environment: "clod": must be on-premise or cloud',
    ),
    "section that is text": (
        "task: tasks.py:run\nbudget: 200 MB\n",
        'c.yaml:2:9: budget: "200 MB": must be a mapping with the keys memory, '
        "idle_baseline, duration, queries_per_row",
    ),
    "number where text belongs": (
        "task: tasks.py:run\nenvironment_variables: {DEBUG: 1}\n",
        'c.yaml:2:32: environment_variables.DEBUG: "***": must be text; '
        "put quotes around it",
    ),
    "overlap above one": (
        "task: tasks.py:run\nsources:\n  a: {format: csv, rows: 1, overlap: 1.5, "
        "columns: {x: name}}\n",
        "c.yaml:3:38: sources.a.overlap: 1.5: must be at most 1",
    ),
    "missing key of a source": (
        "task: tasks.py:run\nsources:\n  a:\n    rows: 1\n    columns: {x: name}\n",
        "c.yaml:3:3: sources.a.format: is missing; add format: jsonl, "
        "csv, parquet or json",
    ),
    "unknown key of a source": (
        "task: tasks.py:run\nsources:\n  a: {format: csv, row: 1, rows: 1, "
        "columns: {x: name}}\n",
        'c.yaml:3:20: sources.a.row: 1: unknown key; did you mean "rows"?',
    ),
    "source without columns": (
        "task: tasks.py:run\nsources:\n  a: {format: csv, rows: 1, columns: {}}\n",
        "c.yaml:3:38: sources.a.columns: {}: must not be empty",
    ),
    "name that leaves the folder": (
        "task: tasks.py:run\nsources:\n  ../a: {format: csv, rows: 1, "
        "columns: {x: name}}\n",
        "c.yaml:3:3: sources.../a: ",
    ),
    "no source of that name": (
        "task: tasks.py:run\nparameters:\n  a: [1, {b: 'x ${sources.contarcts}'}]\n"
        "sources:\n  contracts: {format: csv, rows: 1, columns: {x: name}}\n",
        'c.yaml:3:14: parameters.a[1].b: "x ${sources.contarcts}": '
        'there is no source "contarcts"; did you mean "contracts"?',
    ),
    "no sources at all": (
        "task: tasks.py:run\nparameters:\n  path: ${sources.a}\n",
        'c.yaml:3:9: parameters.path: "${sources.a}": there is no source "a": '
        "the config has no sources",
    ),
    "unknown placeholder": (
        "task: tasks.py:run\nparameters:\n  path: ${HOME}/x\n",
        'c.yaml:3:9: parameters.path: "${HOME}/x": unknown placeholder ${HOME}; '
        "write ${sources.NAME}, or $${ for a literal ${",
    ),
    "parameter that is no argument": (
        "task: tasks.py:run\nparameters:\n  my-path: x\n",
        'c.yaml:3:3: parameters.my-path: "x": is not a valid name of a keyword argument',
    ),
    "rows without limetypes": (
        "task: tasks.py:run\ndataset:\n  rows: {deal: 5}\n",
        'c.yaml:3:3: dataset.rows: {"deal": 5}: needs dataset.limetypes; '
        "add the data model",
    ),
    "rows of no limetype": (
        "task: tasks.py:run\ndataset:\n  limetypes: types.yaml\n  rows:\n"
        "    compny: 5\n",
        "c.yaml:5:5: dataset.rows.compny: 5: is not a limetype of the dataset; "
        'did you mean "company"?',
    ),
    "production of no limetype": (
        "task: tasks.py:run\ndataset: {limetypes: types.yaml}\n"
        "production: {rows: {contrct: 5}}\n",
        "c.yaml:3:21: production.rows.contrct: 5: is not a limetype of the dataset; "
        'did you mean "contract"?',
    ),
    "property of no limetype": (
        "task: tasks.py:run\ndataset:\n  limetypes: types.yaml\n"
        "  properties: {contract.numbr: {kind: sequence}}\n",
        'c.yaml:4:16: dataset.properties.contract.numbr: {"kind": "sequence"}: '
        'is not a property of the dataset; did you mean "contract.number"?',
    ),
    "limetypes that are not there": (
        "task: tasks.py:run\ndataset:\n  limetypes: typos.yaml\n  rows: {deal: 1}\n",
        'c.yaml:3:14: dataset.limetypes: "typos.yaml": there is no file typos.yaml',
    ),
    "cloud limit below the baseline": (
        "task: tasks.py:run\nenvironment: cloud\ncloud_limit: 200 MB\n",
        'c.yaml:3:14: cloud_limit: "200 MB": must be more than '
        "budget.idle_baseline, 200.0 MB",
    ),
    "no task": (
        "timeout: 5 s\n",
        "c.yaml:1:1: task: is missing; add task: path/file.py:function",
    ),
    "nothing": ("", "c.yaml:1:1: task: is missing"),
    "task without a function": (
        "task: tasks.py\n",
        'c.yaml:1:7: task: "tasks.py": does not name a function; write path/file.py:function '
        "or package.module:function",
    ),
    "task in no file": (
        "task: task.py:run\n",
        'c.yaml:1:7: task: "task.py:run": there is no file ',
    ),
    "task of no such name": (
        "task: tasks.py:rum\n",
        'has no "rum"; did you mean "run"?',
    ),
    "method of no such name": ("task: tasks.py:Jobs.daily\n", 'Jobs has no "daily"'),
    "async task": ("task: tasks.py:later\n", '"later" is async'),
    "generator": ("task: tasks.py:rows\n", "a call does not run its body"),
    "module of no such form": (
        "task: my-package:run\n",
        '"my-package" is not a valid module name',
    ),
    "python that is not there": (
        "task: tasks.py:run\npython: .venv/bin/python\n",
        'c.yaml:2:9: python: ".venv/bin/python": there is no file ',
    ),
    "python that is a folder": (
        "task: tasks.py:run\npython: .\n",
        "is a folder; write the interpreter's path, such as ./bin/python",
    ),
    "python that cannot run": (
        "task: tasks.py:run\npython: ./tasks.py\n",
        "tasks.py is not executable",
    ),
    "python not on PATH": (
        "task: tasks.py:run\npython: nopython\n",
        'c.yaml:2:9: python: "nopython": no such command on PATH',
    ),
    # --- what is no config at all ---
    "wait too long": (
        "task: tasks.py:run\nbackground_wait: 2 h\n",
        'c.yaml:2:18: background_wait: "2 h": must be between 0 s and 1 h',
    ),
    "wait below zero": (
        "task: tasks.py:run\nbackground_wait: -1 s\n",
        "c.yaml:2:18: background_wait: ",
    ),
    "port that is none": (
        "task: tasks.py:run\ndatabase: {url: 'postgresql://host:x/db'}\n",
        "is not a valid URL; write it like",
    ),
    "database without a scheme": (
        "task: tasks.py:run\ndatabase: {url: db}\n",
        'must be "sqlite" (embedded) or a URL like',
    ),
    "sources that are a list": (
        "task: tasks.py:run\nsources: {a: [csv]}\n",
        'c.yaml:2:14: sources.a: ["csv"]: ',
    ),
    "property of no such form": (
        "task: tasks.py:run\ndataset: {limetypes: {a: {b-c: {type: string}}}}\n",
        "c.yaml:2:27: dataset.limetypes.a.b-c: ",
    ),
    "list": ("- task\n", 'c.yaml:1:1: ["task"]: must be a mapping'),
    "duplicate key": (
        "task: tasks.py:run\ntimeout: 1\ntimeout: 2\n",
        "c.yaml:3:1: timeout: duplicate key; it is already on line 2",
    ),
    "python tag": (
        "task: !!python/object/apply:os.system [x]\n",
        "c.yaml:1:7: task: the tag !!python/object/apply:os.system is not allowed",
    ),
    "own tag": ("task: !x y\n", "c.yaml:1:7: task: the tag !x is not allowed"),
    "date tag": ("a: !!timestamp 2026-01-01\n", "c.yaml:1:4: a: the tag !!timestamp"),
    "set tag": ("a: !!set {x}\n", "c.yaml:1:4: a: the tag !!set is not allowed"),
    "number that is none": ("a: !!int x\n", 'c.yaml:1:4: a: "x" cannot be read'),
    "infinity": ("a: .inf\n", "c.yaml:1:4: a: .inf is not a finite number"),
    "too large a float": ("a: 1.0e+999\n", "c.yaml:1:4: a: 1.0e+999 is not a finite"),
    "key that is no text": (
        "a:\n  no: 1\n",
        "c.yaml:2:3: a: the key no is not text; put quotes around it",
    ),
    "key that is a list": ("a:\n  ? [x]\n  : 1\n", "c.yaml:2:5: a: a list or mapping"),
    "syntax": ("task: a: b\n", "c.yaml:1:8: mapping values are not allowed"),
    "tab": ("a:\n\tb: 1\n", "c.yaml:2:1: found character "),
    "unclosed": ("a: [1\n", "c.yaml:2:1: "),
    "two documents": ("a: 1\n---\nb: 1\n", "c.yaml:2:1: "),
    "bad byte": (b"a: 1\nb: h\xe5\n", "c.yaml:2:5: byte 0xe5 is not UTF-8"),
    "control character": (
        "a: 1\nb: x\x01\n",
        "c.yaml:2:5: character '\\x01' is not allowed",
    ),
    "unknown alias": ("a: *x\n", "c.yaml:1:4: the alias *x has no anchor &x"),
    "alias of itself": ("a: &x [*x]\n", "c.yaml:1:8: the alias *x refers to itself"),
    "merged list": ("a: &x [1]\nb: {<<: *x}\n", "<< can only merge mappings"),
    "deep": ("a: " + "[" * 60 + "]" * 60, "c.yaml:1:53: nested deeper than 50 levels"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_config_is_refused_with_the_location(case: str, load: Load) -> None:
    text, expected = BAD[case]
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_value_is_truncated_in_the_message(load: Load) -> None:
    with pytest.raises(ConfigError, match=r'timeout: "x+\.\.\.: ') as caught:
        load(f"task: tasks.py:run\ntimeout: {'x' * 300}\n")
    assert "x" * 100 not in str(caught.value)


def test_all_problems_are_reported_in_one_message_sorted_by_line(load: Load) -> None:
    text = (
        "timeout: soon\nbudget:\n  memroy: 1\n  memory: x\ntask: tasks.py:rum\n"
        "parameters: {a: '${x}'}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(text, environ={"LIMERUN_SAMPLING": "never"})
    lines = str(caught.value).splitlines()
    places = [line.split(": ")[0] for line in lines]
    assert places == [
        "c.yaml:1:10",
        "c.yaml:3:3",
        "c.yaml:4:11",
        "c.yaml:5:7",
        "c.yaml:6:17",
        "LIMERUN_SAMPLING",
    ]


def test_at_most_ten_problems_are_shown(load: Load) -> None:
    text = "task: tasks.py:run\n" + "".join(f"zz{i}: 1\n" for i in range(14))
    with pytest.raises(ConfigError) as caught:
        load(text)
    lines = str(caught.value).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "... and 4 more"


def test_a_problem_in_the_limetypes_is_located_in_their_file(
    load: Load, folder: Path
) -> None:
    config = "task: tasks.py:run\ndataset: {limetypes: types.yaml, rows: {deal: 1}}\n"
    (folder / "types.yaml").write_text("deal:\n  name: string\n")
    with pytest.raises(ConfigError, match=r'^types.yaml:2:9: .*name: "string": must'):
        load(config)
    (folder / "types.yaml").write_text("deal: {}\ndeal: {}\n")
    with pytest.raises(ConfigError, match=r"^types.yaml:2:1: deal: duplicate key"):
        load(config)
    (folder / "types.yaml").write_text("- deal\n")
    with pytest.raises(
        ConfigError, match=r"^types.yaml:1:1: .*must be a mapping of limetypes"
    ):
        load(config)


def test_a_syntax_error_in_the_task_file_is_located_there(
    load: Load, folder: Path
) -> None:
    (folder / "broken.py").write_text("def run():\n    return (\n")
    with pytest.raises(ConfigError, match=r"broken.py:2:12: .* not valid Python"):
        load("task: broken.py:run\n")


def test_unknown_syntax_in_the_task_file_is_left_to_another_interpreter(
    load: Load, folder: Path
) -> None:
    (folder / "newer.py").write_text("type X = int | banana 1\ndef run(): ...\n")
    other = folder / "other-python"
    other.symlink_to(sys.executable)
    plan = load("task: newer.py:run\npython: ./other-python\n")
    assert plan.task == f"{folder}/newer.py:run"


def test_a_secret_never_appears_in_a_message(load: Load) -> None:
    text = (
        "task: tasks.py:run\nERP_TOKEN: hunter2\n"
        "environment_variables: {A: 12345}\n"
        "parameters: {api_key: '${hunter2}'}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(text)
    shown = re.sub(r"\$\{hunter2\}", "", str(caught.value))
    assert "hunter2" not in shown
    assert "12345" not in shown


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
        ),
        "a0: &a0 {x: 1}\n"
        + "".join(
            f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}], y{i}: 1}}\n"
            for i in range(1, 12)
        ),
    ],
)
def test_an_alias_bomb_is_refused_at_the_first_alias_too_many(
    bomb: str, load: Load
) -> None:
    with pytest.raises(
        ConfigError, match=r"c.yaml:[56]:\d+: contains more than 100,000"
    ):
        load(bomb)


@pytest.mark.parametrize("unit", ["[", "{", "- ", "? ", "[a: ", "{? "])
def test_half_a_megabyte_of_nesting_is_refused_where_it_becomes_too_deep(
    unit: str, load: Load
) -> None:
    with pytest.raises(ConfigError, match="nested deeper than 50 levels") as refused:
        load(unit * (500_000 // len(unit)))
    [column] = re.findall(r"c\.yaml:1:(\d+): ", str(refused.value))
    assert int(column) < 2_000


def test_a_chain_of_aliases_counts_towards_the_nesting_depth(load: Load) -> None:
    text = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 60))
    with pytest.raises(ConfigError, match=r"c.yaml:50:\d+: nested deeper than 50"):
        load(text)


def test_a_large_file_is_refused(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"^c\.yaml: larger than 1 MB"):
        load("#" * 1_000_001)


def test_a_path_that_is_not_a_file_is_refused(folder: Path) -> None:
    for path, text in [
        (Path("nope.yaml"), "nope.yaml: no such file; check the path"),
        (Path(), ".: this is a folder"),
        (Path("tasks.py/x"), "tasks.py/x: cannot be read"),
        (Path("a\0b"), "cannot be read"),
    ]:
        with pytest.raises(ConfigError) as caught:
            load_plan(path, command="run", options={}, sets=[], environ={})
        assert text in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name): ...\n",
        "globals()['walk'] = print\n",
        "import sys\nsetattr(sys.modules[__name__], 'walk', print)\n",
        "import registry\n",
        "from .registry import register\n@register\ndef run(): ...\n",
        "@finished\nasync def walk(): ...\n",
        "@finished\ndef walk():\n    yield 1\n",
    ],
)
def test_a_task_name_created_only_at_import_is_left_to_the_worker(
    load: Load, folder: Path, source: str
) -> None:
    (folder / "made.py").write_text(source)
    assert load("task: made.py:walk\n").task.endswith("made.py:walk")
