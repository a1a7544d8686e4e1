"""Send tasks: they are queued in this process until `run_queued` runs them.

The signature of the platform's `send_task` is undocumented; this function accepts all
likely forms. Arguments must be JSON values, as they would be sent to another process.
"""

import importlib
import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from lime_application import LimeApplication, get_application, list_applications
from lime_errors import InvalidValueError, NotFoundError
from lime_task.tasks import is_task, task_name

logger = logging.getLogger(__name__)

PENDING = "PENDING"
STARTED = "STARTED"
SUCCESS = "SUCCESS"
FAILURE = "FAILURE"
STATUSES_KEPT = 1000


@dataclass(slots=True, kw_only=True)
class TaskStatus:
    """The status of a sent task; updated when the task runs."""

    id: str
    status: str = PENDING
    result: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return id, status and result."""
        return {"id": self.id, "status": self.status, "result": self.result}


@dataclass(slots=True, kw_only=True)
class Sent:
    """A sent task that has not run yet."""

    function: Callable[..., Any]
    application: LimeApplication
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    status: TaskStatus


@dataclass(slots=True)
class LocalEngine:
    """Runs queued tasks in this process, one after another, in order."""

    _queue: deque[Sent] = field(default_factory=deque)
    _statuses: deque[TaskStatus] = field(
        default_factory=lambda: deque(maxlen=STATUSES_KEPT)
    )

    def __len__(self) -> int:
        return len(self._queue)

    def send(self, sent: Sent) -> TaskStatus:
        """Queue a task."""
        self._queue.append(sent)
        self._statuses.append(sent.status)
        return sent.status

    def status(self, task_id: str) -> TaskStatus:
        """Return the status of a sent task."""
        for status in self._statuses:
            if status.id == task_id:
                return status
        raise NotFoundError(f"no task with the id {task_id} was sent")

    def run_queued(self) -> list[TaskStatus]:
        """Run the queued tasks, and the tasks that these send; return the statuses."""
        done = []
        while self._queue:
            done.append(_run(self._queue.popleft()))
        return done

    def clear(self) -> None:
        """Remove all queued tasks and all statuses."""
        self._queue.clear()
        self._statuses.clear()


engine = LocalEngine()


def send_task(task: Any, *args: Any, **kwargs: Any) -> TaskStatus:
    """Queue a task and return its status at once (the signature is provisional).

    Args:
        task: The decorated function, or its dotted name.
        *args: The task's arguments, with the application or its name at any position.
        **kwargs: The task's keyword arguments; `args=[…]` and `kwargs={…}` are
        unpacked.
    """
    function = _function(task)
    positional = [*args, *(kwargs.pop("args", None) or ())]
    handed = kwargs.pop("kwargs", None) or {}
    named = {**kwargs, **handed}
    application, positional, named = _application(positional, named)
    _check_json(task_name(function), [positional, named])
    status = TaskStatus(id=str(uuid4()))
    return engine.send(
        Sent(
            function=function,
            application=application,
            args=tuple(positional),
            kwargs=named,
            status=status,
        )
    )


def _run(sent: Sent) -> TaskStatus:
    status = sent.status
    status.status = STARTED
    name = task_name(sent.function)
    try:
        result = sent.function(sent.application, *sent.args, **sent.kwargs)
        _check_json(name, result)
    except Exception as error:
        logger.exception("task %s failed", name)
        status.status = FAILURE
        status.result = f"{type(error).__name__}: {error}"
    else:
        status.status = SUCCESS
        status.result = result
    return status


def _function(task: Any) -> Callable[..., Any]:
    if isinstance(task, str):
        module, _, name = task.replace(":", ".").rpartition(".")
        try:
            task = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise NotFoundError(f'there is no task "{task}": {error}') from error
    if not is_task(task):
        raise InvalidValueError(
            f"send_task takes a function decorated with @task, or its dotted name, "
            f"not {getattr(task, '__name__', type(task).__name__)}"
        )
    found: Callable[..., Any] = task
    return found


def _application(
    positional: list[Any], named: dict[str, Any]
) -> tuple[LimeApplication, list[Any], dict[str, Any]]:
    """Return the application, and the other arguments."""
    for place, value in enumerate(positional):
        if _is_application(value):
            rest = positional[:place] + positional[place + 1 :]
            return _opened(value), rest, named
    for key, value in named.items():
        if _is_application(value):
            rest_named = {name: each for name, each in named.items() if name != key}
            return _opened(value), positional, rest_named
    raise InvalidValueError("send_task needs the application, or its name")


def _is_application(value: Any) -> bool:
    known = isinstance(value, str) and value in list_applications()
    return known or isinstance(value, LimeApplication)


def _opened(value: Any) -> LimeApplication:
    return value if isinstance(value, LimeApplication) else get_application(value)


def _check_json(name: str, value: Any) -> None:
    try:
        json.dumps(value, default=_as_the_broker_would)
    except TypeError as error:
        raise InvalidValueError(
            f"task {name}: arguments and results must be JSON values: {error}"
        ) from None


def _as_the_broker_would(value: Any) -> str:
    if isinstance(value, date | time | Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")
