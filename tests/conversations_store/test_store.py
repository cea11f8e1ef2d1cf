"""The conversations' store: order, idempotency, erasing, retention. On SQLite and on PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.conversations import (
    Conflict,
    Conversation,
    Message,
    answer,
    apologise,
    authenticate,
    by_phone,
    deliveries,
    erase,
    export,
    history,
    last_seq,
    note,
    open_conversation,
    post_to_visitor,
    purge,
    receive,
    replies_to,
    view,
)
from bot.store import Database, utcnow

PHONE = "+15035550199"


def new(store: Database, channel: str = "web", phone: str | None = None) -> str:
    with store.write() as session:
        return str(open_conversation(session, channel, phone=phone)[0].id)


def ask(store: Database, conversation_id: str, text: str, client_id: str = "c-1") -> str:
    with store.write() as session:
        received = receive(session, conversation_id, client_id, text)
        assert received is not None
        return str(received.message.id)


def test_numbers_have_neither_gap_nor_double_whoever_writes(store: Database) -> None:
    conversation_id = new(store)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: ask(store, conversation_id, f"m {n}", f"c-{n}"), range(24)))
    with store.read() as session:
        assert [message.seq for message in history(session, conversation_id)] == list(range(1, 25))
        assert last_seq(session, conversation_id) == 24


def test_a_client_id_counts_once_in_its_conversation_only(store: Database) -> None:
    first, second = new(store), new(store)
    with store.write() as session:
        one = receive(session, first, "c-1", "hello")
        again = receive(session, first, "c-1", "hello")
        other = receive(session, second, "c-1", "hello")
        assert one is not None
        assert again is not None
        assert other is not None
        assert (one.new, again.new, other.new) == (True, False, True)
        assert again.message.id == one.message.id
        with pytest.raises(Conflict):
            receive(session, first, "c-1", "goodbye")


def test_a_visitor_cannot_take_the_key_of_a_pushed_message(store: Database) -> None:
    conversation_id = new(store)
    ask(store, conversation_id, "hello", "p:lead-1")
    with store.write() as session:
        pushed = post_to_visitor(session, conversation_id, "Dana has your request.", "sms", "lead-1")
        assert pushed is not None
        assert pushed.text == "Dana has your request."


def test_an_answer_is_stored_once_though_two_bring_it(store: Database) -> None:
    conversation_id = new(store)
    message_id = ask(store, conversation_id, "hello")
    barrier = threading.Barrier(4)

    def bring(number: int) -> list[str]:
        barrier.wait()
        with store.write() as session:
            stored = answer(session, message_id, [{"text": f"Answer {number}"}], {"topic": "greet", "confidence": 0.4})
            assert stored is not None
            return [message.text for message in stored]

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(bring, range(4)))
    assert all(text == texts[0] for text in texts)
    with store.read() as session:
        assert len(replies_to(session, message_id)) == 1


def test_an_apology_comes_once_and_not_after_the_answer(store: Database) -> None:
    conversation_id = new(store)
    first, second = ask(store, conversation_id, "one", "c-1"), ask(store, conversation_id, "two", "c-2")
    with store.write() as session:
        for _ in range(2):
            assert [m.text for m in apologise(session, first, ["Sorry."], "check")] == ["Sorry."]
        answer(session, second, [{"text": "Two."}])
        assert [m.text for m in apologise(session, second, ["Sorry."])] == ["Two."]
        answer(session, first, [{"text": "One."}])
        assert [m.text for m in replies_to(session, first)] == ["Sorry.", "One."]


def test_a_token_opens_its_own_conversation_only(store: Database) -> None:
    with store.write() as session:
        first, token = open_conversation(session, "web")
        second, _ = open_conversation(session, "web")
        sms, nothing = open_conversation(session, "sms", phone=PHONE)
        assert authenticate(session, first.id, token) is not None
        assert authenticate(session, second.id, token) is None
        assert authenticate(session, sms.id, nothing) is None
        assert authenticate(session, "unknown", token) is None


def test_erasing_removes_words_and_number_and_nothing_can_be_added(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    message_id = ask(store, conversation_id, "my secret")
    with store.write() as session:
        assert erase(session, conversation_id)
        assert not erase(session, conversation_id)
    with store.write() as session:
        assert by_phone(session, PHONE) is None
        assert export(session, conversation_id) is None
        assert receive(session, conversation_id, "c-2", "more") is None
        assert note(session, conversation_id, "assistant", "x", kind="notice") is None
        assert post_to_visitor(session, conversation_id, "x", "x", "k") is None
        assert answer(session, message_id, [{"text": "late"}]) is None
        assert session.execute(select(Message)).first() is None
    assert new(store, "sms", PHONE) != conversation_id  # the number may begin anew


def test_purging_takes_what_is_old_and_leaves_the_rest(store: Database) -> None:
    old, young, tombstone = new(store), new(store), new(store)
    ask(store, old, "hello")
    ask(store, young, "hello")
    with store.write() as session:
        erase(session, tombstone)
        session.execute(
            update(Conversation).where(Conversation.id == old).values(last_at=utcnow() - timedelta(days=91))
        )
    with store.write() as session:
        assert purge(session, 90) == [old]
        assert purge(session, 90, now=utcnow() + timedelta(days=2)) == [tombstone]
    with store.read() as session:
        assert list(session.execute(select(Message.conversation_id)).scalars()) == [young]


def test_export_holds_everything_said(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    message_id = ask(store, conversation_id, "hello")
    with store.write() as session:
        answer(session, message_id, [{"text": "Hi."}], {"topic": "greet", "confidence": 0.9})
        exported = export(session, conversation_id)
    assert exported is not None
    assert exported["phone"] == PHONE
    assert [(m["author"], m["text"], m["topic"]) for m in exported["messages"]] == [
        ("visitor", "hello", "greet"),
        ("assistant", "Hi.", None),
    ]


def test_a_view_shows_no_more_than_the_contract(store: Database) -> None:
    conversation_id = new(store)
    message_id = ask(store, conversation_id, "hello")
    with store.write() as session:
        (reply,) = answer(session, message_id, [{"text": "Hi.", "quick_replies": []}], {"topic": "greet"}) or []
        assert set(view(reply)) == {"id", "author", "text", "quick_replies", "at", "in_reply_to"}
        assert view(reply)["at"].endswith("Z")


def test_a_text_leaves_by_one_way_only(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    message_id = ask(store, conversation_id, "hello")
    with store.write() as session:
        (reply,) = answer(session, message_id, [{"text": "Hi."}]) or []
        assert deliveries.claim_due(session) == []  # the webhook still has time to take it
        assert deliveries.take_for_webhook(session, [reply.id]) == {reply.id}
    with store.write() as session:
        session.execute(update(Message).values(due_at=utcnow() - timedelta(seconds=1)))
        assert deliveries.claim_due(session) == []
        assert deliveries.take_for_webhook(session, [reply.id]) == {reply.id}  # the same webhook again


def test_what_a_sender_has_claimed_the_webhook_cannot_take(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    with store.write() as session:
        pushed = post_to_visitor(session, conversation_id, "web", "Dana has it.", "k")
        assert pushed is not None
        (due,) = deliveries.claim_due(session)
        assert (due.phone, due.text, due.retried) == (PHONE, "Dana has it.", False)
        assert deliveries.take_for_webhook(session, [pushed.id]) == set()
    with store.write() as session:
        session.execute(update(Message).values(due_at=utcnow() - timedelta(seconds=1)))  # its sender died
        (again,) = deliveries.claim_due(session)
        assert again.retried


def test_quiet_hours_hold_a_pushed_text_back(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    with store.write() as session:
        post_to_visitor(session, conversation_id, "web", "News.", "k", not_before=utcnow() + timedelta(hours=2))
        assert deliveries.claim_due(session) == []


def test_an_opt_out_blocks_what_waits(store: Database) -> None:
    conversation_id = new(store, "sms", PHONE)
    with store.write() as session:
        pushed = post_to_visitor(session, conversation_id, "web", "News.", "k")
        assert pushed is not None
        deliveries.opt_out(session, PHONE, "keyword")
        deliveries.opt_out(session, PHONE, "words")
        assert deliveries.claim_due(session) == []
        session.refresh(pushed)
        assert pushed.delivery == "blocked"
        assert deliveries.opt_in(session, PHONE)
    with store.write() as session:
        assert not deliveries.opt_in(session, PHONE)
