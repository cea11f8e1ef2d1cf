"""News by text for who asked on the web: a consent of its own, neutral words, texting hours, stopped at once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from bot.conversations import Conversation, Message, deliveries, open_conversation
from bot.handoff import (
    Consent,
    Lead,
    OutboxItem,
    Safe,
    agree_to_texts,
    conversation_of_number,
    correct,
    texts_offer,
    withdraw,
    withdraw_number,
)
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.handoff.quiet import text_from
from bot.handoff.texts import confirmation, number_for_news
from bot.program.profile import Profile
from bot.settings import settings
from bot.sms_text import GSM7, LIMIT
from bot.store import Database
from bot.worker.delivery import conversation_gateway, deliverer
from tests.handoff.conftest import MONDAY, opened

PHONE = "+15035550188"
NIGHT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
"""10 pm in the example program's zone."""
MORNING = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
EIGHT_IN_NEW_YORK = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NINE_IN_NEW_YORK = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
WISHED = Safe(True, False, True)


def agreed(database: Database, now: datetime = MONDAY, **changes: object) -> str:
    lead_id = opened(database, safe=WISHED, **changes).lead_id
    with database.write() as session:
        offer = texts_offer(session, "c1", None)
        assert offer is not None
        agree_to_texts(session, "c1", offer.shown("web"), offer.version, "web", now)
    return lead_id


def texts(database: Database) -> list[OutboxItem]:
    with database.read() as session:
        items = session.execute(select(OutboxItem).where(OutboxItem.kind == box.VISITOR_MESSAGE)).scalars()
        return [item for item in items if item.payload.get("to_lead")]


def sent(database: Database, now: datetime) -> list[Message]:
    """Deliver all that is due, and give what stands in the number's conversation."""
    deliver = deliverer(settings(), conversation_gateway(database))
    with time_machine.travel(now, tick=False):
        while items := box.claim_due(database, "w", now):
            for item in items:
                if item.kind == box.VISITOR_MESSAGE:
                    deliver(item)
                with database.write() as session:
                    box.mark_sent(session, item, "w", now)
    with database.read() as session:
        return list(
            session.execute(
                select(Message)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(Conversation.channel == "sms")
                .order_by(Message.seq)
            ).scalars()
        )


def test_the_question_has_all_that_carriers_and_law_ask_for(store: Database) -> None:
    opened(store, safe=WISHED)
    with store.read() as session:
        offer = texts_offer(session, "c1", None)
    assert offer is not None
    for element in (
        "Example Harbor",
        "(503) 555-0188",
        "news of your request",
        "few short texts",
        "Message and data rates may apply",
        "HELP for help",
        "STOP to end",
        "does not depend on it",
    ):
        assert element in offer.say.web, element
    assert "Recovery" not in offer.say.web
    assert all(len(part) <= LIMIT and set(part) <= GSM7 for part in offer.say.sms)


@pytest.mark.parametrize("safe", [Safe(), Safe(True), Safe(True, True, False)])
def test_nobody_is_asked_who_did_not_say_that_a_text_is_safe(store: Database, safe: Safe) -> None:
    opened(store, safe=safe)
    with store.read() as session:
        assert texts_offer(session, "c1", None) is None


def test_nobody_is_asked_for_the_number_that_they_text_from_or_twice_or_without_a_number(store: Database) -> None:
    opened(store, safe=WISHED)
    with store.read() as session:
        assert texts_offer(session, "c1", PHONE) is None
    with store.write() as session:
        offer = texts_offer(session, "c1", None)
        assert offer is not None
        agree_to_texts(session, "c1", offer.shown("web"), offer.version, "web", MONDAY)
        assert texts_offer(session, "c1", None) is None
    opened(store, "c2", contact="jordan@example.org")
    with store.read() as session:
        assert texts_offer(session, "c2", None) is None


def test_the_consent_is_a_row_of_its_own_with_the_words_shown(any_store: Database) -> None:
    later = MONDAY + timedelta(minutes=1)
    agreed(any_store, later)
    with any_store.read() as session:
        rows = {row.kind: row for row in session.execute(select(Consent)).scalars()}
    assert set(rows) == {"sharing", "contact", "texts"}
    assert "Message and data rates may apply" in rows["texts"].text
    assert rows["texts"].given_at == later
    assert rows["texts"].version != rows["sharing"].version != rows["contact"].version
    assert rows["texts"].recipient_name == "Example Harbor Recovery"


def test_the_first_text_confirms_and_the_news_follows_in_neutral_words(store: Database, program: Profile) -> None:
    lead_id = agreed(store)
    with store.write() as session:
        pro.claim(session, Link(lead_id, "dana", 1), MONDAY)
    first, news = (message.text for message in sent(store, MONDAY))
    for element in ("Example Harbor:", "Msg & data rates may apply", "HELP for help", "STOP to end"):
        assert element in first
    assert "Dana (example) has your request now" in news
    assert not any("Recovery" in text for text in (first, news))
    assert confirmation(program, "ABC234").sms[0].startswith("Example Harbor:")


def test_nothing_is_texted_at_night(store: Database) -> None:
    lead_id = agreed(store, NIGHT)
    with store.write() as session:
        pro.claim(session, Link(lead_id, "dana", 1), NIGHT)
    assert {item.due_at for item in texts(store)} == {MORNING}
    assert sent(store, NIGHT) == []
    assert len(sent(store, MORNING)) == 2


def test_what_is_delivered_late_waits_for_the_morning(store: Database) -> None:
    agreed(store)
    (message,) = sent(store, NIGHT)
    assert message.due_at == MORNING


def test_what_twilio_did_not_take_by_day_is_not_pushed_at_night(store: Database) -> None:
    agreed(store)
    sent(store, MONDAY)
    with time_machine.travel(NIGHT, tick=False), store.write() as session:
        assert deliveries.claim_due(session, hours=text_from) == []
    with time_machine.travel(MORNING, tick=False), store.write() as session:
        assert len(deliveries.claim_due(session, hours=text_from)) == 1


@pytest.mark.parametrize("on", ["web", "sms"])
def test_night_is_where_the_visitor_is_at_every_step(store: Database, on: str) -> None:
    """Queued, brought into the conversation and handed to the carrier: in New York it is 8 pm, at the office 5 pm."""
    with store.write() as session:
        phone = open_conversation(session, "sms", phone=PHONE)[0].id if on == "sms" else None
    lead_id = opened(store, str(phone), channel="sms", safe=WISHED).lead_id if phone else agreed(store)
    with store.write() as session:
        session.get(Lead, lead_id).zip = "10001"
    sent(store, MONDAY)
    with store.write() as session:
        pro.claim(session, Link(lead_id, "dana", 1), EIGHT_IN_NEW_YORK)
        news = session.execute(
            select(OutboxItem).where(OutboxItem.idempotency_key.like("claimed:%"), OutboxItem.due_at > MONDAY)
        ).scalars()
        waiting = [item for item in news if item.payload["channel"] == "sms"]
        assert [item.due_at for item in waiting] == [NINE_IN_NEW_YORK]
        waiting[0].due_at = EIGHT_IN_NEW_YORK
    *_, message = sent(store, EIGHT_IN_NEW_YORK)
    assert message.due_at == NINE_IN_NEW_YORK
    with store.write() as session:
        session.get(Message, message.id).due_at = EIGHT_IN_NEW_YORK
    with time_machine.travel(EIGHT_IN_NEW_YORK, tick=False), store.write() as session:
        assert message.id not in {due.message_id for due in deliveries.claim_due(session, hours=text_from)}
        assert session.get(Message, message.id).due_at == NINE_IN_NEW_YORK
    with time_machine.travel(NINE_IN_NEW_YORK, tick=False), store.write() as session:
        assert message.id in {due.message_id for due in deliveries.claim_due(session, hours=text_from)}


@pytest.mark.parametrize("stop", ["withdraw", "number", "unsafe", "other number"])
def test_what_is_waiting_is_not_sent_once_it_is_not_wanted(store: Database, stop: str) -> None:
    lead_id = agreed(store)
    with store.write() as session:
        if stop == "withdraw":
            withdraw(session, "c1", MONDAY)
        elif stop == "number":
            withdraw_number(session, PHONE, MONDAY)
        elif stop == "unsafe":
            correct(session, "c1", {"safe": Safe(True, False, False)}, MONDAY)
        else:
            correct(session, "c1", {"contact": "503-555-0177"}, MONDAY)
    with store.read() as session:
        assert number_for_news(session, lead_id) is None
        assert conversation_of_number(session, PHONE) is None
    assert sent(store, MONDAY) == []


def test_after_stop_nothing_leaves(store: Database) -> None:
    agreed(store)
    with store.write() as session:
        open_conversation(session, "sms", phone=PHONE)
        deliveries.opt_out(session, PHONE, "keyword")
    assert [message.delivery for message in sent(store, MONDAY)] == ["blocked"]


def test_without_the_consent_news_stay_in_the_chat(store: Database) -> None:
    lead_id = opened(store, safe=WISHED).lead_id
    with store.write() as session:
        pro.claim(session, Link(lead_id, "dana", 1), MONDAY)
    assert texts(store) == []


def test_the_number_leads_back_to_the_request_that_goes_on_by_text(store: Database) -> None:
    opened(store, safe=WISHED)
    with store.read() as session:
        assert conversation_of_number(session, PHONE) is None
    with store.write() as session:
        offer = texts_offer(session, "c1", None)
        assert offer is not None
        agree_to_texts(session, "c1", offer.shown("web"), offer.version, "web", MONDAY)
    with store.read() as session:
        assert conversation_of_number(session, PHONE) == "c1"
