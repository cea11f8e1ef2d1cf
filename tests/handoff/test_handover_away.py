"""The question about a colleague where it cannot be asked in the chat alone: by text, and where no text is safe."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.handoff import Consent, OutboxItem, Safe, agree_to_texts, ask_now, correct, has_unsent, texts_offer
from bot.handoff import outbox as box
from bot.handoff.handover import Answer, told_at
from bot.handoff.handover_answer import answer_question, waiting_question
from bot.handoff.models import HandoverRequest
from bot.program.profile import Profile
from bot.sms_text import GSM7, LIMIT
from bot.store import Database
from tests.handoff.climbing import after, events, mails, offers, posted, step, the_lead
from tests.handoff.conftest import MONDAY, opened

WISHED = Safe(True, False, True)


def by_text(database: Database) -> None:
    """A request made on the web, with news by text agreed to, that Luis was told of."""
    opened(database, best_time=None, safe=WISHED)
    with database.write() as session:
        offer = texts_offer(session, "c1", None)
        assert offer is not None
        agree_to_texts(session, "c1", offer.shown("web"), offer.version, "web", MONDAY)
    step(database, after(5))


def the_text(database: Database) -> OutboxItem | None:
    with database.read() as session:
        return session.execute(
            select(OutboxItem).where(OutboxItem.idempotency_key.like("handover:%:text"))
        ).scalar_one_or_none()


def brought(database: Database, now: datetime) -> None:
    """The text has left."""
    with database.write() as session:
        item = session.execute(
            select(OutboxItem).where(OutboxItem.idempotency_key.like("handover:%:text"))
        ).scalar_one()
        item.state, item.sent_at = "sent", now


def test_who_agreed_to_texts_is_asked_by_text_too_in_neutral_words(store: Database, program: Profile) -> None:
    by_text(store)
    assert offers(store, program, "luis", after(6)) is Answer.ASKED
    item = the_text(store)
    assert item is not None
    asked = item.payload["sms"]
    assert all(len(part) <= LIMIT and set(part) <= GSM7 for part in asked)
    text = " ".join(asked)
    for element in (  # 42 CFR 2.31 (a), as far as words can
        the_lead(store).ref,
        "Example Harbor",
        "give Luis (example), and nobody else",
        "your phone number",
        "for the reason you agreed to before",
        "take this back at any time",
        "cannot be called back",
        "It ends on February 28, 2027",
        "November 30, 2026",
        "Saying no changes nothing",
        "Say yes or no",
    ):
        assert element in text, element
    assert not any(secret in text for secret in ("Jordan", "Recovery", "treatment", "42 CFR", "counselor", "0188"))


def test_a_yes_by_text_is_a_consent_to_the_words_of_the_text(store: Database, program: Profile) -> None:
    by_text(store)
    offers(store, program, "luis", after(6))
    posted(store, after(6))
    brought(store, after(6))
    with store.read() as session:
        question = waiting_question(session, "c1")
        assert question is not None
        assert told_at(session, question, by_text=True) == after(6)
    with store.write() as session:
        answer = answer_question(session, "c1", True, "sms-1", after(7), away="sms")
    assert answer is not None
    assert "Luis (example) has your request now" in answer.web
    assert (the_lead(store).professional_id, the_lead(store).channel) == ("luis", "web")
    with store.read() as session:
        rows = session.execute(select(Consent).where(Consent.withdrawn_at.is_(None))).scalars().all()
    kinds = {row.kind: row for row in rows}
    assert set(kinds) == {"sharing", "contact", "texts"}
    item = the_text(store)
    assert item is not None
    assert kinds["sharing"].text == "\n".join(item.payload["sms"]) == kinds["contact"].text
    assert (kinds["sharing"].channel, kinds["sharing"].version) == ("sms", "handover-en-1")


def test_a_yes_in_the_chat_still_agrees_to_the_words_of_the_chat(store: Database, program: Profile) -> None:
    by_text(store)
    offers(store, program, "luis", after(6))
    posted(store, after(6))
    with store.write() as session:
        answer_question(session, "c1", True, "m1", after(7))
    with store.read() as session:
        row = session.execute(
            select(Consent).where(Consent.kind == "sharing", Consent.withdrawn_at.is_(None))
        ).scalar_one()
    assert "42 CFR Part 2" in row.text
    assert row.channel == "web"


def test_details_changed_meanwhile_are_asked_about_anew_by_text_too(store: Database, program: Profile) -> None:
    by_text(store)
    offers(store, program, "luis", after(6))
    posted(store, after(6))
    with store.write() as session:
        correct(session, "c1", {"zip": "97209"}, after(7))
        answer = answer_question(session, "c1", True, "sms-1", after(8), away="sms")
    assert answer is not None
    assert "I ask you once more" in answer.web
    assert the_lead(store).professional_id == "dana"
    with store.read() as session:
        texts = session.execute(select(OutboxItem).where(OutboxItem.idempotency_key.like("handover:%:text"))).scalars()
        assert len(texts.all()) == 2


def test_at_night_the_text_waits_and_a_yes_before_it_answers_nothing(store: Database, program: Profile) -> None:
    by_text(store)
    night = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
    offers(store, program, "luis", night)
    item = the_text(store)
    assert item is not None
    assert item.due_at == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    posted(store, night)
    with store.read() as session:
        question = waiting_question(session, "c1")
        assert question is not None
        assert told_at(session, question, by_text=True) is None


def unsafe(database: Database) -> None:
    """A request by text of somebody who said that no text is safe, of which Luis was told."""
    opened(database, best_time=None, channel="sms", safe=Safe(True, False, False))
    step(database, after(5))


def test_who_must_not_be_texted_is_asked_when_they_write_and_holds_nothing_up(
    store: Database, program: Profile
) -> None:
    unsafe(store)
    due = the_lead(store).next_rung_at
    assert offers(store, program, "luis", after(6)) is Answer.WHEN_THEY_WRITE
    assert offers(store, program, "luis", after(7)) is Answer.WHEN_THEY_WRITE
    assert the_lead(store).next_rung_at == due
    with store.read() as session:
        kinds = session.execute(select(OutboxItem.kind)).scalars().all()
    assert box.VISITOR_MESSAGE not in kinds
    assert step(store, due) == 1
    assert events(store, "escalated")[-1] == ("escalated", "backup robin")
    with store.read() as session:
        assert has_unsent(session, "c1")
        assert waiting_question(session, "c1") is None
    with store.write() as session:
        asked = ask_now(session, "c1", after(12))
    assert asked is not None
    assert "give Luis (example), and nobody else" in " ".join(asked.sms)
    with store.write() as session:
        assert ask_now(session, "c1", after(13)) is None
        assert answer_question(session, "c1", True, "m1", after(14)) is not None
    assert (the_lead(store).professional_id, the_lead(store).state) == ("luis", "claimed")
    assert mails(store)[-1] == ("agreed", "luis")


def test_a_question_that_could_not_be_sent_lapses_with_the_claim(store: Database, program: Profile) -> None:
    unsafe(store)
    offers(store, program, "luis", after(6))
    with store.write() as session:
        question = session.execute(select(HandoverRequest)).scalar_one()
        question.professional_id = "nobody"
    with store.write() as session:
        assert ask_now(session, "c1", after(7)) is None
        assert not has_unsent(session, "c1")


@pytest.mark.parametrize("safe", [Safe(), Safe(True)])
def test_who_texts_and_did_not_say_that_it_is_unsafe_is_asked_at_once(
    store: Database, program: Profile, safe: Safe
) -> None:
    opened(store, best_time=None, channel="sms", safe=safe)
    step(store, after(5))
    assert offers(store, program, "luis", after(6)) is Answer.ASKED
    assert the_lead(store).next_rung_at == after(6) + timedelta(minutes=30)
