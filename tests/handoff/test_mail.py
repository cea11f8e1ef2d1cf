"""E-mail: over a real socket, into the local folder, with nothing personal in it."""

from email.message import Message
from mailbox import Maildir
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.handoff import OutboxItem, withdraw
from bot.handoff import outbox as box
from bot.handoff.mail import compose, deliver
from bot.settings import Settings, SettingsError
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened
from tests.handoff.inbox import Inbox, server

__all__ = ["server"]


def items(database: Database) -> list[OutboxItem]:
    with database.read() as session:
        return list(session.execute(select(OutboxItem).order_by(OutboxItem.created_at)).scalars())


def everything(message: Message) -> str:
    return f"{message.as_string()}\n{message.get_payload(decode=True)!r}"


def test_over_smtp_with_a_stable_id_a_link_and_the_time(store: Database, server: tuple[Inbox, str]) -> None:
    inbox, url = server
    opened(store)
    (item,) = items(store)
    config = Settings(smtp_url=url, public_url="https://chat.harbor.example.org")
    for _ in range(2):
        assert deliver(compose(item.payload, item.idempotency_key, config), item.idempotency_key, config) == "SMTP"
    first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["To"] == "dana@harbor.example.org"
    body = first.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "https://chat.harbor.example.org/handoff/" in body
    assert "by 12:05 pm on Monday, November 30" in body


def test_no_mail_of_any_kind_holds_anything_of_the_visitor(store: Database) -> None:
    opened(store, wish="a women's evening group", contact="jordan@example.net")
    opened(store, wish="weekends", contact="jordan@example.net")
    box.claim_due(store, "w", MONDAY)
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    found = items(store)
    assert {item.payload["about"] for item in found} == {"offer", "update", "withdrawn"}
    secrets = ("Jordan", "jordan@", "97103", "women", "weekends", "after 5", "son", "recovery coordinator", "treatment")
    for item in found:
        payload = {**item.payload, "provider": "Harbor"}
        text = everything(compose(payload, item.idempotency_key, Settings()))
        reason = [secret for secret in secrets if secret in text.replace("person", "")]
        assert reason == []


def test_the_local_folder_gets_it_once_however_often_it_is_sent(store: Database, tmp_path: Path) -> None:
    opened(store)
    (item,) = items(store)
    config = Settings(data_dir=tmp_path)
    for _ in range(3):
        where = deliver(compose(item.payload, item.idempotency_key, config), item.idempotency_key, config)
        assert str(tmp_path / "mail") in where
    assert len(Maildir(tmp_path / "mail")) == 1
    (file,) = (tmp_path / "mail" / "new").iterdir()
    file.rename(tmp_path / "mail" / "cur" / f"{file.name}:2,S")  # somebody read it
    deliver(compose(item.payload, item.idempotency_key, config), item.idempotency_key, config)
    assert len(Maildir(tmp_path / "mail")) == 1


def test_a_server_that_is_away_is_an_error(store: Database) -> None:
    opened(store)
    (item,) = items(store)
    config = Settings(smtp_url="smtp://127.0.0.1:1")
    with pytest.raises(OSError, match="refused"):
        deliver(compose(item.payload, item.idempotency_key, config), item.idempotency_key, config)


def test_a_wrong_address_is_told_plainly(store: Database) -> None:
    opened(store)
    (item,) = items(store)
    config = Settings(smtp_url="mail.example.org")
    with pytest.raises(SettingsError, match="FIRSTSTEP_SMTP_URL"):
        deliver(compose(item.payload, item.idempotency_key, config), item.idempotency_key, config)
