"""The generated config is usable for any code."""

import json
import re
import tempfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.config.resolve import load_plan
from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import ConfigError
from limerun.scaffold.project import Scaffold, scaffold_of
from limerun.scaffold.writing import write_new
from tests.pipelines.shell import ROOT

NAMES = st.sampled_from(
    ["path", "url", "csv_file", "since", "deal_id", "ids", "limit", "mode", "no", "å"]
)
ANNOTATIONS = st.sampled_from(
    [
        *("", "str", "int", "Path", "list[int]", "date | None", "'X'", "bool", "None"),
        *("Literal['a: b', 2]", "dict[str, int]", "Optional[float]", "tuple[()]"),
    ]
)
PARAMETERS = st.dictionaries(NAMES, ANNOTATIONS, max_size=4)
LINES = st.sampled_from(
    [
        "app.limetypes.visit(number=row['number'], company=row['a: b'], no=1)",
        "app.limetypes.deal(name=row['name'], dealstatus=row['x\\ny'])",
        "app.limetypes.company(name=row['number'])",
        "for deal in app.limetypes.deal.get_all(): deal.properties.company.fetch()",
        "visit.properties.off.set_by_key('yes')",
        "visit.properties.visit.attach(1)",
        "query = {'limetype': 'person', 'responseFormat': {'object': {'deal': {}}}}",
        "row['1_000'], row[''], row.get('#'), row['å'], row.get('null')",
        "import csv",
        "ScheduledTask(task=work, args=['a: b', None, [1, {'k': 'x\\ny'}]])",
    ]
)


def check_usable(folder: Path, found: Scaffold) -> None:
    """Check the generated config with the loader and with the JSON Schema."""
    write_new(folder, found.files)
    path = folder / "limerun.yaml"
    plan = load_plan(path, command="run", options={}, sets=(), environ={})
    check_plan(plan.dataset, plan.sources)
    text = path.read_text(encoding="utf-8")
    comment = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert comment
    schema = json.loads((folder / comment[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("task", "parameter", "source"),
    [
        ("work", "orders_path", "orders"),
        ("sync_orders", "path", "orders"),
        ("sync_orders", "å", "orders"),
        ("sync_2", "path", "rows"),
        ("work", "å", "rows"),
    ],
)
def test_a_source_has_a_name_that_the_config_accepts(
    task: str, parameter: str, source: str, tmp_path: Path
) -> None:
    text = f"from x import app\n@app.task\ndef {task}({parameter}: Path): pass\n"
    (tmp_path / "shop.py").write_text(text, encoding="utf-8")
    found = scaffold_of(tmp_path, None)
    check_usable(tmp_path, found)
    assert f"${{sources.{source}}}" in found.files["limerun.yaml"]


@settings(max_examples=12, deadline=None)
@given(PARAMETERS, st.lists(LINES, max_size=5), st.booleans())
def test_the_generated_config_is_usable_for_any_task(
    parameters: dict[str, str], lines: list[str], is_lime: bool
) -> None:
    decorator = "from lime_task import task" if is_lime else "from x import app"
    signature = ", ".join(
        f"{name}: {annotation}" if annotation else name
        for name, annotation in parameters.items()
    )
    text = (
        f"{decorator}\n@{'task' if is_lime else 'app.task'}\n"
        f"def work({'app, ' if is_lime else ''}{signature}):\n"
        + "".join(f"    {line}\n" for line in [*lines, "pass"])
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shop.py").write_text(text, encoding="utf-8")
        found = scaffold_of(folder, None)
        assert (found.tasks, found.task) == (1, "shop.py:work")
        check_usable(folder, found)


def test_the_sample_is_the_example_in_the_guide(tmp_path: Path) -> None:
    found = scaffold_of(tmp_path, "limerun==1.0")
    check_usable(tmp_path, found)
    assert found.tasks == 0
    example = ROOT / "fixtures" / "tasks" / "import_contracts.py"
    assert found.files["tasks/import_contracts.py"] == example.read_text()
    assert not found.notes


def test_a_folder_with_code_but_no_task_gets_the_sample(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("def work(): ...\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text("")
    found = scaffold_of(tmp_path, None)
    assert "tasks/import_contracts.py" in found.files
    assert "\npython:" not in found.files["limerun.yaml"], "it may lack SQLAlchemy"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "tasks.py").write_text(
        "from lime_task import task\n"
        "@task\ndef work(app):\n    return app.limetypes.visit.get_all().count\n"
        "@task\ndef other(app, path): ...\n"
    )
    return tmp_path


def test_an_existing_data_model_is_used_unchanged(package: Path) -> None:
    model = package / "lime-types.yaml"
    model.write_text(
        "place: {name: {type: string}}\n"
        "visit:\n  _label: visit\n"
        "  place: {type: belongsto, related: place, required: true}\n"
        "other: {name: {type: string}}\n"
    )
    found = scaffold_of(package, None)
    assert "lime-types.yaml" not in found.files
    check_usable(package, found)
    rows = yaml.safe_load(found.files["limerun.yaml"])["dataset"]["rows"]
    assert set(rows) == {"visit", "place"}, "and what it must have, but no more"


@pytest.mark.parametrize("text", ["- 1", "visit: 3", "visit: [", "visit:\n  x: y: z"])
def test_an_invalid_data_model_is_reported(package: Path, text: str) -> None:
    (package / "lime-types.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"lime-types\.yaml"):
        scaffold_of(package, None)


def test_the_other_tasks_are_listed_in_the_config(package: Path) -> None:
    found = scaffold_of(package, None)
    assert found.tasks == 2
    assert "# task: tasks.py:other\n" in found.files["limerun.yaml"]


def test_the_notes_list_everything_to_check(package: Path) -> None:
    (package / ".venv" / "bin").mkdir(parents=True)
    (package / ".venv" / "bin" / "python").write_text("")
    (package / "broken.py").write_text("def a(:\n")
    (package / ".gitlab-ci.yml").write_text("")
    told = "\n".join(scaffold_of(package, None).notes)
    for part in (
        "skipped broken.py, line 1",
        'limerun.yaml: 1 line is a guess, marked with "check"',
        ".venv/bin/python -m pip install 'sqlalchemy<1.5'",
        "limerun.gitlab-ci.yml: its first lines explain how to include it in the pipeline",
        "limerun.gitlab-ci.yml: set LIMERUN",
    ):
        assert part in told
    assert "set LIMERUN" not in "\n".join(scaffold_of(package, "limerun").notes)


def test_with_the_platform_installed_a_note_asks_for_the_application(
    package: Path,
) -> None:
    packages = package / ".venv" / "lib" / "python3.11" / "site-packages"
    (packages / "lime_type").mkdir(parents=True)
    (package / ".venv" / "bin").mkdir()
    (package / ".venv" / "bin" / "python").write_text("")
    found = scaffold_of(package, None)
    assert "# application: " in found.files["limerun.yaml"]
    assert "set `application:`" in "\n".join(found.notes)


def test_no_ci_step_is_written_for_a_folder_name_that_needs_quotes(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "it's $(odd)"
    folder.mkdir()
    found = scaffold_of(folder, None)
    assert not [name for name in found.files if name.endswith(".yml")]
    assert "no CI step" in found.notes[0]
