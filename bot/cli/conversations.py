"""`firststep conversations export` and `purge`."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
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


@app.command("referrals")
def referrals(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day to count, 2026-11-01.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Count the messages that were answered with emergency numbers, by month, channel, level and category."""
    from bot.cli.opening import open_store
    from bot.conversations.referrals import totals

    with open_store().read() as session:
        rows = totals(session, since.date() if since else None)
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("{month}  {channel:4} {level:10} {category:12} {count:>6}".format(**row))
    print(f"{sum(int(row['count']) for row in rows)} in all.")


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


@app.command("erase")
def erase(
    conversation: Annotated[str | None, typer.Option(help="The conversation's id, as export and console show it.")] = (
        None
    ),
    phone: Annotated[str | None, typer.Option(help="The number that the person texts from: +15035550142.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase one person: what was said, the details in their requests, and what the engine remembers.

    An open request is taken back first, and who was sent it is told not to use it. The wording and time of a consent,
    and that there was a request, stay as the record.
    """
    from sqlalchemy import select

    from bot.cli.opening import open_store
    from bot.conversations import erase as erase_conversation
    from bot.conversations.reading import by_phone
    from bot.engine.erase import erase_conversations
    from bot.handoff import Lead, withdraw
    from bot.handoff.history import erase_details
    from bot.store import utcnow

    if (conversation is None) == (phone is None):
        raise OperatorError("name one of --conversation and --phone")
    store = open_store()
    if phone is not None:
        with store.read() as session:
            found = by_phone(session, phone)
            conversation = found.id if found else None
    if conversation is None:
        raise OperatorError(f"there is no conversation with {phone}; write the number as +15035550142")
    if not yes and not typer.confirm(f"Erase conversation {conversation} for ever?"):
        raise OperatorError("nothing was erased")
    with store.write() as session:
        leads = session.execute(select(Lead).where(Lead.conversation_id == conversation)).scalars().all()
        if leads:
            withdraw(session, conversation, utcnow())
        for lead in leads:
            erase_details(session, lead, utcnow())
        erased = erase_conversation(session, conversation)
    remembered = erase_conversations([conversation])  # after the commit: a turn under way cannot bring it back
    if not (erased or leads or remembered):
        raise OperatorError(f"there is no conversation {conversation}, or it is erased already")
    print(f"Erased conversation {conversation}, with {len(leads)} request{'' if len(leads) == 1 else 's'}.")


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
