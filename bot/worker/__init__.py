"""The worker: delivers the outbox, takes the steps of the ladder, erases what was kept long enough."""

from bot.worker.loop import Worker, run
from bot.worker.stopping import stopped_by_signals

__all__ = ["Worker", "run", "stopped_by_signals"]
