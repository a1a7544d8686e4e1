"""Count the messages that Celery would send, and keep task results in this process.

Other workers would run the sent tasks, so their time and memory are not the task's.
No broker or result backend is ever contacted.
"""

import threading
from contextlib import nullcontext

from celery import _state
from celery.app.amqp import AMQP
from celery.app.base import Celery
from celery.app.control import Control
from celery.app.task import Task
from celery.backends.base import DisabledBackend
from celery.backends.cache import CacheBackend

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SentMessages:
    """The number of messages per task, and the retry of the running task."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.retry: Any = None
        """The message that requests another attempt; None if there is none."""
        self._running: dict[str, Any] = {}

    def expect_retry_of(self, headers: "dict[str, Any]") -> None:
        """Treat the next message with this task's name and id as its retry."""
        self._running, self.retry = headers, None

    def take(self, name: str, message: "Any") -> None:
        """Count a message; if it is the expected retry, keep it to be run."""
        headers, running = message.headers, self._running
        if (
            headers.get("id") == running.get("id")
            and name == running.get("task")
            and headers["retries"] > running["retries"]
        ):
            self.retry = message
        elif not name.startswith("celery."):  # Celery's own, like chord_unlock
            self.counts[name] = self.counts.get(name, 0) + 1


sent: SentMessages | None = None
"""The counts; None while Celery has not been patched."""


def count_sent() -> SentMessages:
    """Make all apps count messages instead of sending them, and keep results here."""
    global sent
    if sent is None:
        sent = SentMessages()
        _replace_broker(sent)
        _replace_backends()
    return sent


def sent_counts() -> "dict[str, int]":
    """Return how many messages were sent, by task."""
    return dict(sent.counts) if sent is not None else {}


def _replace_broker(sent: SentMessages) -> None:
    def send(_: "Any", name: str, message: "Any", **options: object) -> None:
        sent.take(name, message)

    # Properties take precedence over values that an app has already cached.
    AMQP.send_task_message = property(lambda amqp: send)
    AMQP.create_task_message = property(lambda amqp: amqp.as_task_v2)
    broker = _NoBroker()
    AMQP.producer_pool = property(lambda amqp: broker)
    Celery.producer_or_acquire = lambda app, producer=None: nullcontext(broker)
    Task.send_event = lambda task, *arguments, **named: None
    Control.broadcast = lambda control, *arguments, **named: None
    Control.purge = lambda control, connection=None: 0


class _NoBroker:
    """Replaces kombu's pool, connection and producer, and counts published messages."""

    driver_type = "memory"

    @property
    def connection(self) -> "_NoBroker":
        return self

    connections = transport = connection

    def acquire(self, *arguments: object, **named: object) -> "Any":
        return nullcontext(self)

    def _reraise_as_library_errors(self) -> "Any":
        return nullcontext()

    def publish(self, *arguments: object, **named: object) -> None:
        if sent is not None:
            sent.counts["(message)"] = sent.counts.get("(message)", 0) + 1


class _KeptResults(CacheBackend):
    """Stores encoded results, as a backend does; only this process has results."""

    def _refuse(self, *arguments: object, **named: object) -> "Any":
        raise RuntimeError(
            "limerun: the task waits for the result of a task that it sent; "
            "sent tasks are counted, not run"
        )

    wait_for = wait_for_pending = iter_native = get_many = _refuse


def _replace_backends() -> None:
    Celery._get_backend = _backend_of
    for app in _state._get_active_apps():
        app._backend_cache, app._local = None, threading.local()
        if not app.finalized:
            continue
        for task in app.tasks.values():
            if task.backend is not app.backend:
                task.backend = app.backend


def _backend_of(app: "Any") -> object:
    configured = app.backend_cls or app.conf.result_backend
    if not configured or configured in ("disabled", DisabledBackend):
        return DisabledBackend(app=app)
    return _KeptResults(app=app, url="memory://")
