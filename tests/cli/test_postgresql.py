"""A task on a real PostgreSQL server, through the command line."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.postgres.address import Address
from tests.cli.conftest import ROOT, Limerun, StartLimerun
from tests.conftest import Note
from tests.fork_server import Fork

SERVER = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
NAME = f"test_cli_{os.getpid()}"
URL = f"{SERVER.rpartition('/')[0]}/{NAME}"
"""A database of this process alone: those that limerun makes have its number in
their names, and tests that run beside these make others."""
DEALS = ROOT / "tests" / "tasks" / "deals.py"
DATASET = """\
dataset:
  rows: {company: 10, deal: 30}
  limetypes:
    company:
      name: {type: string}
      deal: {type: hasmany, related: deal, backref: company}
    deal:
      name: {type: string}
      value: {type: decimal}
      won: {type: yesno}
      closed: {type: time}
      company: {type: belongsto, related: company, backref: deal}
"""
Config = Callable[..., Path]
services = pytest.mark.services
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A connection to the server, to the database in the URL."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        connection = Address.parse(SERVER).connect()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {SERVER}")
    with closing(connection):
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            yield connection
        finally:
            connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def databases(server: Any) -> set[str]:
    found = server.execute(
        "SELECT made.datname::text FROM pg_database made, pg_database test "
        "WHERE test.datname = %s AND starts_with(made.datname, 'limerun_' || test.oid || '_')",
        (NAME,),
    )
    return {name for (name,) in found.fetchall()}


def first_run(record: str) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(record)["runs"][0]
    return run


@services
def test_a_task_behaves_the_same_on_postgresql_and_on_sqlite(
    server: Any, limerun: Limerun, config: Config
) -> None:
    path = config(f"{DEALS}:changes_deals", DATASET)
    before = databases(server)
    there, here = (
        first_run(limerun("run", path, "--json", "-", *more).expect().out)
        for more in ([], ["--set", f"database.url={URL}"])
    )
    assert here["result"] == there["result"] > 0
    assert here["queries"] == there["queries"]
    assert here["effect"] == there["effect"]
    assert here["effect"]["deal"]["fingerprint"]
    assert databases(server) <= before


@services
def test_repeated_runs_use_fresh_copies(
    server: Any, limerun: Limerun, config: Config
) -> None:
    path = config(f"{DEALS}:changes_deals", f"{DATASET}\ndatabase: {{url: '{URL}'}}")
    before = databases(server)
    said = limerun("capacity-test", path, "--repeat", 3, "--json", "-").expect()
    results = [run["result"] for run in json.loads(said.out)["runs"]]
    assert len(results) == 3
    assert len(set(results)) == 1
    assert databases(server) <= before


@services
def test_latency_is_added_to_every_statement(
    server: Any, limerun: Limerun, config: Config
) -> None:
    database = f"database: {{url: '{URL}', latency: 40 ms}}"
    path = config(f"{DEALS}:reads_one_by_one", f"{DATASET}\n{database}")
    run = first_run(limerun("run", path, "--json", "-").expect().out)
    assert run["duration_seconds"] > 5 * 0.04


@services
def test_a_task_that_raises_leaves_no_database_on_the_server(
    server: Any, limerun: Limerun, config: Config
) -> None:
    before = databases(server)
    path = config(f"{DEALS}:raises", f"{DATASET}\ndatabase: {{url: '{URL}'}}")
    limerun("run", path).expect(code=3)
    assert databases(server) <= before


@services
def test_keep_writes_the_database_to_a_file(
    server: Any, limerun: Limerun, config: Config, tmp_path: Path
) -> None:
    path = config(f"{DEALS}:changes_deals", f"{DATASET}\ndatabase: {{url: '{URL}'}}")
    limerun("run", path, "--keep").expect(
        err="kept the worker.s database: .*changes_deals"
    )
    assert (tmp_path / "changes_deals.sqlite").stat().st_size


@pytest.fixture
def waiting_run(
    server: Any, start: StartLimerun, config: Config, note: Note
) -> tuple[Fork, str]:
    """A limerun process whose task waits, and the name of its database."""
    path = config(
        f"{DEALS}:says_that_it_began_and_waits",
        f"{DATASET}\ndatabase: {{url: '{URL}'}}\nparameters: {{note: '{note.path}'}}",
    )
    process = start("run", path)
    return process, note.read(process.end())


@services
def test_an_interrupted_run_leaves_no_database_on_the_server(
    server: Any, waiting_run: tuple[Fork, str]
) -> None:
    process, database = waiting_run
    assert database in databases(server)
    os.kill(process.pid, signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert database not in databases(server)


@services
def test_the_next_run_removes_the_databases_of_a_killed_limerun(
    server: Any,
    waiting_run: tuple[Fork, str],
    limerun: Limerun,
    config: Config,
) -> None:
    process, database = waiting_run
    path = config(
        f"{DEALS}:changes_deals", f"{DATASET}\ndatabase: {{url: '{URL}'}}", "next.yaml"
    )
    limerun("run", path).expect()
    assert database in databases(server), "the first one lives"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()  # the worker has the other end of its stderr
    while server.execute(
        "SELECT pg_sleep(0.02) FROM pg_stat_activity WHERE datname = %s", (database,)
    ).fetchone():
        pass
    limerun("run", path).expect()
    assert database not in databases(server)


@services
def test_the_password_is_never_shown(
    server: Any, limerun: Limerun, config: Config, tmp_path: Path
) -> None:
    scheme, _, rest = URL.partition("://")
    host = rest.rpartition("@")[2]
    user = Address.parse(URL).user or server.info.user
    path = config(
        f"{DEALS}:changes_deals",
        f"{DATASET}\ndatabase: {{url: '{scheme}://{user}:s3cr%40t@{host}'}}",
    )
    reports = {"--json": "r.json", "--junit": "r.xml", "--markdown": "r.md"}
    options = [word for pair in reports.items() for word in pair]
    said = limerun("run", path, "--verbose", *options).expect()
    written = [(tmp_path / each).read_text("utf-8") for each in reports.values()]
    for text in (said.out, said.err, *written):
        assert "s3cr" not in text
    assert f"{scheme}://{user}:***@{host}" in written[0]


def test_a_missing_server_is_reported_before_any_data_is_generated(
    limerun: Limerun, config: Config, tmp_path: Path
) -> None:
    url = "postgresql+psycopg://me:s3cr3t@127.0.0.1:1/db"
    path = config(f"{DEALS}:raises", f"{DATASET}\ndatabase: {{url: '{url}'}}")
    cache = tmp_path / "cache"
    said = limerun("run", path, LIMERUN_CACHE=str(cache)).expect(
        code=2, err=r"postgresql://me@127\.0\.0\.1:1/db: cannot be used: .*refused"
    )
    assert "s3cr3t" not in said.err
    assert not list((cache / "datasets").glob("*"))


@pytest.mark.parametrize("there", [True, False])
def test_a_missing_psycopg_is_reported_with_the_interpreter_that_lacks_it(
    limerun: Limerun, config: Config, tmp_path: Path, there: bool
) -> None:
    """Both in the worker's interpreter and in limerun's own."""
    (tmp_path / "without").mkdir()
    missing = tmp_path / "without" / "psycopg.py"
    missing.write_text("raise ModuleNotFoundError(\"No module named 'psycopg'\")")
    without = str(missing.parent)
    worker = f"environment_variables: {{PYTHONPATH: '{without if there else ''}'}}"
    path = config(
        f"{DEALS}:raises",
        f"{DATASET}\ndatabase: {{url: 'postgresql+psycopg://127.0.0.1:1/db'}}\n{worker}",
    )
    own = {} if there else {"PYTHONPATH": without}
    limerun("run", path, **own).expect(
        code=2, err="cannot use .*psycopg" if there else r"limerun\[postgres\]"
    )


@services
def test_link_tables_are_included_in_the_report(
    limerun: Limerun, config: Config, server: Any
) -> None:
    many = "type: hasandbelongstomany"
    pairs = f"""
dataset:
  rows: {{person: 30, list: 4}}
  limetypes:
    person: {{lists: {{{many}, related: list, backref: persons}}}}
    list: {{persons: {{{many}, related: person, backref: lists}}}}
"""
    name = f"limerun_test_pairs_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name}")
    try:
        url = URL.rsplit("/", 1)[0].replace("+psycopg:", "+psycopg2:") + f"/{name}"
        said = limerun("dataset", "generate", config("returns", pairs), "--out", url)
        said.expect(out=r"person +30 rows\n(.*\n)*list_persons__person_lists +[1-9]")
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
