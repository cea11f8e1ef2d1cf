"""Stop on a signal, at the next good moment."""

import signal
from threading import Event, Thread


def stopped_by_signals() -> Event:
    """An event that SIGINT and SIGTERM set; call it in the main thread.

    Python runs a handler between two steps of the main thread. When those lie inside `wait` of this very event, it
    holds the lock that `set` waits for, and the process would never end: so another thread sets it.
    """
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: Thread(target=stop.set).start())
    return stop
