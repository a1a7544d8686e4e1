"""Make ready for a run: a plan that can be carried out, and a folder for its datasets."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.errors import DatasetError, OutputError
from limerun.progress import Progress
from limerun.records import Plan
from limerun.scratch import scratch_folder

if TYPE_CHECKING:
    from limerun.dataset.design.layout import Schema

Warn = Callable[[str], None]
_CACHE_LIMIT_BYTES = 20_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Where things are made, who watches, and what stays afterwards."""

    cache: Path
    progress: Progress
    keep: Path | None = None
    """A folder for the worker's database after its run; None: it is removed."""
    stop_early: bool = False
    """End a run that cannot keep its budgets any more."""


def kept_database(folder: Path, plan: Plan) -> Path:
    """Return where the worker's database is kept."""
    return folder / f"{plan.task.rpartition(':')[2]}.sqlite"


def checked(plan: Plan) -> Plan:
    """Return the plan, if its dataset can be made.

    Raises:
        DatasetError: It cannot; the message names the place in the config.
    """
    if plan.dataset is not None or plan.sources:
        dataset_schema_of(plan)
    return plan


def dataset_schema_of(plan: Plan) -> "Schema":
    """Return what a plan's dataset and sources become.

    Raises:
        DatasetError: They cannot be made; the message names the place in the config.
    """
    from limerun.dataset.design.dataset_schema import check_plan

    try:
        return check_plan(plan.dataset, plan.sources)
    except DatasetError as error:
        from limerun.config.file import placed

        told = placed(error, plan.config_path)
        if told is error:
            raise
        raise told from error


def cache_folder() -> Path:
    """Return where datasets are kept: LIMERUN_CACHE, or the user's cache folder."""
    chosen = os.environ.get("LIMERUN_CACHE")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    return platformdirs.user_cache_path("limerun")


def datasets_folder(cache: Path) -> Path:
    """Return the cache's folder of datasets, with room made for new ones."""
    from limerun.dataset.output.cache import prune_cache

    folder = cache / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    prune_cache(folder, _CACHE_LIMIT_BYTES)
    return folder


@contextmanager
def opened_cache(warn: Warn) -> Iterator[Path]:
    """Yield the cache folder; where it cannot be used, a temporary one, with a warning.

    Raises:
        OutputError: No folder can be written to.
    """
    cache = cache_folder()
    why = _why_unusable(cache)
    if why is None:
        yield cache
        return
    problem = f"the cache folder {cache} cannot be used: {why}"
    advice = "set LIMERUN_CACHE to a folder that can be written to"
    with ExitStack() as opened:
        try:
            folder = Path(tempfile.gettempdir())
            temporary = opened.enter_context(scratch_folder(folder, "limerun-cache-"))
        except OSError as error:
            raise OutputError(
                f"{problem}, and there is no temporary folder: {error.strerror}; {advice}"
            ) from error
        warn(f"{problem}; datasets are not kept; {advice}")
        yield temporary


def _why_unusable(cache: Path) -> str | None:
    """Return why nothing can be written to a cache; None if it can."""
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
