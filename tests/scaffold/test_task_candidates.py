"""Which functions are tasks, and which task comes first."""

import ast
from pathlib import Path

from limerun.scaffold.code import MOST_BYTES, read_code
from limerun.scaffold.parsed_code import Candidate, Module
from limerun.scaffold.task_candidates import find_tasks

LIME = "from lime_task import task\n"


def found_in(*texts: str) -> list[Candidate]:
    return find_tasks(modules(*texts))[0]


def names(*texts: str) -> list[str]:
    return [each.function.name for each in found_in(*texts)]


def modules(*texts: str) -> list[Module]:
    return [
        Module(path=f"m{number}.py", tree=ast.parse(text))
        for number, text in enumerate(texts)
    ]


def parameter_names(text: str) -> list[str]:
    [candidate] = found_in(text)
    return [each.name for each in candidate.parameters]


# --- which are tasks ---------------------------------------------------------------


def test_limes_task_decorator_is_recognized_in_every_form() -> None:
    assert names(f"{LIME}@task\ndef a(app): ...\n@task(qos='x')\ndef b(app): ...") == [
        "a",
        "b",
    ]
    assert names("from lime_task import task as t\n@t\ndef a(app): ...") == ["a"]
    assert names("import lime_task\n@lime_task.task\ndef a(app): ...") == ["a"]


def test_a_decorator_with_the_same_name_from_another_package_is_ignored() -> None:
    assert not names("from invoke import task\n@task\ndef a(c): ...")
    assert not names("@task\ndef a(c): ...")
    assert not names("app = Flask()\n@app.task\ndef a(): ...")


def test_celery_task_decorators_are_recognized() -> None:
    shared = "from celery import shared_task\n@shared_task\ndef a(x): ..."
    own = "import celery\napp = celery.Celery('x')\n@app.task(bind=True)\ndef a(self, x): ..."
    project = "from shop.celery import app\n@app.task\ndef a(x): ..."
    named = "from shop import celery_app\n@celery_app.task\ndef a(x): ..."
    for text in (shared, own, project, named):
        assert parameter_names(text) == ["x"]
        assert found_in(text)[0].kind == "celery"


def test_functions_that_cannot_run_are_skipped_with_the_reason() -> None:
    text = (
        f"{LIME}@task\nasync def a(app): ...\n@task\ndef b(app):\n    yield 1\n"
        "@task\ndef c(app, x, /): ...\n"
        "@task\ndef d(app):\n    def inner():\n        yield\n    return inner"
    )
    found, notes = find_tasks(modules(text))
    assert [each.function.name for each in found] == ["c", "d"]
    assert [note.partition(": ")[2].split(",")[0] for note in notes] == [
        "it is async",
        "it is a generator",
    ]


# --- what they need ----------------------------------------------------------------


def test_the_application_and_defaults_are_not_required_parameters() -> None:
    assert parameter_names(f"{LIME}@task\ndef a(app, x, y=1, *, z, w=2): ...") == [
        "x",
        "z",
    ]
    assert parameter_names(f"{LIME}@task\ndef a(app=None, *, z): ...") == ["z"]
    celery = "from celery import shared_task\n@shared_task\n"
    assert parameter_names(f"{celery}def a(application: LimeApplication, x): ...") == [
        "x"
    ]
    assert parameter_names(f"{celery}def a(app, x): ...") == ["app", "x"]


def test_literal_arguments_are_taken_from_the_schedule() -> None:
    task = f"{LIME}@task\ndef a(app, since, limit, when): ..."
    schedule = (
        "ScheduledTask(task=m0.a, args=['2024-01-01', 5, datetime.now()])\n"
        "ScheduledTask(task=m0.a, args=['later'])"
    )
    assert not found_in(task, schedule)[0].scheduled, "one is no literal"
    plain = "ScheduledTask(task=m0.a, args=['2024-01-01', 5], kwargs={'when': {1}})"
    [candidate] = found_in(task, plain)
    assert candidate.scheduled == {"since": "2024-01-01", "limit": 5}
    assert candidate.is_scheduled


# --- which comes first -------------------------------------------------------------


def test_a_task_with_a_loop_over_many_rows_comes_before_a_task_for_one_row() -> None:
    one = "@task\ndef sum_up(app, company_id: int):\n    for x in y: pass\n"
    many = "@task\ndef import_all(app):\n    for x in y: pass\n"
    assert names(f"{LIME}{one}{many}") == ["import_all", "sum_up"]


def test_a_scheduled_task_comes_first_and_lime_tasks_before_celery_tasks() -> None:
    text = f"{LIME}@task\ndef import_all(app): ...\n@task\ndef tidy(app):\n    for x in y: ..."
    celery = "from celery import shared_task\n@shared_task\ndef import_much(): ..."
    assert names(celery, text, "ScheduledTask(task=m.tidy)") == [
        "tidy",
        "import_all",
        "import_much",
    ]


# --- which files are read ----------------------------------------------------------


def test_tests_environments_and_hidden_folders_are_skipped(tmp_path: Path) -> None:
    wanted = {"a.py", "src/shop/tasks.py", "odd name/x.py"}
    others = {
        "tests/a.py",
        "test_a.py",
        "a_test.py",
        "conftest.py",
        "setup.py",
        ".hidden/a.py",
        "node_modules/a.py",
        "build/a.py",
        "shop.egg-info/a.py",
        "own_env/lib/a.py",
        "a.txt",
    }
    for name in wanted | others:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "own_env" / "pyvenv.cfg").write_text("")
    code = read_code(tmp_path)
    assert {module.path for module in code.modules} == wanted
    assert not code.notes


def test_an_unreadable_file_is_skipped_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = 1\ndef a(:\n")
    (tmp_path / "null.py").write_bytes(b"x = 1\0")
    (tmp_path / "large.py").write_text("#" * (MOST_BYTES + 1))
    (tmp_path / "deep.py").write_text("(" * 5000 + ")" * 5000)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\nx = 'é'".encode("latin-1"))
    code = read_code(tmp_path)
    assert [module.path for module in code.modules] == ["latin.py"]
    told = "\n".join(code.notes)
    assert "skipped broken.py, line 2: " in told
    assert all(name in told for name in ("null.py", "large.py", "deep.py", "gone.py"))
