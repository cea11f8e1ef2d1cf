"""Taking over in the console: who may, one at a time, what is sent, refused and recorded, what an open page gets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry
from bot.conversations import answer, deliveries, history, receive, takeover
from bot.store import Database
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def chat(database: Database) -> str:
    return scene.cost_chat(database)


def path(chat: str, act: str = "") -> str:
    return f"/console/conversations/{chat}{act}"


def post(client: TestClient, chat: str, act: str, **fields: str) -> Any:
    return scene.post(client, path(chat, act), client.get("/console/conversations").text, **fields)


def begin(client: TestClient, chat: str, name: str = "Dana") -> Any:
    return post(client, chat, "/takeover", name=name)


def last(database: Database, chat: str) -> tuple[str, str]:
    with database.read() as session:
        message = history(session, chat)[-1]
    return str(message.author), str(message.text)


def actions(database: Database) -> list[tuple[str, str, dict[str, Any]]]:
    with database.read() as session:
        rows = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars()
        return [(row.role, row.action, row.detail) for row in rows if row.action != "login"]


def test_the_way_through(staff: Staff, database: Database, chat: str) -> None:
    client = staff("responder")
    page = client.get(path(chat)).text
    assert "The assistant does." in page
    assert begin(client, chat).headers["location"].endswith(f"{chat}?page=1#write")
    assert last(database, chat)[1].startswith("You are now with Dana, a person at")
    page = client.get(path(chat)).text
    assert "You do, as <b>Dana</b>" in page
    assert 'value="Dana"' not in page  # no second take-over is offered
    assert post(client, chat, "/messages", text="Hi, how can I help?", key="k-1").status_code == 303
    assert last(database, chat) == ("staff", "Hi, how can I help?")
    assert "<b>Dana, staff</b>" in client.get(path(chat)).text
    assert "With Dana" in client.get("/console/conversations?attended=1").text
    assert post(client, chat, "/handback").status_code == 303
    assert "back with the automated assistant" in last(database, chat)[1]
    page = client.get(path(chat)).text
    assert "The assistant does." in page
    assert 'value="Dana"' in page  # the name is remembered


@pytest.mark.parametrize(
    ("role", "status"), [("reviewer", 403), ("lead_worker", 403), ("auditor", 403), ("responder", 303), ("admin", 303)]
)
def test_who_may_and_who_may_not(staff: Staff, database: Database, chat: str, role: str, status: int) -> None:
    client = staff(role)
    own = client.get("/console/").text
    for act, fields in (("takeover", {"name": "Dana"}), ("messages", {"text": "hello"}), ("handback", {})):
        assert scene.post(client, path(chat, f"/{act}"), own, **fields).status_code == status, act
    assert (client.get(path(chat, "/live")).status_code == 200) is (role in ("reviewer", "responder", "admin"))
    with database.read() as session:
        assert bool(takeover.all_of(session, chat)) is (status == 303)


def test_a_form_that_is_not_ours_changes_nothing(staff: Staff, database: Database, chat: str) -> None:
    client = staff("admin")
    for act in ("takeover", "messages", "handback"):
        answered = client.post(path(chat, f"/{act}"), data={"name": "Dana", "text": "hello", "csrf": "x"})
        assert answered.status_code == 403
    with database.read() as session:
        assert takeover.all_of(session, chat) == []


def test_of_two_at_once_one_has_it_and_the_other_is_told_who(staff: Staff, database: Database, chat: str) -> None:
    people = {"Dana": staff("responder"), "Alex": staff("admin")}
    forms = {name: scene.hidden(client.get("/console/conversations").text, "csrf") for name, client in people.items()}

    def attempt(name: str) -> Any:
        data = {"csrf": forms[name], "name": name}
        return people[name].post(path(chat, "/takeover"), data=data, follow_redirects=False)

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(people, pool.map(attempt, people), strict=True))
    assert sorted(answered.status_code for answered in answers.values()) == [303, 422]
    winner, loser = sorted(people, key=lambda name: answers[name].status_code)
    assert f"{winner} (" in answers[loser].text
    assert "has this conversation already" in answers[loser].text
    refused = post(people[loser], chat, "/messages", text="me too")
    assert refused.status_code == 422
    assert "has this conversation now" in refused.text
    assert post(people[loser], chat, "/handback").status_code == 303
    with database.read() as session:
        assert takeover.current(session, chat).name == winner


@pytest.mark.parametrize("name", ["", "  ", "\u4f60\u597d", "Dana <b>", "D" * 41, "Dana 503-555-0100"])
def test_a_name_that_visitors_cannot_read_is_refused(staff: Staff, database: Database, chat: str, name: str) -> None:
    answered = begin(staff("responder"), chat, name)
    assert answered.status_code == 422
    assert "name" in answered.text
    with database.read() as session:
        assert takeover.current(session, chat) is None


def test_what_cannot_be_sent_comes_back_with_the_reason_and_the_words(staff: Staff, database: Database) -> None:
    chat = scene.emergency_text(database)
    client = staff("responder")
    begin(client, chat)
    answered = post(client, chat, "/messages", text="See you \U0001f600")
    assert answered.status_code == 422
    assert "cannot carry these characters: \U0001f600" in answered.text
    assert "See you \U0001f600</textarea>" in answered.text
    answered = post(client, chat, "/messages", text="a" * 641, script="1")
    assert (answered.status_code, "too long" in answered.json()["problem"]) == (422, True)
    assert last(database, chat)[0] == "assistant"


def test_a_message_sent_twice_by_a_bad_phone_is_one(staff: Staff, database: Database, chat: str) -> None:
    client = staff("responder")
    begin(client, chat)
    for _ in range(2):
        answered = post(client, chat, "/messages", text="hello", key="k-1", script="1")
        assert answered.json()["key"] != "k-1"
    with database.read() as session:
        assert [message.author for message in history(session, chat)].count("staff") == 1


def test_after_an_opt_out_nothing_can_be_written(staff: Staff, database: Database) -> None:
    chat = scene.emergency_text(database)
    client = staff("responder")
    begin(client, chat)
    with database.write() as session:
        deliveries.opt_out(session, "+15035550142", "keyword")
    assert "wants no texts" in post(client, chat, "/messages", text="hello").text
    assert "wants no texts" in begin(client, chat).text


def test_everything_is_recorded(staff: Staff, database: Database, chat: str) -> None:
    client, other = staff("responder"), staff("admin")
    begin(client, chat)
    begin(other, chat, "Alex")
    post(client, chat, "/messages", text="hello")
    client.get(path(chat, "/live?after=0&seen=0"))
    client.get(path(chat, "/live?after=0&seen=99"))
    post(client, chat, "/handback")
    done = [one for one in actions(database) if one[1] != "list_conversations"]
    assert [(role, action) for role, action, _ in done] == [
        ("responder", "take_over"),
        ("admin", "take_over"),
        ("admin", "read_transcript"),
        ("responder", "write_message"),
        ("responder", "read_transcript"),
        ("responder", "hand_back"),
    ]
    assert [detail for _, _, detail in done][:2] == [{"name": "Dana"}, {"refused": True}]
    assert "hello" not in str(done)
    assert done[4][2] == {"unmasked": False, "live": 10}


def test_an_open_page_gets_what_is_new_masked_and_who_has_it(staff: Staff, database: Database, chat: str) -> None:
    client = staff("responder")
    first = client.get(path(chat, "/live?after=8&seen=8")).json()
    assert first == {"after": 8, "html": "", "state": "none"}
    begin(client, chat)
    with database.write() as session:
        received = receive(session, chat, "c-live", "it's Jordan again, 503-555-0188")
        message_id = received.message.id
    news = client.get(path(chat, "/live?after=8&seen=8")).json()
    assert news["state"] == "mine"
    assert news["after"] == 9  # what is not understood yet is asked for again
    assert 'id="m10"' in news["html"]
    assert "[name]" in news["html"]
    assert "Jordan" not in news["html"]
    assert "0188" not in news["html"]
    with database.write() as session:
        answer(session, message_id, [], scene.understanding("express_distress", 0.9, "check"), True)
    news = client.get(path(chat, "/live?after=9&seen=10")).json()
    assert news["after"] == 10
    assert "Check" in news["html"]
    assert "the assistant is silent" in news["html"]
    assert "988" in news["html"]


def test_asking_for_news_keeps_nobody_signed_in(visitor: TestClient, chat: str) -> None:
    assert visitor.get(path(chat, "/live")).status_code == 401


def test_an_erased_conversation_ends_the_page(staff: Staff, chat: str) -> None:
    client = staff("responder")
    assert client.get(path("unknown", "/live?after=x&seen=-1")).status_code == 404
