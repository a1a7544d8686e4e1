"""What a dataset is to one run: where each source is, what it gave, what is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from limerun.engine.serving import PageServer, Served
from limerun.records import Dataset, DatasetSummary, Fetched, Plan, UncleanSource


class Inputs:
    """The sources of a dataset, those of kind http on a server of their own.

    Rows of files are counted in the worker, by the line. A Parquet file has no lines,
    and what reads one is no Python: how many of its rows are read is not seen.
    """

    def __init__(self, plan: Plan, dataset: Dataset | None) -> None:
        files = {} if dataset is None else dataset.sources
        served = {
            name: http
            for name in files
            if (http := plan.sources[name].http) is not None
        }
        read = {name: file for name, file in files.items() if name not in served}
        counted = [file for file in read.values() if file.format != "parquet"]
        self._paths = {name: str(file.path) for name, file in read.items()}
        self._served = [
            Served(name=name, file=files[name], http=http, seed=_seed(dataset))
            for name, http in served.items()
        ]
        self._server: PageServer | None = None
        self.counted_files: tuple[Path, ...] = tuple(file.path for file in counted)
        self.counted_rows = sum(file.rows for file in counted) if counted else None
        self.rows_unseen = len(counted) < len(read)

    @property
    def total_rows(self) -> int | None:
        """How many rows can be seen to be read; None without any such source."""
        if self.counted_rows is None and not self._served:
            return None
        return (self.counted_rows or 0) + sum(each.file.rows for each in self._served)

    @contextmanager
    def places(self) -> Iterator[Mapping[str, str]]:
        """Give each source's path or URL, by its name; URLs are served meanwhile.

        Raises:
            EngineError: They cannot be served.
        """
        if not self._served:
            yield self._paths
            return
        self._server = PageServer(self._served)
        with self._server as urls:
            yield {**self._paths, **urls}

    def rows_served(self) -> int | None:
        """Return the rows in the pages that the last run fetched; None without any."""
        return None if self._server is None else self._server.rows_served()

    def fetched(self) -> tuple[Fetched, ...]:
        """Return what was answered in the last run, by source."""
        return () if self._server is None else self._server.fetched()


def _seed(dataset: Dataset | None) -> int:
    return 0 if dataset is None else dataset.seed


def summary_of(dataset: Dataset | None) -> DatasetSummary | None:
    """Return what a record says of a dataset; None where there is none."""
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
