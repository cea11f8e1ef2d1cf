"""`python -m bot.engine`: like `rasa run`, on the address of FIRSTSTEP_ENGINE_URL, with our processor."""

import argparse
import os
import sys

# Read by rasa and its friends at import: nothing is reported to anybody, and TensorFlow stays quiet.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")


def main() -> None:
    """Serve until SIGINT or SIGTERM; exit code 2 and one sentence when a setting cannot work."""
    parser = argparse.ArgumentParser(prog="python -m bot.engine", description="Answers turns for the front.")
    parser.add_argument("--model", default="models", help="model archive, or folder whose newest archive is taken")
    parser.add_argument("--log-prefix", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()

    from bot.logs import set_up
    from bot.settings import SettingsError, settings

    try:
        set_up(settings().log_level, options.log_prefix)
        from bot.engine.serve import serve

        serve(options.model)
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
