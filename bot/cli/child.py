"""Run a module as a child of the supervisor: `python -m bot.cli.child PARENT MODULE [ARGUMENTS]`.

The kernel ends the child when its parent is gone, however that ended: not even SIGKILL of the supervisor leaves a
process.
"""

import ctypes
import logging
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel (Linux) to kill this process when its parent ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main() -> None:
    """Become the module named on the command line."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    die_with_parent()
    if os.getppid() != parent:  # it ended before we asked
        raise SystemExit(1)
    if module == "bot.engine":
        os.register_at_fork(after_in_child=die_with_parent)  # Sanic's workers, when there are several
    if os.environ.get("PYTHONWARNINGS") == "ignore":
        # Packages that set filters of their own (sanic does) are heard all the same, unless warnings go to the log:
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
