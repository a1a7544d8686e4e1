"""Run disturbed tasks in forks of the test's process: a worker that starts at once.

A fork has the worker's parts for the application, statements, faults, sources and the
log, but neither a watcher nor a new interpreter.
"""

import importlib
import json
import mmap
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from limerun.lime.install import install
from limerun.measure.summary import summarize
from limerun.records import (
    Loaded,
    Location,
    Opening,
    Outcome,
    RaisedError,
    Statement,
)
from limerun.runs.resilience.disturbed_runner import DisturbedRunner
from limerun.runs.run_effects import stamp_of
from limerun.runs.task_runner import MakeDataset, TaskRun
from limerun.worker import protocol
from limerun.worker.callsite import CallSites
from limerun.worker.counters import STARTED_NS
from limerun.worker.listening import Listening
from limerun.worker.load import load_task
from limerun.worker.standard import now_ns, own_imports
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.task_thread import TaskThread
from tests.builders import an_outcome

IDLE_BYTES = 200_000_000

install(own_imports)
for _name in (
    *("lime_application", "lime_query", "lime_task", "limerun.lime.opening"),
    *("limerun.worker.application", "limerun.worker.faults.injection"),
    *("limerun.worker.source_files", "limerun.worker.logs.capture", "urllib.request"),
    *("sqlalchemy.dialects.sqlite", "lime_plugins", "limerun.lime.sent"),
):
    importlib.import_module(_name)  # here, so that no fork has to


class ForkedRunner(DisturbedRunner):
    """Runs each task in a fork."""

    def run_once(
        self, *, make_dataset: MakeDataset | None = None, **_: object
    ) -> TaskRun:
        log_folder = self._fresh_log_folder()
        dataset = self._dataset(make_dataset)
        database = self._fresh_database(dataset, None)
        stamp = stamp_of(self._copy)
        with self._opened_inputs(dataset) as inputs:
            opening = self._opening(dataset, database, inputs)
            outcome = _outcome(self._plan.task, opening, log_folder)
        run = summarize(
            outcome,
            idle_baseline_bytes=IDLE_BYTES,
            source_rows=inputs.counted_rows,
            rows_served=inputs.rows_served(),
        )
        run = replace(run, fetched=inputs.fetched())
        run, change = self._effects.of(run, dataset, self._copy, stamp)
        self._keep_or_remove_copy()
        loaded = Loaded(
            kind="lime",
            file=self._plan.task.rpartition(":")[0],
            line=1,
            takes_application=True,
            platform="stand-in",
            python=None,  # type: ignore[arg-type]  # it is not shown
            user_folder=None,
            library_folder="",
        )
        return TaskRun(
            run=run, outcome=outcome, loaded=loaded, dataset=dataset, change=change
        )


def _outcome(task: str, opening: Opening, log_folder: str) -> Outcome:
    shared = memoryview(mmap.mmap(-1, protocol.COUNTERS_BYTES)).cast("Q")
    told = Path(log_folder) / "told.json"
    child = os.fork()
    if not child:
        _run(task, opening, log_folder, shared, told)
    _, status = os.waitpid(child, 0)
    counters = dict(zip(protocol.COUNTERS, shared, strict=True))
    outcome = replace(an_outcome(), counters=counters)
    if os.WIFSIGNALED(status):
        return replace(outcome, ending="crashed", signal="SIGKILL")
    seen: dict[str, Any] = json.loads(told.read_bytes())
    error = RaisedError(**seen["error"]) if seen["error"] else None
    return replace(
        outcome,
        ending="raised" if error else "returned",
        error=error,
        statements=tuple(
            Statement(
                text=text,
                location=_place(site),
                calls=calls,
                seconds=seconds,
                rows=rows,
            )
            for text, site, calls, seconds, rows in seen["statements"]
        ),
        commit_location=_place(seen["commit_site"]),
        last_line=_place(seen["line"]),
    )


def _place(site: list[Any] | None) -> Location | None:
    if site is None:
        return None
    file, line, function = site
    return Location(file=file, line=line, function=function)


# --- in the fork ----------------------------------------------------------------------


def _run(
    task: str,
    opening: Opening,
    log_folder: str,
    counters: "memoryview[int]",
    told: Path,
) -> NoReturn:
    try:
        seen = _seen(task, opening, log_folder, counters)
        told.write_text(json.dumps(seen), encoding="utf-8")
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _seen(
    task: str, opening: Opening, log_folder: str, counters: "memoryview[int]"
) -> dict[str, object]:
    from limerun.worker.application import open_stand_in
    from limerun.worker.faults.injection import Faults
    from limerun.worker.source_files import SourceFiles

    listening = Listening(counters, log_folder)
    loaded = load_task(task, [str(Path.cwd())])
    call_sites = CallSites(loaded.folder)
    request = {
        "application": None,
        "database_url": opening.database,
        "limetypes": opening.limetypes,
        "latency_seconds": 0.0,
        "runtime_config": {},
        "fault": opening.fault and opening.fault.request(),
    }
    application, _ = open_stand_in(request, loaded.package, counters, call_sites)
    files = [(str(path), rows) for path, rows in opening.source_files]
    SourceFiles(files, counters)
    thread = TaskThread()
    recorder = StatementRecorder(counters, call_sites, thread)
    if opening.fault is not None:
        recorder = Faults(request, counters, call_sites).recorder(thread)
    listening.begin(lambda: recorder)
    error = line = None
    counters[STARTED_NS] = now_ns()  # what is logged from now on counts
    try:
        loaded.call(application, **opening.parameters)
    except Exception as raised:
        kind = type(raised)
        error = {
            "type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
            "message": str(raised),
            "traceback": "",
        }
        for frame in traceback.extract_tb(sys.exc_info()[2]):
            if call_sites.is_users(frame.filename):
                line = frame.filename, frame.lineno, frame.name
    summary = recorder.summary()
    return {
        "error": error,
        "line": line,
        "statements": summary["statements"],
        "commit_site": summary["commit_site"],
    }
