"""The store, as commands open it: brought up to date, and with failures told in one sentence."""

from bot.cli.errors import OperatorError
from bot.store import Database, database


def open_store() -> Database:
    """The store of the settings with every migration applied. Raises OperatorError when it cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store.migrate import upgrade

    try:
        store = database()
        upgrade(store)
    except (SQLAlchemyError, OSError) as error:
        raise OperatorError(f"the store cannot be opened ({reason(error)}); check FIRSTSTEP_DATABASE_URL") from None
    return store


def reason(error: BaseException) -> str:
    """The first line of what went wrong, as the database said it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
