"""`python -m actions`: the custom actions, served to the engine on the address of FIRSTSTEP_ACTIONS_URL."""

import logging
import sys

from rasa_sdk.endpoint import create_app

from bot.addresses import listening_address
from bot.logs import set_up
from bot.settings import SettingsError, settings

logger = logging.getLogger("actions")


def main() -> None:
    """Serve until SIGINT or SIGTERM; exit code 2 and one sentence when a setting cannot work."""
    try:
        config = settings()
        host, port = listening_address("FIRSTSTEP_ACTIONS_URL", config.actions_url)
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    set_up(config.log_level)
    app = create_app("actions", cors_origins="")
    logger.info("The actions answer on %s", config.actions_url)
    app.run(host, port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
