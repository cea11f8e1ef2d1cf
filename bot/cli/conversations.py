"""`firststep conversations export` and `purge`."""

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli.errors import OperatorError

app = typer.Typer(help="What visitors and the assistant said.", no_args_is_help=True)

COLUMNS = ("conversation", "at", "author", "topic", "confidence", "safety", "text")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How an export is written."""

    JSON = "json"
    TEXT = "text"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add `purge`, which stands at the top, to the application."""
    app.command()(purge)


@app.callback()
def _group() -> None:
    """What visitors and the assistant said."""


@app.command("export")
def export(
    format_: Annotated[Format, typer.Option("--format", help="json: a conversation a line.")] = Format.JSON,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Leave phone numbers and e-mail addresses in.")] = False,
) -> None:
    """Write all conversations to standard output, oldest first, with contact details masked."""
    from bot.cli.opening import open_store

    store = open_store()
    with store.read() as session:
        found = _conversations(session, unmasked)
        if format_ is Format.JSON:
            for conversation in found:
                print(json.dumps(conversation, ensure_ascii=False))
        elif format_ is Format.TEXT:
            for conversation in found:
                print(_as_text(conversation))
        else:
            writer = csv.writer(sys.stdout)
            writer.writerow(COLUMNS)
            for conversation in found:
                writer.writerows(_rows(conversation))


def purge(
    days: Annotated[int | None, typer.Option(min=1, help="Days to keep; else FIRSTSTEP_RETENTION_DAYS.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete conversations past the retention time, and what the engine remembers of them."""
    from bot.cli.opening import open_store
    from bot.conversations import purge as purge_conversations
    from bot.engine.erase import erase_conversations
    from bot.settings import settings

    keep = days or settings().retention_days
    if not yes and not typer.confirm(f"Delete for ever what is older than {keep} days?"):
        raise OperatorError("nothing was deleted")
    store = open_store()
    deleted = 0
    while True:
        with store.write() as session:
            ids = purge_conversations(session, keep)
            # Before the commit: should it fail, the conversations are still there to be purged again.
            erase_conversations(ids)
        if not ids:
            break
        deleted += len(ids)
    print(f"Deleted {deleted} conversation{'' if deleted == 1 else 's'} older than {keep} days.")


def _conversations(session: Any, unmasked: bool) -> Iterator[dict[str, Any]]:
    from sqlalchemy import select

    from bot.conversations import Conversation, redact
    from bot.conversations import export as export_one

    ids = session.execute(select(Conversation.id).order_by(Conversation.created_at, Conversation.id)).scalars().all()
    for conversation_id in ids:
        conversation = export_one(session, conversation_id)
        session.expunge_all()
        if conversation is None:
            continue
        if not unmasked:
            conversation["phone"] = None
            for message in conversation["messages"]:
                message["text"] = redact(message["text"])
        yield conversation


def _as_text(conversation: dict[str, Any]) -> str:
    lines = [f"Conversation {conversation['id']} ({conversation['channel']}, {conversation['created_at']})"]
    lines += [f"  {message['at']} {message['author']}: {message['text']}" for message in conversation["messages"]]
    return "\n".join(lines) + "\n"


def _rows(conversation: dict[str, Any]) -> Iterator[list[Any]]:
    for message in conversation["messages"]:
        # A leading quote keeps a spreadsheet from running what a visitor wrote as a formula.
        text = f"'{message['text']}" if message["text"].startswith(FORMULA) else message["text"]
        values = {"conversation": conversation["id"], **message, "text": text}
        yield [values.get(column) for column in COLUMNS]
