"""Prepare a run: check that its dataset can be generated, and open the cache folder."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from limerun.dataset.design.layout import NO_DATASET, DatasetDesign
from limerun.errors import DatasetError, OutputError
from limerun.progress import Progress
from limerun.records import Plan
from limerun.scratch import scratch_folder

Warn = Callable[[str], None]
_CACHE_LIMIT_BYTES = 20_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Data that all runs share: the design, folders, progress, and what to keep."""

    design: DatasetDesign
    """The design of the plan's dataset and sources, which has been checked."""
    cache: Path
    progress: Progress
    keep: Path | None = None
    """The folder in which to keep the worker's database; None: delete it."""
    stop_early: bool = False
    """True to end a run as soon as it can no longer meet its budgets."""


def kept_database(folder: Path, plan: Plan) -> Path:
    """Return the path at which the worker's database is kept."""
    return folder / f"{plan.task.rpartition(':')[2]}.sqlite"


def design_of(plan: Plan) -> DatasetDesign:
    """Return the checked design of a plan's dataset and sources.

    Raises:
        DatasetError: They cannot be made; the message names the position in the config.
    """
    if plan.dataset is None and not plan.sources:
        return NO_DATASET
    from limerun.dataset.design import dataset_schema

    try:
        return dataset_schema.design_of(plan.dataset, plan.sources)
    except DatasetError as error:
        from limerun.config.file import placed

        located = placed(error, plan.config_path)
        if located is error:
            raise
        raise located from error


def cache_folder() -> Path:
    """Return the folder for datasets: LIMERUN_CACHE, or the user's cache folder."""
    chosen = os.environ.get("LIMERUN_CACHE")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    return platformdirs.user_cache_path("limerun")


def datasets_folder(cache: Path) -> Path:
    """Return the cache's folder of datasets, after removing old ones if it is large."""
    from limerun.dataset.output.cache import prune_cache

    folder = cache / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    prune_cache(folder, _CACHE_LIMIT_BYTES)
    return folder


@contextmanager
def opened_cache(warn: Warn) -> Iterator[Path]:
    """Yield the cache folder, or warn and yield a temporary one if it is unusable.

    Raises:
        OutputError: No folder is writable.
    """
    cache = cache_folder()
    why = _why_unusable(cache)
    if why is None:
        yield cache
        return
    problem = f"the cache folder {cache} cannot be used: {why}"
    advice = "set LIMERUN_CACHE to a writable folder"
    with ExitStack() as opened:
        try:
            folder = Path(tempfile.gettempdir())
            temporary = opened.enter_context(scratch_folder(folder, "limerun-cache-"))
        except OSError as error:
            raise OutputError(
                f"{problem}, and there is no temporary folder: {error.strerror}; {advice}"
            ) from error
        warn(f"{problem}; datasets are not cached; {advice}")
        yield temporary


def _why_unusable(cache: Path) -> str | None:
    """Return why the cache folder is not writable; None if it is."""
    if not cache.is_absolute():
        return "there is no home folder"
    try:
        for name in ("runs", "datasets"):
            (cache / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=cache / name):
                pass
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return None
