"""Count the tasks that the task sends, as a broker takes them: none is kept or run.

Another handler would run them later, so neither their time nor their memory is the
task's, and what they are handed must not pile up in the measured process.
"""

from lime_task import sending
from lime_task.tasks import task_name


class SentTasks(sending.LocalEngine):
    """Takes tasks that are sent, and keeps their number by name."""

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
    """Let `send_task` count from here on."""
    sending.engine = SentTasks()


def sent_counts() -> dict[str, int]:
    """Return how many tasks were sent, by name."""
    engine = sending.engine
    return dict(engine.counts) if isinstance(engine, SentTasks) else {}
