"""What the front's own guard costs: CPU time of the rules for one message, alone and with the pieces before it.

`python -m benchmarks.safety.guard` on the development sets of tests/safety; processor time, so that a busy machine does
not change the figures.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bot.safety import assess, assess_together

SETS = ("crisis", "benign", "spanish_crisis", "spanish_benign")
FOLDER = Path("tests/safety")


def milliseconds(texts: list[str], check: Callable[[str], object]) -> list[float]:
    """Processor time of the check for each text, sorted."""
    times = []
    for text in texts:
        start = time.thread_time()
        check(text)
        times.append((time.thread_time() - start) * 1000)
    return sorted(times)


def main() -> None:
    """Print median and 95th percentile."""
    lines = [line for name in SETS for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [str(json.loads(line)["text"]) for line in lines]
    start = time.thread_time()
    assess("hola, hello")
    print(f"reading and compiling the rules, once a process: {(time.thread_time() - start) * 1000:.0f} ms")
    checks: dict[str, Callable[[str], object]] = {
        "one message": assess,
        "with a short message before it": lambda text: assess_together(text, ["i want to"]),
    }
    for name, check in checks.items():
        times = milliseconds(texts, check)
        p95 = times[int(len(times) * 0.95)]
        print(f"{name}: median {statistics.median(times):.2f} ms, 95% below {p95:.2f} ms, {len(times)} messages")


if __name__ == "__main__":
    main()
