"""Celery tasks, on an app whose broker and result backend cannot be reached."""

import asyncio
import functools
import multiprocessing
import time
from typing import Any

from celery import Celery, Task, chain, chord, group, shared_task, signals
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded

NOWHERE = "redis://127.0.0.1:1/0"
app = Celery("example", broker=NOWHERE, backend=NOWHERE, set_as_current=True)
app.conf.task_routes = {"*.routed": {"queue": "slow"}}
seen: list[Any] = []


@app.task(bind=True)
def request(self: Any, path: str) -> dict[str, Any]:
    asked = self.request
    return {
        "id": len(asked.id),
        "retries": asked.retries,
        "eager": asked.is_eager,
        "direct": asked.called_directly,
        "kwargs": asked.kwargs,
        "host": asked.hostname.partition("@")[0],
        "queue": asked.delivery_info["routing_key"],
        "task": asked.task,
        "root": asked.root_id == asked.id,
    }


@app.task(bind=True)
def progress(self: Any) -> Any:
    self.update_state(state="PROGRESS", meta={"done": 1})
    meta = self.AsyncResult(self.request.id).info
    return [meta, app.AsyncResult(self.request.id).state]


@app.task(bind=True, max_retries=2)
def retried(self: Any, times: int) -> list[int]:
    seen.append(self.request.retries)
    if self.request.retries < times:
        raise self.retry(exc=OSError("flaky"), countdown=90)
    return seen


@app.task(bind=True)
def retried_with_other_arguments(self: Any, page: int) -> int:
    if page < 3:
        self.retry(kwargs={"page": page + 1}, throw=False)
    return page


@app.task(autoretry_for=(OSError,), retry_backoff=True, max_retries=3)
def flaky(limit: int) -> int:
    seen.append(limit)
    if len(seen) < limit:
        raise OSError("flaky")
    return len(seen)


class Handlers(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        seen.append(f"call {self.request.id == request_id(self)}")
        return super().__call__(*args, **kwargs)

    def before_start(self, *_: Any) -> None:
        print("before_start")

    def on_success(self, *_: Any) -> None:
        print("on_success")

    def on_failure(self, *_: Any) -> None:
        print("on_failure")

    def after_return(self, status: str, *_: Any) -> None:
        print("after_return", status)


def request_id(task: Any) -> Any:
    return task.request_stack.top.id


@signals.task_prerun.connect
def _prerun(**_: Any) -> None:
    print("task_prerun")


@signals.worker_process_init.connect
def _process_init(**_: Any) -> None:
    print("worker_process_init")


@app.task(base=Handlers)
def handled() -> list[str]:
    return seen


@app.task(base=Handlers)
def fails() -> None:
    raise KeyError("missing")


class ByClass(Task):
    name = "by_class"

    def run(self, limit: int = 2) -> int:
        return limit


by_class = app.register_task(ByClass())


@app.task
def ignores() -> None:
    raise Ignore("it is revoked")


@app.task
def rejects() -> None:
    raise Reject("no such queue", requeue=True)


@app.task(bind=True)
def replaced(self: Any, by: str) -> None:
    if by == "retried" and not self.request.retries:
        self.retry()
    tasks = [add.s(1, 2), add.s(3, 4)]
    self.replace(
        {
            "chain": chain(add.s(1, 2), add.s(3)),
            "group": group(tasks),
            "chord": chord(tasks, add.s(5)),
        }.get(by, add.s(1, 2))
    )


@app.task(acks_late=True, reject_on_worker_lost=True)
def late(fails: bool = False) -> str:
    if fails:
        raise OSError("not there")
    return "done"


@app.task(bind=True)
def adds_to_its_chord(self: Any) -> None:
    self.add_to_chord(add.s(1, 2))


@app.task
def add(x: int, y: int) -> int:
    return x + y


@shared_task(ignore_result=True)
def shared() -> int:
    return 1


@app.task
def sends() -> str:
    add.delay(1, 2)
    add.apply_async((1, 2), countdown=5)
    shared.delay()
    app.send_task("elsewhere.other", kwargs={"x": 1})
    chain(add.s(1, 2), add.s(3)).apply_async()
    group(add.s(i, i) for i in range(3)).delay()
    chord([add.s(1, 1), add.s(2, 2)])(shared.si())
    app.control.revoke("some-id")
    return "sent"


def sends_from_a_plain_function() -> str:
    add.delay(1, 2)
    return "sent"


@app.task
def sends_from_a_process(method: str) -> str:
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.apply(sends_from_a_plain_function)


@app.task
def waits() -> Any:
    return add.delay(1, 2).get(disable_sync_subtasks=False)


@app.task
def routed() -> None: ...


@app.task
async def is_async() -> None: ...


@app.task
@functools.partial(lambda run, of: functools.wraps(of)(lambda: run(of())), asyncio.run)
async def runs_async() -> int:
    return 3


@app.task(soft_time_limit=3, bind=True)  # it is in the `try` before
def cleans_up(self: Any) -> str:
    try:
        time.sleep(60)
    except SoftTimeLimitExceeded:
        return "cleaned up"
    return "never"


@app.task(soft_time_limit=1)
def runs_into_its_soft_limit() -> None:
    time.sleep(60)


@app.task(time_limit=0.2)
def runs_into_its_hard_limit() -> None:
    time.sleep(60)


@app.task(bind=True, time_limit=30, soft_time_limit=20)
def starts_its_limits_again(self: Any) -> int:
    if self.request.retries < 2:
        self.retry()
    return int(self.request.retries)


def sleeps() -> None:
    time.sleep(60)


signature = add.s(1, 2)
