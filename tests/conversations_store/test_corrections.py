"""Corrections of topics: four eyes, one at a time, gone with their conversation."""

import pytest
from sqlalchemy import func, select

from bot.conversations import answer, corrections, erase, open_conversation, purge, receive
from bot.conversations.corrections import CorrectionError
from bot.conversations.models import Correction, Message
from bot.store import Database, utcnow

ANN, BEN = "first@harbor.example", "second@harbor.example"


def asked(
    store: Database, text: str = "do they watch kids", topic: str | None = "ask_cost", doubt: bool = False
) -> str:
    """A visitor's message that was understood as `topic`; gives its id."""
    with store.write() as session:
        conversation, _ = open_conversation(session, "web")
        received = receive(session, conversation.id, "c-1", text)
        assert received is not None
        if topic:
            answer(session, received.message.id, [{"text": "An answer."}], {"topic": topic, "doubt": doubt})
        return str(received.message.id)


def propose(store: Database, message: str, topic: str = "ask_location", author: str = ANN, note: str = "") -> str:
    with store.write() as session:
        return str(corrections.propose(session, message, topic, author, note, utcnow()).id)


def decide(store: Database, correction: str, by: str = BEN, approve: bool = True) -> None:
    with store.write() as session:
        corrections.decide(session, correction, approve, by, utcnow())


def learnable(store: Database) -> list[tuple[str, str]]:
    with store.read() as session:
        return [(row.text, row.topic) for row in corrections.to_learn(session)]


def test_nothing_is_learned_before_a_second_person_has_approved(store: Database) -> None:
    correction = propose(store, asked(store), note="  it is about   child care ")
    with store.read() as session:
        (row,), total = corrections.waiting(session)
        assert (total, row.predicted, row.topic, row.note) == (1, "ask_cost", "ask_location", "it is about child care")
    assert learnable(store) == []
    with pytest.raises(CorrectionError, match="own correction"):
        decide(store, correction, by=ANN)
    assert learnable(store) == []
    decide(store, correction)
    assert learnable(store) == [("do they watch kids", "ask_location")]
    with pytest.raises(CorrectionError, match="no longer waiting"):
        decide(store, correction, approve=False)


def test_a_rejected_one_is_not_learned_and_the_message_can_be_corrected_again(store: Database) -> None:
    message = asked(store)
    decide(store, propose(store, message), approve=False)
    assert learnable(store) == []
    decide(store, propose(store, message, "ask_family_involvement", BEN), by=ANN)
    assert learnable(store) == [("do they watch kids", "ask_family_involvement")]


def test_the_author_may_change_a_waiting_one_and_others_may_not(store: Database) -> None:
    message = asked(store)
    first = propose(store, message)
    assert propose(store, message, "ask_schedule") == first
    with pytest.raises(CorrectionError, match=ANN):
        propose(store, message, "ask_fit", BEN)
    with store.read() as session:
        assert session.execute(select(Correction.topic)).scalars().all() == ["ask_schedule"]


def test_the_latest_approved_word_counts(store: Database) -> None:
    message = asked(store)
    decide(store, propose(store, message, "ask_schedule"))
    decide(store, propose(store, message, "ask_location"))
    assert [topic for _, topic in learnable(store)] == ["ask_location"]


def test_what_cannot_be_corrected(store: Database) -> None:
    unanswered = asked(store, topic=None)
    right = asked(store)
    chosen = asked(store)
    with store.write() as session:
        session.get(Message, chosen).command = "/ask_cost"
        reply = session.execute(select(Message.id).where(Message.author == "assistant").limit(1)).scalar_one()
    for message, topic, why in (
        (unanswered, "ask_cost", "no topic"),
        (reply, "ask_cost", "no topic"),
        ("nothing", "ask_cost", "no topic"),
        (right, "ask_cost", "understood"),
        (chosen, "ask_location", "choices"),
    ):
        with pytest.raises(CorrectionError, match=why):
            propose(store, message, topic)
    with pytest.raises(CorrectionError, match="too long"):
        propose(store, right, note="x" * 301)


def test_a_guess_in_doubt_may_be_confirmed(store: Database) -> None:
    message = asked(store, doubt=True)
    decide(store, propose(store, message, "ask_cost"))
    assert learnable(store) == [("do they watch kids", "ask_cost")]


def test_what_was_learned_is_not_learned_twice(store: Database) -> None:
    correction = propose(store, asked(store))
    decide(store, correction)
    with store.write() as session:
        corrections.mark_learned(session, [correction], "m1")
    assert learnable(store) == []


def test_corrections_go_with_their_conversation(store: Database) -> None:
    kept, gone, old = (asked(store) for _ in range(3))
    for message in (kept, gone, old):
        decide(store, propose(store, message))
    with store.write() as session:
        erase(session, session.get(Message, gone).conversation_id)
    assert len(learnable(store)) == 2
    with store.write() as session:
        assert len(purge(session, -1)) == 2
    with store.read() as session:
        assert session.execute(select(func.count()).select_from(Correction)).scalar_one() == 0
