"""An invented profile of the naive import."""

from dataclasses import replace

from limerun.records import (
    CallLine,
    FunctionTime,
    LimetypeAlive,
    Location,
    MemoryGrowth,
    Profile,
    SegmentBand,
    SegmentTime,
    StatementProfile,
    TimePart,
    TimeProfile,
    TransactionSize,
)
from tests.builders import MB, USE
from tests.report.made_runs import BASELINE, EXISTS, INSERT, NAIVE, curve

SECONDS = 98.0


def at(line: int, function: str) -> Location:
    return Location(file=NAIVE, line=line, function=function)


def segment(
    name: str, depth: int, calls: int, own: float, **more: float
) -> SegmentTime:
    return SegmentTime(
        name=name,
        depth=depth,
        calls=calls,
        seconds=more.pop("seconds", own),
        own_seconds=own,
        database_seconds=more.pop("database", 0.0),
        http_seconds=0.0,
        sources_seconds=more.pop("sources", 0.0),
        waiting_seconds=more.pop("waiting", 0.0),
        other_thread=bool(more.pop("thread", 0.0)),
    )


def call(
    depth: int, location: Location, seconds: float, own: float, *, users: bool = True
) -> CallLine:
    return CallLine(
        depth=depth,
        location=location,
        users=users,
        seconds=seconds,
        own_seconds=own,
        share=seconds / 96.2,
    )


def time_profile() -> TimeProfile:
    return TimeProfile(
        duration_seconds=SECONDS,
        parts=(
            TimePart(
                kind="database", seconds=54.9, share=54.9 / SECONDS, calls=120_061
            ),
            TimePart(kind="own", seconds=38.2, share=38.2 / SECONDS, calls=None),
            TimePart(kind="waiting", seconds=4.4, share=4.4 / SECONDS, calls=None),
            TimePart(kind="sources", seconds=0.5, share=0.5 / SECONDS, calls=3_120),
        ),
        functions=(
            FunctionTime(
                location=at(47, "find_contract"), seconds=25.6, share=25.6 / 38.2
            ),
            FunctionTime(
                location=at(26, "import_contracts"), seconds=12.6, share=12.6 / 38.2
            ),
        ),
        segments=(
            segment("", 0, 0, 3.1, seconds=SECONDS, waiting=0.2),
            segment("read", 1, 1, 4.4, sources=0.5),
            segment("look up", 1, 120_000, 77.0, database=50.4, waiting=3.1),
            segment("save", 1, 1, 13.5, database=4.5, waiting=1.1),
            segment("mirror", 1, 12, 2.0, thread=1.0),
        ),
        baseline_bytes=BASELINE,
        series=curve(SECONDS, 262.0, lambda x: x * x + 0.1),
        band_seconds=4.9,
        bands=(
            SegmentBand(name="read", seconds=(4.4, *[0.0] * 19)),
            SegmentBand(name="look up", seconds=(0.5, *[4.7] * 16, 1.3, 0.0, 0.0)),
            SegmentBand(name="save", seconds=(*[0.0] * 17, 3.6, 4.9, 4.9)),
        ),
        objects_at_seconds=tuple(SECONDS * index / 19 for index in range(20)),
        objects=(
            LimetypeAlive(
                limetype="contract",
                alive=tuple(6_000 * index for index in range(20)),
            ),
        ),
        cpu_wait_seconds=3.9,
    )


def statement_profile() -> StatementProfile:
    return StatementProfile(
        rows=120_000,
        smaller_rows=60_000,
        why_unproven=None,
        commits=1,
        statements=(
            replace(
                USE,
                text=EXISTS,
                location=at(47, "find_contract"),
                calls=120_000,
                seconds=50.2,
                rows_read=60_000,
                smaller_calls=60_000,
                repeats=412,
            ),
            replace(
                USE,
                text=INSERT,
                location=at(38, "import_contracts"),
                reads=False,
                calls=61,
                seconds=4.5,
                rows_read=0,
                rows_written=60_000,
                smaller_calls=31,
                per_row=0.0005,
            ),
        ),
        transactions=(TransactionSize(least=5_000, most=None, transactions=1),),
    )


def made_profile() -> Profile:
    query = "limerun/lime/packages/lime_type/limetypes.py"
    return Profile(
        time=time_profile(),
        tree=(
            call(0, at(24, "import_contracts"), 95.9, 2.1),
            call(1, at(47, "find_contract"), 68.3, 0.9),
            call(
                2,
                Location(file=query, line=45, function="__iter__"),
                66.0,
                66.0,
                users=False,
            ),
            call(1, at(18, "<listcomp>"), 3.8, 0.4),
        ),
        statements=statement_profile(),
        memory_growth=MemoryGrowth(
            rows=120_000,
            smaller_rows=60_000,
            task_bytes=262 * MB,
            smaller_task_bytes=132 * MB,
            bytes_per_row=130 * MB / 60_000,
        ),
    )
