"""The list of conversations and the transcript, for the console."""

from datetime import timedelta

from bot.conversations import answer, erase, open_conversation, receive
from bot.conversations.review import Filters, conversations, transcript
from bot.store import Database, utcnow


def talk(store: Database, channel: str, text: str, confidence: float, safety: str = "none", doubt: bool = False) -> str:
    with store.write() as session:
        conversation, _ = open_conversation(session, channel, phone="+15035550199" if channel == "sms" else None)
        received = receive(session, conversation.id, "c-1", text)
        assert received is not None
        understanding = {
            "topic": "ask_cost",
            "confidence": confidence,
            "doubt": doubt,
            "safety": {"level": safety},
            "ranking": [],
        }
        answer(session, received.message.id, [{"text": "Answer."}], understanding)
        return str(conversation.id)


def ids(store: Database, filters: Filters) -> set[str]:
    with store.read() as session:
        rows, total = conversations(session, filters)
        assert total == len(rows)
        return {row.id for row in rows}


def test_filters_narrow_the_list(store: Database) -> None:
    plain = talk(store, "web", "hello", 0.9)
    unsure = talk(store, "web", "hmm", 0.3, doubt=True)
    urgent = talk(store, "sms", "help me", 0.9, safety="emergency")
    with store.write() as session:
        open_conversation(session, "web")  # nobody wrote anything
        waiting, _ = open_conversation(session, "web")
        receive(session, waiting.id, "c-1", "anybody there")
        gone, _ = open_conversation(session, "web")
        receive(session, gone.id, "c-1", "secret")
        erase(session, gone.id)
    assert ids(store, Filters()) == {plain, unsure, urgent, waiting.id}
    assert ids(store, Filters(channel="sms")) == {urgent}
    assert ids(store, Filters(safety="emergency")) == {urgent}
    assert ids(store, Filters(low_confidence=True)) == {unsure}
    assert ids(store, Filters(unanswered=True)) == {waiting.id}
    assert ids(store, Filters(since=utcnow() + timedelta(hours=1))) == set()
    assert ids(store, Filters(until=utcnow() + timedelta(hours=1), channel="web", low_confidence=True)) == {unsure}


def test_a_row_sums_its_conversation_up(store: Database) -> None:
    talk(store, "web", "my name is Sam and my number is 503-555-0123", 0.3, safety="check", doubt=True)
    with store.read() as session:
        ((row,), total) = conversations(session)
    assert total == 1
    assert (row.messages, row.safety, row.lowest_confidence, row.doubts, row.unanswered) == (2, "check", 0.3, 1, 0)
    assert row.preview == "my name is [name] and my number is [phone]"


def test_pages_are_complete(store: Database) -> None:
    made = {talk(store, "web", f"hello {number}", 0.9) for number in range(7)}
    seen: set[str] = set()
    with store.read() as session:
        for offset in range(0, 9, 3):
            rows, total = conversations(session, limit=3, offset=offset)
            assert total == 7
            seen |= {row.id for row in rows}
    assert seen == made


def test_a_transcript_is_masked_unless_asked(store: Database) -> None:
    conversation_id = talk(store, "sms", "mail me at sam@example.org", 0.9)
    with store.read() as session:
        masked = transcript(session, conversation_id)
        plain = transcript(session, conversation_id, masked=False)
        assert transcript(session, "unknown") is None
    assert masked is not None
    assert plain is not None
    assert (masked.phone, masked.lines[0].text) == ("...99", "mail me at [email]")
    assert (plain.phone, plain.lines[0].text) == ("+15035550199", "mail me at sam@example.org")
    assert (masked.lines[0].topic, masked.lines[0].confidence) == ("ask_cost", 0.9)
