"""Count the tasks and messages sent through Celery, even if Celery is imported late."""

import importlib.util
import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

_MODULE = "celery.app.amqp"  # every app imports this before it sends its first message


def count_what_is_sent() -> None:
    """Count what Celery sends, from now on or as soon as Celery is imported."""
    if _MODULE not in sys.modules and "celery.app.base" not in sys.modules:
        sys.meta_path.insert(0, _CountOnceImported())
        return
    from limerun.worker.celery_tasks.sent import count_sent

    count_sent()


class _CountOnceImported:
    """An import finder that finds no module itself, but replaces the broker in time."""

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> "ModuleSpec | None":
        """Return a Celery module's spec; loading it also replaces the broker."""
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_replace(module: ModuleType) -> None:
            load(module)
            from limerun.worker.celery_tasks.sent import count_sent

            count_sent()

        spec.loader.exec_module = load_and_replace  # type: ignore[method-assign]
        return spec
