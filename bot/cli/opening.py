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
    check_key(store)
    return store


def check_key(store: Database) -> None:
    """Raise OperatorError when what is stored was encrypted with another key: new entries would mix two keys."""
    from cryptography.fernet import InvalidToken
    from sqlalchemy import select

    from bot.conversations import Message

    try:
        with store.read() as session:
            session.execute(select(Message.text).limit(1)).first()
    except InvalidToken:
        raise OperatorError(
            "the store was made with another key: put its secret.key back into the data folder (FIRSTSTEP_DATA_DIR), "
            "or set FIRSTSTEP_SECRET_KEY to what it was"
        ) from None


def reason(error: BaseException) -> str:
    """The first line of what went wrong, as the database said it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
