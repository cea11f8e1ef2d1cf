import subprocess
import sys

import pytest

# Where the main thread is when it enters or leaves `wait`: with the event's own lock in hand.
IN_THE_MIDDLE = """
import os, signal
from bot.worker import stopped_by_signals
stop = stopped_by_signals()
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
raise SystemExit(0 if stop.wait(10) else 1)
"""


@pytest.mark.processes
def test_a_signal_in_the_middle_of_a_wait_stops_it_and_hangs_nothing() -> None:
    assert subprocess.run([sys.executable, "-c", IN_THE_MIDDLE], check=False, timeout=30).returncode == 0
