"""Records of a plain function, of a feature test and of a profile."""

from dataclasses import replace

from limerun.judge.suggestions import with_suggestions
from limerun.records import (
    HotLine,
    InstrumentResult,
    LimetypeEffect,
    Location,
    LogLine,
    Output,
    Queries,
    Record,
    RunLog,
    Transactions,
    Verdict,
)
from tests.builders import MB, TASK, a_hot_line, a_log
from tests.conftest import ROOT
from tests.report.made_base import base, check
from tests.report.made_endings import failed
from tests.report.made_profile import made_profile
from tests.report.made_runs import EXISTS, INSERT, NAIVE, curve, good_run, memory


def inconclusive() -> Record:
    """Return a run of a plain function without visible rows and queries."""
    record = base("configs/summarize-orders.yaml")
    run = replace(
        good_run(),
        result=[412_883.5, 17],
        duration_seconds=2.31,
        database_seconds=None,
        database_wait_seconds=None,
        cpu_user_seconds=2.2,
        cpu_system_seconds=0.1,
        memory=replace(
            memory(
                4.1, exact=False, why="what happened between two samples is missing"
            ),
            high_water_bytes=None,
            method="sampled",
        ),
        rows_processed=None,
        queries=None,
        transactions=None,
        lime_objects=None,
        statements=(),
        commit_location=None,
        series=curve(2.31, 3.98, lambda x: 4.1 * min(1.0, x * 2), points=60),
        output=Output(stdout="", stderr=""),
        platform=None,
    )
    return replace(
        record,
        task=replace(
            TASK,
            name="summarize_orders",
            file="fixtures/tasks/summarize_orders.py",
            line=9,
            parameters={"year": 2025},
            kind="function",
        ),
        dataset=None,
        verdict=Verdict.INCONCLUSIVE,
        exit_code=6,
        runs=(run,),
        checks=(
            check("memory.task", 4_100_000, 200 * MB, "195.9 MB left"),
            check("memory.handler", 204_100_000, 400 * MB, "195.9 MB left"),
            check("speed.queries", None, 0.1, "not measured"),
        ),
    )


def not_done() -> Record:
    """Return a run of a Celery task that leaves its work to another one."""
    record = base("configs/send-reminders.yaml")
    why = "was replaced by a task that has not run"
    done = replace(good_run(), not_run=why, sent_tasks={"reminders.send": 1})
    return replace(
        record, verdict=Verdict.INCONCLUSIVE, exit_code=6, runs=(done,), checks=()
    )


def _a_log() -> RunLog:
    texts = (
        "Importing contracts from contracts.jsonl",
        "Found 100 contracts in Lime",
        "Created 60 contracts, 40 existed already",
    )
    return replace(
        a_log(),
        by_logger={"import_contracts": 3},
        first=tuple(
            LogLine(
                seconds=0.03 * number,
                level="INFO",
                logger="import_contracts",
                message=text,
                location=Location(file="tasks/import_contracts.py", line=20 + number),
            )
            for number, text in enumerate(texts)
        ),
    )


def run() -> Record:
    record = base("configs/import-contracts.yaml", values={"rows": 100})
    effect = {
        "contract": LimetypeEffect(
            created=60,
            updated=12,
            deleted=0,
            fingerprint={},
            examples=(
                {
                    "change": "created",
                    "id": 101,
                    "before": None,
                    "after": {
                        "number": "K-0000101",
                        "name": "Ramavtal kontorsmaterial",
                        "status": "active",
                        "value": 48_500.0,
                        "startdate": "2026-01-01 00:00:00.000000",
                        "enddate": None,
                    },
                },
                {
                    "change": "updated",
                    "id": 17,
                    "before": {"number": "K-0000017", "status": "active", "value": 1.0},
                    "after": {"number": "K-0000017", "status": "ended", "value": 0.0},
                },
            ),
        ),
        "history": LimetypeEffect(
            created=0,
            updated=0,
            deleted=3,
            fingerprint={},
            examples=(
                {
                    "change": "deleted",
                    "id": 9,
                    "before": {"note": "Uppringd, inget svar", "type": "call"},
                    "after": None,
                },
            ),
        ),
    }
    done = replace(
        good_run(),
        result={"created": 60, "existing": 40},
        duration_seconds=0.12,
        database_seconds=0.02,
        database_wait_seconds=0.0,
        cpu_user_seconds=0.1,
        cpu_system_seconds=0.01,
        memory=memory(1.4),
        rows_processed=100,
        queries=Queries(total=6, reads=2, writes=4, commits=2, distinct=4),
        transactions=Transactions(count=2, median_objects=30.0, max_objects=33),
        statements=(),
        series=curve(0.12, 1.28, lambda x: 1.4 * x, points=12),
        output=Output(
            stdout="",
            stderr=(
                "INFO import_contracts: Importing contracts from contracts.jsonl\n"
                "INFO import_contracts: Found 100 contracts in Lime\n"
                "INFO import_contracts: Created 60 contracts, 40 existed already\n"
            ),
        ),
        effect=effect,
        log=_a_log(),
    )
    assert record.dataset is not None
    return replace(
        record,
        command="run",
        dataset=replace(
            record.dataset,
            rows={"company": 100, "contract": 100},
            total_rows=200,
            sources={"contracts": 100},
        ),
        verdict=None,
        exit_code=0,
        runs=(done,),
        checks=(),
    )


def hot(
    line: int, share: float, amount: float, calls: int | None, text: str
) -> HotLine:
    where = Location(file=NAIVE, line=line)
    return a_hot_line(share, where, amount, calls=calls, text=text)


def profile() -> Record:
    record = failed()
    loop = (
        "for contract in application.limetypes.contract.get_all(filter=number_filter):"
    )
    return replace(
        record,
        command="profile",
        verdict=None,
        exit_code=0,
        checks=(),
        findings=with_suggestions(
            record.findings[1:],
            record.runs[0].statements or (),
            lambda file: (ROOT / file).read_text(encoding="utf-8"),
            "import_contracts",
        ),
        profile=made_profile(),
        instruments=(
            InstrumentResult(
                name="time",
                tool="limerun's clock",
                unit="seconds",
                total=98.0,
                lines=(),
                duration_seconds=98.0,
                slowdown=1.04,
            ),
            InstrumentResult(
                name="cpu",
                tool="pyinstrument",
                unit="seconds",
                total=96.2,
                lines=(
                    hot(47, 0.71, 68.3, None, loop),
                    hot(38, 0.12, 11.5, None, "uow.commit()"),
                    hot(
                        26,
                        0.09,
                        8.7,
                        None,
                        "contract = application.limetypes.contract(",
                    ),
                    hot(
                        18,
                        0.04,
                        3.8,
                        None,
                        "rows = [json.loads(line) for line in file]",
                    ),
                    hot(
                        46,
                        0.02,
                        1.9,
                        None,
                        'number_filter = Filter(EqualsOperator("number", number))',
                    ),
                    hot(35, 0.01, 1.0, None, "uow.add(contract)"),
                ),
                duration_seconds=103.1,
                slowdown=1.09,
            ),
            InstrumentResult(
                name="memory",
                tool="memray",
                unit="bytes",
                total=262_100_000.0,
                lines=(
                    hot(47, 0.44, 115_300_000.0, 3_120_000, loop),
                    hot(
                        26,
                        0.31,
                        81_200_000.0,
                        2_040_000,
                        "contract = application.limetypes.contract(",
                    ),
                    hot(
                        18,
                        0.23,
                        60_300_000.0,
                        1_080_000,
                        "rows = [json.loads(line) for line in file]",
                    ),
                    hot(37, 0.004, 1_050_000.0, 18, "contracts.append(contract)"),
                ),
                duration_seconds=241.0,
                slowdown=2.55,
            ),
            InstrumentResult(
                name="statements",
                tool="SQLAlchemy events",
                unit="calls",
                total=120_512.0,
                lines=(
                    hot(47, 0.9957, 120_000.0, 120_000, EXISTS),
                    hot(38, 0.0043, 512.0, 512, INSERT),
                ),
                duration_seconds=98.8,
                slowdown=1.04,
            ),
        ),
    )
