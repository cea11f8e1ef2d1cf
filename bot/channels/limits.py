"""Rate limits: token buckets in the memory of one process.

They protect from floods, not from an attacker with many addresses; with several fronts each counts for itself, so that
the limit in force is the sum. Requests from the machine itself are not limited by address: behind a TLS proxy that does
not pass addresses on, one visitor's haste would lock out all others.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MAX_KEYS = 20_000


@dataclass(frozen=True)
class Rate:
    """At most `burst` at once, and `per_second` in the long run."""

    burst: float
    per_second: float


PER_CONVERSATION = Rate(30, 0.5)
PER_ADDRESS = Rate(120, 4)
NEW_PER_ADDRESS = Rate(30, 0.2)
URGENT = Rate(10, 0.1)
"""Emergencies of one conversation that go through although a limit is reached."""
PER_PHONE = Rate(30, 0.1)


class Limiter:
    """One bucket for each key; the least recently used are forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """0 when there was room, else the seconds until there will be."""
        now = self._clock()
        level, last = self._buckets.pop(key, (self._rate.burst, now))
        level = min(self._rate.burst, level + (now - last) * self._rate.per_second)
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, now)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate.per_second
