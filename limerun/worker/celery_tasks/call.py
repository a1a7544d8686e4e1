"""Call a Celery task as a worker's child process does: through Celery's tracer.

The tracer gives the task its request, calls its handlers, and sends the signals. A
retry is returned as a message; it runs at once, while a worker would run it later.
"""

import os
import uuid
from contextlib import suppress
from datetime import datetime
from types import TracebackType

from celery import signals
from celery.app import trace
from celery.exceptions import Ignore, Reject, Retry

from limerun.worker.celery_tasks.sent import count_sent
from limerun.worker.ending import NotDone
from limerun.worker.limits import AttemptLimits
from limerun.worker.protocol import RETRIED, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_ATTEMPTS = 1_000


class CeleryCall:
    """A Celery task, called again for each retry that it requests."""

    def __init__(self, task: "Any") -> None:
        evaluate = getattr(task, "_get_current_object", None)
        self._task = evaluate() if evaluate is not None else task
        self.body: object = getattr(self._task, "_orig_run", None) or self._task.run
        """The function that was decorated as a task."""

    @property
    def checked(self) -> object:
        """The function whose signature the arguments must match, as in `delay`."""
        is_checked = self._task.typing and hasattr(self._task, "__header__")
        if trace.task_has_custom(self._task, "__call__") and not is_checked:
            return self._task.__call__
        return self.body

    def open(self, limits: AttemptLimits, send: "Callable[..., None]") -> None:
        """Prepare what a worker's child process prepares before its first task.

        Args:
            limits: The task handler's limits, for tasks that set none.
            send: Sends a message to the watcher.
        """
        task, app = self._task, self._task.app
        self._limits, self._send = limits, send
        self._sent = count_sent()
        self._host = f"celery@{trace.gethostname()}"
        trace.setup_worker_optimizations(app, self._host)
        self._trace = trace.build_tracer(
            task.name, task, loader=app.loader, hostname=self._host, app=app
        )
        signals.worker_process_init.send(sender=None)

    def __call__(self, *arguments: object, **parameters: object) -> object:
        """Run the task, again for each retry; return or raise what the last run did."""
        task = self._task
        message: Any = task.app.amqp.as_task_v2(
            str(uuid.uuid4()), task.name, list(arguments), parameters
        )
        for _ in range(_MOST_ATTEMPTS):
            self._sent.expect_retry_of(message.headers)
            returned, error = self._run(message)
            if self._sent.retry is not None:
                message = self._sent.retry
                self._tell_retry(message.headers, error)
                returned = error = None  # frees the attempt's frames and their objects
            elif error is not None:
                raise error
            else:
                return returned
        raise RuntimeError(f"the task asked to be retried {_MOST_ATTEMPTS} times")

    def _run(self, message: "Any") -> "tuple[object, BaseException | None]":
        args, kwargs, _ = message.body
        task = self._task
        hard, soft = message.headers["timelimit"]
        self._limits.begin(soft or task.soft_time_limit, hard or task.time_limit)
        try:
            returned, info, *_ = self._trace(
                message.headers["id"], args, kwargs, self._request(message)
            )
        except Reject as error:
            return None, _shortened(error)
        finally:
            self._limits.end()
        if info is None:
            return returned, None
        if isinstance(info.retval, Ignore):
            return NotDone(_why_ignored(info.retval)), None
        return None, _shortened(info.retval)

    def _tell_retry(
        self, headers: "dict[str, Any]", error: "BaseException | None"
    ) -> None:
        countdown = None
        if headers["eta"] is not None:
            eta = datetime.fromisoformat(headers["eta"])
            left = (eta - datetime.now(eta.tzinfo)).total_seconds()
            countdown = round(max(0.0, left), 1)
        reason = error.exc if isinstance(error, Retry) else error
        why = ""
        if reason is not None:
            why = shortened(f"{type(reason).__name__}: {reason}", 500)
        with suppress(Exception):  # the task may have closed the pipe
            self._send(RETRIED, countdown_seconds=countdown, why=why)

    def _request(self, message: "Any") -> "dict[str, Any]":
        args, kwargs, embedded = message.body
        queue = getattr(self._task, "queue", None)
        return {
            **message.headers,
            **embedded,
            "args": args,
            "kwargs": kwargs,
            "hostname": self._host,
            "is_eager": False,
            "correlation_id": message.headers["id"],
            "reply_to": message.properties.get("reply_to"),
            "delivery_info": {
                "exchange": "",
                "routing_key": queue or self._task.app.conf.task_default_queue,
                "priority": message.properties.get("priority"),
                "redelivered": False,
            },
        }


def _why_ignored(error: Ignore) -> str:
    """Return why a worker does not store a result for this task."""
    if str(error) == "Replaced by new task":  # the text that `Task.replace` raises
        return "was replaced by a task that has not run"
    text = f" ({error})"[:200] if str(error) else ""
    return f"raised Ignore{text}, so a worker would store no result"


_OWN = (os.path.dirname(trace.__file__), os.path.dirname(os.path.dirname(__file__)))


def _shortened(error: BaseException) -> BaseException:
    """Return an error; remove the frames of Celery's tracer from its traceback."""
    found: TracebackType | None = error.__traceback__
    while found is not None:
        if not found.tb_frame.f_code.co_filename.startswith(_OWN):
            return error.with_traceback(found)
        found = found.tb_next
    return error
