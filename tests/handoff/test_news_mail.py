"""News by e-mail for who gave an address: neutral words, their own page, every way to stop, nothing after it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import Consent, Lead, OutboxItem, Safe, correct, is_blocked, propose, withdraw
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.handoff.news_mail import compose_news, news_mail_for
from bot.handoff.outbox import EMAIL_VISITOR, VISITOR_MESSAGE
from bot.handoff.pages import routes
from bot.handoff.phrases import phrase
from bot.program.profile import Profile
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker
from bot.worker.delivery import conversation_gateway, deliverer
from tests.handoff.climbing import after, events, offers, posted, step, steps, the_lead
from tests.handoff.conftest import MONDAY, draft, opened
from tests.handoff.inbox import Inbox, server

__all__ = ["server"]

ADDRESS = "jordan@example.net"
SECRETS = ("Jordan", "jordan", "97103", "after 5", "my son", "Recovery", "treatment", "Dana", "counsel", "program")


@pytest.fixture
def asked(store: Database) -> Database:
    """A store with the request of somebody who left an e-mail address."""
    opened(store, contact=ADDRESS, best_time=None)
    return store


@pytest.fixture
def page(asked: Database) -> Iterator[TestClient]:
    with time_machine.travel(MONDAY, tick=False):
        yield TestClient(Starlette(routes=routes(asked)))


def claim(database: Database) -> None:
    with database.write() as session:
        pro.claim(session, Link(the_lead(database).id, "dana", 1), MONDAY)


def pending(database: Database, kind: str = EMAIL_VISITOR) -> list[OutboxItem]:
    with database.read() as session:
        rows = session.execute(select(OutboxItem).where(OutboxItem.kind == kind, OutboxItem.state == "pending"))
        return list(rows.scalars())


def path(database: Database) -> str:
    with database.read() as session:
        news = news_mail_for(session, the_lead(database).id)
    assert news is not None
    return news.path


def contact_consent(database: Database) -> Consent:
    with database.read() as session:
        return session.execute(select(Consent).where(Consent.kind == "contact")).scalar_one()


def test_the_consent_to_be_contacted_says_that_news_comes_by_mail(asked: Database) -> None:
    row = contact_consent(asked)
    assert "I send short, neutral news of your request there" in row.text
    assert row.version == "contact-en-3"


def test_over_smtp_it_says_the_fact_and_the_link_and_nothing_else(asked: Database, server: tuple[Inbox, str]) -> None:
    inbox, url = server
    public = "https://chat.example.org"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("SMTP_URL", url), ("PUBLIC_URL", public), ("NEWS_FROM", "news@mail.example.org")):
            patch.setenv(f"FIRSTSTEP_{name}", value)
        settings.cache_clear()
        claim(asked)
        worker = Worker(asked, settings(), deliverer(settings(), conversation_gateway(asked)), clock=lambda: MONDAY)
        with time_machine.travel(MONDAY, tick=False):
            while worker.step():
                pass
    (mail,) = [mail for mail in inbox.mails if mail["Subject"] == phrase("news_mail.subject")]
    assert mail["To"] == ADDRESS
    assert mail["From"] == "Example Harbor <news@mail.example.org>"
    body = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    link = re.search(r"https://chat\.example\.org/handoff/yours/\S+", body)
    assert link is not None
    assert mail["List-Unsubscribe"] == f"<{link[0]}/stop>"
    shown = body.replace(link[0], "") + mail["Subject"] + mail["From"]
    assert [secret for secret in SECRETS if secret in shown] == []
    assert pending(asked) == []


def declined(database: Database) -> None:
    with database.write() as session:
        pro.decline(session, Link(the_lead(database).id, "dana", 1), "full", MONDAY)


def reported(outcome: str) -> Callable[[Database], None]:
    def act(database: Database) -> None:
        claim(database)
        when = MONDAY + timedelta(days=1) if outcome == "scheduled" else None
        with database.write() as session:
            pro.report(session, Link(the_lead(database).id, "dana", 1), outcome, None, when, MONDAY)

    return act


def unanswered(database: Database) -> None:
    steps(database, after(120))


@pytest.mark.parametrize(
    ("act", "key", "said"),
    [
        (claim, "claimed", "Dana (example) has your request now"),
        (reported("no_answer"), "missed", "tried to reach you and missed you"),
        (reported("scheduled"), "scheduled", "noted a time with you"),
        (declined, "declined", "Dana (example) cannot take your request"),
        (unanswered, "unanswered", "nobody has taken your request yet"),
    ],
    ids=["claimed", "missed", "scheduled", "declined", "unanswered"],
)
def test_every_piece_of_news_is_mailed_and_stands_on_the_page(
    asked: Database, page: TestClient, act: Callable[[Database], None], key: str, said: str
) -> None:
    act(asked)
    assert any(item.idempotency_key.startswith(f"{key}:") for item in pending(asked))
    answer = page.get(path(asked))
    assert said in answer.text
    assert [secret for secret in ("Jordan", "jordan", "97103", "my son") if secret in answer.text] == []
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors" in answer.headers["content-security-policy"] or answer.headers["x-frame-options"] == "DENY"


def test_who_left_a_number_or_agreed_to_older_words_or_to_no_contact_gets_no_mail(store: Database) -> None:
    opened(store, safe=Safe(True, False, True))
    claim(store)
    assert pending(store) == []


@pytest.mark.parametrize("change", ["older words", "no contact"])
def test_only_the_consent_that_says_so_brings_mail(asked: Database, change: str) -> None:
    with asked.write() as session:
        row = session.get(Consent, contact_consent(asked).id)
        if change == "older words":
            row.version = "contact-en-2"
        else:
            row.withdrawn_at = MONDAY
    claim(asked)
    assert pending(asked) == []
    assert pending(asked, VISITOR_MESSAGE) != []


@pytest.mark.parametrize("how", ["stop", "withdraw", "not_mine"])
def test_each_button_stops_at_once_what_is_waiting_and_what_would_come(
    asked: Database, page: TestClient, how: str
) -> None:
    claim(asked)
    (item,) = box.claim_due(asked, "w", MONDAY + timedelta(seconds=1), limit=1) and pending(asked)
    link = path(asked)
    assert page.post(link, data={"action": how}).status_code == 200
    with asked.read() as session:
        assert news_mail_for(session, str(item.lead_id)) is None
    assert page.get(link).status_code == 410
    lead = the_lead(asked)
    assert lead.contact is None
    assert contact_consent(asked).withdrawn_at == MONDAY
    assert lead.state == ("withdrawn" if how == "withdraw" else "claimed")
    with asked.read() as session:
        assert is_blocked(session, ADDRESS) is (how == "not_mine")
        refused = propose(session, "c9", draft(contact=ADDRESS), MONDAY).reason
    assert refused == ("blocked" if how == "not_mine" else "found")


def test_stopping_has_no_limit_and_the_professional_hears(asked: Database, page: TestClient) -> None:
    claim(asked)
    for number in range(10):
        with asked.write() as session:
            correct(session, "c1", {"zip": f"9710{number % 2 + 1}"}, MONDAY)
    link = path(asked)
    assert page.post(f"{link}/stop").status_code == 200
    assert the_lead(asked).contact is None
    with asked.read() as session:
        keys = session.execute(select(OutboxItem.idempotency_key)).scalars().all()
    assert any(key.startswith("update:") and key.endswith(":mail") for key in keys)
    assert the_lead(asked).next_rung_at is None


def test_a_mail_that_a_worker_holds_is_not_sent_after_the_withdrawal(asked: Database) -> None:
    claim(asked)
    with asked.write() as session:
        withdraw(session, "c1", MONDAY)
    sent: list[EmailMessage] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.worker.delivery.mail.deliver", lambda message, key, config: sent.append(message))
        deliver = deliverer(settings(), conversation_gateway(asked))
        deliver(box.Item("i", "claimed:x:mail", EMAIL_VISITOR, None, {"to_lead": the_lead(asked).id}, 1, MONDAY))
    assert sent == []


def test_a_corrected_address_gets_the_news_and_the_old_link_opens_nothing(asked: Database, page: TestClient) -> None:
    claim(asked)
    old = path(asked)
    with asked.write() as session:
        correct(session, "c1", {"contact": "jordan.b@example.net"}, MONDAY)
    with asked.read() as session:
        news = news_mail_for(session, the_lead(asked).id)
    assert news is not None
    assert compose_news(news, "k", settings())["To"] == "jordan.b@example.net"
    assert page.get(old).status_code == 410
    assert page.get(news.path).status_code == 200
    gone = page.get("/handoff/yours/nonsense")
    assert gone.status_code == 410
    for words in ("There is nothing here any more", '<section lang="es">', "Aquí ya no hay nada"):
        assert words in gone.text


def test_the_question_of_a_colleague_is_answered_on_the_page(
    asked: Database, page: TestClient, program: Profile
) -> None:
    step(asked, after(5))
    with time_machine.travel(after(6), tick=False):
        offers(asked, program, "luis", after(6))
        posted(asked, after(6))
        link = path(asked)
        shown = page.get(link).text
        assert "Luis (example) can take it" in shown
        assert "Jordan" not in shown
        number = re.search(r'name="question" value="([^"]+)"', shown)
        assert number is not None
        stale = page.post(link, data={"action": "yes", "question": "another"}, follow_redirects=False)
        assert stale.status_code == 303
        assert the_lead(asked).professional_id == "dana"
        page.post(link, data={"action": "yes", "question": number[1]})
    assert (the_lead(asked).professional_id, the_lead(asked).state) == ("luis", "claimed")
    with asked.read() as session:
        rows = session.execute(select(Consent).where(Consent.withdrawn_at.is_(None))).scalars().all()
        lead = session.execute(select(Lead)).scalar_one()
        assert news_mail_for(session, lead.id) is not None
    assert {row.version for row in rows} == {"handover-en-1", "handover-contact-en-1"}
    assert {row.channel for row in rows} == {"web"}
    assert all(" ".join(row.text.split()) in " ".join(shown.split()) for row in rows)
    assert events(asked, "claimed")
