"""The worker: delivers the outbox, takes the steps of the ladder, erases what was kept long enough."""

from bot.worker.loop import Worker, run

__all__ = ["Worker", "run"]
