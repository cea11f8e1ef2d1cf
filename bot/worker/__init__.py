"""The worker: delivers the outbox, reminds when nobody answered, erases what has been kept long enough."""

from bot.worker.loop import Worker, run

__all__ = ["Worker", "run"]
