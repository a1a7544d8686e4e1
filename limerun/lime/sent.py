"""Count the tasks that the task sends, without storing or running them.

Another handler would run them later. So their time and memory do not belong to the
measured task, and their arguments must not accumulate in its process.
"""

from lime_task import sending
from lime_task.tasks import task_name


class SentTasks(sending.LocalEngine):
    """Counts sent tasks by name, instead of queueing them."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}

    def send(self, sent: sending.Sent) -> sending.TaskStatus:
        """Count a task; its status stays PENDING."""
        name = task_name(sent.function)
        self.counts[name] = self.counts.get(name, 0) + 1
        self._statuses.append(sent.status)
        return sent.status


def count_sent_tasks() -> None:
    """Make `send_task` count tasks from now on."""
    sending.engine = SentTasks()


def sent_counts() -> dict[str, int]:
    """Return how many tasks were sent, by name."""
    engine = sending.engine
    return dict(engine.counts) if isinstance(engine, SentTasks) else {}
