"""Tasks that use a database in ways that are hard to measure."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys


def _ask(count: int) -> int:
    from sqlalchemy import create_engine, text

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for number in range(count):
            connection.execute(text("SELECT :n"), {"n": number}).scalar()
    return count


def imports_it_late(count: int) -> int:
    return _ask(count)


def imports_it_in_a_thread(count: int) -> int:
    from threading import Thread

    thread = Thread(target=_ask, args=(count,))
    thread.start()
    thread.join()
    return count


def imports_it_after_a_failure(count: int) -> int:
    sys.modules["sqlalchemy.event"] = None  # type: ignore[assignment]
    try:
        import sqlalchemy  # noqa: F401
    except ImportError:
        del sys.modules["sqlalchemy.event"]
        for name in [name for name in sys.modules if name.startswith("sqlalchemy")]:
            del sys.modules[name]
    return _ask(count)


def says_what_remains_of_the_hook() -> dict[str, object]:
    import sqlalchemy

    finder = next(
        (each for each in sys.meta_path if "listening" in type(each).__module__), None
    )
    spec = sqlalchemy.__spec__
    assert spec is not None
    return {
        "loader": type(spec.loader).__module__,
        "left_on_the_loader": "exec_module" in vars(spec.loader),
        "finder": type(finder).__name__,
    }


def uses_a_driver_alone(count: int) -> int:
    import sqlalchemy  # noqa: F401

    with sqlite3.connect(":memory:") as connection:
        for number in range(count):
            connection.execute("SELECT ?", (number,)).fetchone()
    return count


def asks_in_children(method: str, count: int) -> int:
    pool = multiprocessing.get_context(method).Pool(2)
    asked = sum(pool.map(_ask, [count, count]))
    pool.close()
    pool.join()
    return asked


def asks_here_and_in_a_child(count: int) -> int:
    _ask(count)
    child = os.fork()
    if not child:
        _ask(count)
        os._exit(0)
    os.waitpid(child, 0)
    return count


def _add(number: int) -> int:
    return number + 1


def asks_beside_children_that_do_not(count: int) -> int:
    pool = multiprocessing.get_context("fork").Pool(2)
    pool.map(_add, [1, 2])
    pool.close()
    pool.join()
    return _ask(count)


def asks_beside_a_program(count: int) -> int:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return _ask(count)


def asks_beside_sqlalchemy(count: int) -> int:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("SELECT 1").fetchone()
    return _ask(count)


def _takes_it(count: int) -> None:
    from sqlalchemy import create_engine

    with create_engine("sqlite://").connect() as connection:
        cursor = connection.connection.cursor()
        for number in range(count):
            cursor.execute("SELECT ?", (number,))


def asks_below_sqlalchemy(count: int) -> int:
    _takes_it(count)
    return _ask(count)


def asks_with_values_in_the_text(count: int) -> int:
    from sqlalchemy import create_engine, text

    with create_engine("sqlite://").connect() as connection:
        for number in range(count):
            connection.execute(text(f"SELECT {number}, 'of {number}'")).all()
    return count


def commits_each_statement(count: int) -> int:
    from sqlalchemy import create_engine, text

    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE a (b INTEGER)"))
        for number in range(count):
            connection.execute(text("INSERT INTO a VALUES (:b)"), {"b": number})
    return count
