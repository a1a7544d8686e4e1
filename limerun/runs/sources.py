"""Provide a dataset's sources to one run, and count the rows that the run reads."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from limerun.engine.serving import PageServer, ServedSource, ServerFault
from limerun.records import Dataset, DatasetSummary, Fetched, Plan, UncleanSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The sources of one run: their places, and the rows that can be counted.

    The worker counts the rows of files by their lines. A Parquet file has no lines and
    is not read by Python code, so the rows read from it cannot be counted.
    """

    places: Mapping[str, str]
    """Each source's path or URL, by its name."""
    counted_files: tuple[tuple[Path, int], ...]
    """The files whose rows can be counted, with their numbers of rows."""
    total_rows: int | None
    """All rows that can be counted; None if there is no such source."""
    rows_unseen: bool
    """True if there is a source whose rows cannot be counted."""
    server: PageServer | None

    @property
    def counted_rows(self) -> int | None:
        """Rows of all counted files; None if there are no such files."""
        rows = [rows for _, rows in self.counted_files]
        return sum(rows) if rows else None

    def rows_served(self) -> int | None:
        """Return the rows in the pages that the run fetched; None if there is no server."""
        return None if self.server is None else self.server.rows_served()

    def fetched(self) -> tuple[Fetched, ...]:
        """Return the server's answers during the run, by source."""
        return () if self.server is None else self.server.fetched()


@contextmanager
def opened_inputs(
    plan: Plan, dataset: Dataset | None, fault: ServerFault | None = None
) -> Iterator[Inputs]:
    """Yield the sources of a run; a server serves those of kind http until the exit.

    Args:
        plan: The plan of the task.
        dataset: The files.
        fault: How the server is to fail once.

    Raises:
        EngineError: The server cannot be started.
    """
    files = {} if dataset is None else dataset.sources
    seed = 0 if dataset is None else dataset.seed
    served = [
        ServedSource(
            name=name,
            file=file,
            http=http,
            seed=seed,
            fault=fault if fault is not None and fault.source == name else None,
        )
        for name, file in files.items()
        if (http := plan.sources[name].http) is not None
    ]
    read = {
        name: file for name, file in files.items() if plan.sources[name].http is None
    }
    counted = [file for file in read.values() if file.format != "parquet"]
    countable = [*counted, *(each.file for each in served)]
    with ExitStack() as opened:
        server = PageServer(served) if served else None
        urls = opened.enter_context(server) if server is not None else {}
        yield Inputs(
            places={**{name: str(file.path) for name, file in read.items()}, **urls},
            counted_files=tuple((file.path, file.rows) for file in counted),
            total_rows=sum(file.rows for file in countable) if countable else None,
            rows_unseen=len(counted) < len(read),
            server=server,
        )


def summary_of(dataset: Dataset | None) -> DatasetSummary | None:
    """Return the summary of a dataset for the record; None if there is no dataset."""
    if dataset is None:
        return None
    return DatasetSummary(
        seed=dataset.seed,
        locale=dataset.locale,
        fingerprint=dataset.fingerprint,
        rows=dataset.rows,
        total_rows=sum(dataset.rows.values()),
        sources={name: source.rows for name, source in dataset.sources.items()},
        seconds=dataset.seconds,
        cached=dataset.cached,
        unclean=tuple(
            UncleanSource(
                source=name,
                duplicates=source.duplicates,
                missing=source.missing,
                malformed=source.malformed,
            )
            for name, source in dataset.sources.items()
            if source.duplicates or source.missing or source.malformed
        ),
    )
