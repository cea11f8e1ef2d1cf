"""Rasa's training with its validation beside it: `python -m bot.engine.training [ARGUMENTS OF rasa train]`.

`rasa train` validates everything before it begins, on one core, and then reads all files again. Here `rasa data
validate` runs as a process of its own meanwhile. The exit code is 1 where either fails.
"""

import gc
import os
import subprocess
import sys
import tempfile

from rasa.__main__ import main as rasa


def main() -> None:
    """Train and validate."""
    arguments = sys.argv[1:]
    at = arguments.index("--data") if "--data" in arguments else len(arguments)
    validate = ["bot.cli.child", str(os.getpid()), "rasa", "data", "validate", *arguments[at : at + 2]]
    with tempfile.TemporaryFile() as said:
        validation = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", *validate],
            stdout=said,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONWARNINGS": "ignore::DeprecationWarning"},  # Rasa's findings are warnings
        )
        gc.freeze()  # what the imports made stays; tens of thousands of messages are no garbage either
        gc.set_threshold(100_000, 50, 100)
        sys.argv = ["rasa", "train", "--skip-validation", *arguments]
        try:
            rasa()
        finally:  # where the training failed too, the validation says more clearly why
            refused = validation.wait() != 0
            if refused:
                said.seek(0)
                sys.stderr.write(said.read().decode(errors="replace"))
    if refused:
        sys.exit("The model is not used: what Rasa's validation says above has to be put right first.")


if __name__ == "__main__":
    main()
