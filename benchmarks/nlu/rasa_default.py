"""Measure Rasa's default pipeline (DIET, 100 epochs) and ours side by side, both through Rasa itself.

    python benchmarks/nlu/rasa_default.py RESULTS.json FOLDER SET [SET ...]

FOLDER holds <SET>-train_10.jsonl and <SET>-test.jsonl ({"text", "label"}); the SET `own` is our own data/nlu and
hold-out instead. Each result is added to RESULTS.json as soon as it is there. A DIET training costs 250 to 1000 CPU
seconds: run it at `nice -n 19`.

Both are trained by `rasa train nlu` in a process of their own (CPU seconds, peak memory). Then one process, held on one
core, loads both models and parses the same messages in turn, a block at a time, so that whatever else the machine does
slows both alike.
The accuracy is that of the first name in the intent ranking, before any fallback. Memory is what loading and parsing
add to a process that has imported Rasa.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import yaml

from bot.cli.training import ENGINE

ROOT = Path(__file__).resolve().parents[2]
HOLD_OUT = ROOT / "tests/nlu/holdout.jsonl"
OURS, DIET = "ours", "diet"
FALLBACKS = ("nlu_fallback",)
BLOCK = 25
"""Messages that one of the two parses before it is the other's turn: message by message each would find the processor's
caches full of the other's weights, and a server runs one of them."""
# As rasa/engine/recipes/config_files/default_config.yml has it, with a seed.
DIET_CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "benchmark",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 42},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [],
}
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    **ENGINE,  # as `firststep serve` starts the engine; DIET gets them too
}
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}


def rows(path: Path) -> list[dict[str, Any]]:
    """The labelled messages of one file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_project(folder: Path, public: Path, name: str) -> None:
    """Both configurations, the training data as Rasa reads it, and the test messages."""
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for kind, config in ((OURS, ours | {"policies": []}), (DIET, DIET_CONFIG)):
        (folder / f"{kind}.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    if name == "own":
        shutil.copytree(ROOT / "data/nlu", folder / "nlu")
        shutil.copyfile(HOLD_OUT, folder / "test.jsonl")
        return
    by_label: dict[str, list[str]] = {}
    for row in rows(public / f"{name}-train_10.jsonl"):
        by_label.setdefault(row["label"], []).append(row["text"].replace("\n", " "))
    nlu = [{"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in by_label.items()]
    (folder / "nlu").mkdir()
    (folder / "nlu/nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, width=10_000), encoding="utf-8")
    shutil.copyfile(public / f"{name}-test.jsonl", folder / "test.jsonl")


def train(folder: Path, kind: str) -> dict[str, float]:
    """Train one model; its CPU seconds, wall seconds and peak memory."""
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(folder / f"{kind}.yml")]
    command += ["--nlu", str(folder / "nlu"), "--out", str(folder), "--fixed-model-name", kind]
    with (folder / f"{kind}.log").open("wb") as log:
        # Cache folders of its own: neither sentence vectors nor Rasa's fingerprints are there before.
        new = {"XDG_CACHE_HOME": str(folder / "cache"), "RASA_CACHE_DIRECTORY": str(folder / f"cache-{kind}")}
        start = time.monotonic()
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | QUIET | new, stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
    if status != 0 or not (folder / f"{kind}.tar.gz").is_file():
        raise SystemExit(f"training {kind} failed:\n" + (folder / f"{kind}.log").read_text(errors="replace")[-3000:])
    return {
        "train_cpu_s": usage.ru_utime + usage.ru_stime,
        "train_wall_s": time.monotonic() - start,
        "train_peak_mb": usage.ru_maxrss / 1024,
    }


def load(model: Path) -> Any:
    """A function from a text to Rasa's parse result."""
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent, loop = Agent.load(str(model)), asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))


def first(parsed: dict[str, Any]) -> str:
    """The first intent of the ranking that is a topic."""
    return next((row["name"] for row in parsed["intent_ranking"] if row["name"] not in FALLBACKS), "")


def memory(folder: Path, kind: str) -> dict[str, float]:
    """What this process grows by when it loads the model and parses 50 messages, beyond Rasa's imports; megabytes."""
    import rasa.core.agent
    import rasa.engine.recipes.default_recipe  # noqa: F401  (with it every component of Rasa's own, TensorFlow too)

    me = psutil.Process()
    before = me.memory_full_info()
    start = time.monotonic()
    parse = load(folder / f"{kind}.tar.gz")
    seconds = time.monotonic() - start
    for row in rows(folder / "test.jsonl")[:50]:
        parse(row["text"])
    after = me.memory_full_info()
    added = {"rss_added_mb": after.rss - before.rss, "private_added_mb": after.uss - before.uss}
    return {"imports_mb": before.rss / 2**20, **{k: v / 2**20 for k, v in added.items()}, "load_s": seconds}


def side_by_side(folder: Path) -> dict[str, dict[str, float]]:
    """Accuracy and latency of both on the test messages, parsed in turn on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    parsers = {kind: load(folder / f"{kind}.tar.gz") for kind in (DIET, OURS)}
    for parse in parsers.values():
        for _ in range(20):
            parse("what is the price")
    times: dict[str, list[float]] = {kind: [] for kind in parsers}
    spent: dict[str, list[float]] = {kind: [] for kind in parsers}  # CPU time: other jobs do not count
    right = dict.fromkeys(parsers, 0)
    tests = rows(folder / "test.jsonl")
    for begin in range(0, len(tests), BLOCK):
        for kind in (DIET, OURS) if begin // BLOCK % 2 else (OURS, DIET):
            for row in tests[begin : begin + BLOCK]:
                start, cpu = time.perf_counter(), time.process_time()
                parsed = parsers[kind](row["text"])
                spent[kind].append((time.process_time() - cpu) * 1000)
                times[kind].append((time.perf_counter() - start) * 1000)
                right[kind] += first(parsed) in {row["label"], *row.get("also", ())}
    return {
        kind: {
            "accuracy": right[kind] / len(tests),
            "right": right[kind],
            "lines": len(tests),
            "parse_median_ms": statistics.median(times[kind]),
            "parse_min_ms": min(times[kind]),
            "parse_cpu_median_ms": statistics.median(spent[kind]),
        }
        for kind in parsers
    }


def in_own_process(*arguments: str) -> Any:
    """What this script prints for these arguments, in a fresh process."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, env=os.environ | QUIET | ONE_THREAD, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(public: Path, name: str) -> dict[str, Any]:
    """All figures of one set."""
    with tempfile.TemporaryDirectory(prefix="firststep-benchmark-") as scratch:
        folder = Path(scratch)
        write_project(folder, public, name)
        trained = {kind: train(folder, kind) for kind in (OURS, DIET)}
        loaded = {kind: in_own_process("--memory", scratch, kind) for kind in (OURS, DIET)}
        asked = in_own_process("--side-by-side", scratch)
    return {
        "set": name,
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores (shared with other jobs), "
        f"Python {platform.python_version()}",
        "parse_ratio": asked[DIET]["parse_median_ms"] / asked[OURS]["parse_median_ms"],
        **{kind: trained[kind] | loaded[kind] | asked[kind] for kind in (OURS, DIET)},
    }


def main(arguments: list[str]) -> None:
    """Run the sets asked for, or one step of them in a process of its own."""
    if arguments[:1] == ["--memory"]:
        print(json.dumps(memory(Path(arguments[1]), arguments[2])))
    elif arguments[:1] == ["--side-by-side"]:
        print(json.dumps(side_by_side(Path(arguments[1]))))
    elif len(arguments) < 3:
        sys.exit(__doc__)
    else:
        file, public, names = Path(arguments[0]), Path(arguments[1]), arguments[2:]
        for name in names:
            result = measure(public, name)
            results = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
            results = [*(row for row in results if row["set"] != name), result]
            file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
            print(json.dumps(result, indent=2), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
