"""The chat API over a real socket, with an engine that speaks our protocol."""

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.conversations import Message, post_to_visitor
from tests import stores
from tests.channels import support
from tests.channels.support import WEB, Stage, until


def test_a_new_chat_says_who_it_is(stage: Stage) -> None:
    greeting = stage.open().greeting
    for words in ("automated assistant of Example Harbor Recovery", "not a counselor or a doctor", "911", "988"):
        assert words in greeting["text"]
    assert {reply["payload"] for reply in greeting["quick_replies"]} >= {"/ask_what_is_iop", "/request_callback"}
    assert greeting["author"] == "assistant"


def test_tokens_differ_are_long_and_are_not_stored(stage: Stage) -> None:
    first, second = stage.open(), stage.open()
    assert first.token != second.token
    assert len(first.token) >= 43  # 256 bits in base64
    with stage.database.engine.connect() as connection:
        dump = str(connection.exec_driver_sql("SELECT * FROM conversations").fetchall())
    assert first.token not in dump


def test_a_question_is_answered_and_kept(stage: Stage) -> None:
    chat = stage.open()
    assert chat.say("what does it cost") == ["You said: what does it cost"]
    assert [(m["author"], m["text"]) for m in chat.history()[1:]] == [
        ("visitor", "what does it cost"),
        ("assistant", "You said: what does it cost"),
    ]
    with stage.database.read() as session:
        asked = session.execute(select(Message).where(Message.author == "visitor")).scalar_one()
        assert (asked.status, asked.topic, asked.confidence, asked.safety) == ("answered", "ask_cost", 0.9, "none")
    assert stage.engine.turns[0] | {"message_id": ""} == {
        "conversation_id": chat.id,
        "message_id": "",
        "text": "what does it cost",
        "channel": "web",
        "locale": "en",
        "before": [],
        "attended": False,
    }


def test_words_are_encrypted_at_rest(stage: Stage) -> None:
    stage.open().say("a very secret word")
    with stage.database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT text, understanding FROM messages").fetchall())
    assert "secret" not in rows


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_the_same_id_is_processed_once_however_often_it_comes(backend: str, tmp_path: Path) -> None:
    with (
        stores.open_store(backend, tmp_path) as database,
        support.stage(database, tmp_path) as stage,
    ):
        chat = stage.open()
        stage.engine.delay = 0.3
        message_id = str(uuid.uuid4())
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: chat.post("hello", message_id).json(), range(6)))
        assert all(answer == answers[0] for answer in answers)
        assert chat.post("hello", message_id).json() == answers[0]
        assert stage.engine.texts == ["hello"]
        assert len(chat.history()) == 3


def test_the_same_id_with_other_words_is_a_conflict(stage: Stage) -> None:
    chat = stage.open()
    message_id = str(uuid.uuid4())
    chat.say("hello", message_id)
    response = chat.post("something else", message_id)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "id_in_use")


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_messages_of_a_chat_are_answered_in_order_and_one_at_a_time(backend: str, tmp_path: Path) -> None:
    """Two fronts on one store, both given messages of the same chat."""
    with (
        stores.open_store(backend, tmp_path) as database,
        support.stage(database, tmp_path, engine_timeout=14.0) as stage,
        stage.front(engine_timeout=14.0) as second,
    ):
        chat = stage.open()
        stage.engine.delay = 0.1
        sent: list[str] = []
        lock = threading.Lock()

        def say(number: int) -> None:
            address = f"{(stage.url, second)[number % 2]}/chat/conversations/{chat.id}/messages"
            body = {"id": str(uuid.uuid4()), "text": f"message {number}"}
            response = WEB.post(address, json=body, headers=chat.headers)
            with lock:
                sent.append(response.json()["messages"][0]["text"])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(say, range(8)))
        stored = [m["text"] for m in chat.history() if m["author"] == "visitor"]
        assert stage.engine.texts == stored
        assert stage.engine.overlaps == 1
        assert sorted(sent) == sorted(f"You said: {text}" for text in stored)


def test_an_offered_payload_is_a_command_and_shows_as_its_title(stage: Stage) -> None:
    chat = stage.open()
    response = chat.post("/ask_cost").json()["messages"][0]
    assert response["quick_replies"][0]["title"] == "With insurance"
    chat.say(response["quick_replies"][0]["payload"])
    assert stage.engine.texts == ["/ask_cost", '/choose{"offer":"plan"}']
    assert [m["text"] for m in chat.history() if m["author"] == "visitor"] == ["What does it cost?", "With insurance"]


@pytest.mark.parametrize("text", ["/restart", '/inform{"consent": true}', "//session_start", "/choose{}"])
def test_a_payload_that_was_not_offered_is_plain_text(stage: Stage, text: str) -> None:
    stage.open().say(text)
    assert stage.engine.texts == [text.lstrip("/")]


def test_what_another_chat_was_offered_counts_for_nothing(stage: Stage) -> None:
    stage.open().post("/ask_cost")
    stage.open().say('/choose{"offer":"plan"}')
    assert stage.engine.texts[-1] == 'choose{"offer":"plan"}'


def test_knowing_an_id_gives_nothing(stage: Stage) -> None:
    chat, other = stage.open(), stage.open()
    for headers, status in (({}, 401), ({"Authorization": "Basic abc"}, 401), (other.headers, 403)):
        for method, path in (("GET", "/messages"), ("GET", "/events"), ("POST", "/messages"), ("DELETE", "")):
            response = WEB.request(method, chat.address + path, headers=headers)
            assert response.status_code == status, (method, path)
            assert set(response.json()["error"]) == {"code", "message"}
    unknown = WEB.get(f"{stage.url}/chat/conversations/{uuid.uuid4()}/messages", headers=chat.headers)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "a" * 65, "text": "hi"}, 422, "bad_id"),
        ({"id": 7, "text": "hi"}, 422, "bad_id"),
        ({"text": "hi"}, 422, "bad_id"),
        ({"id": "m-1"}, 422, "text_missing"),
        ({"id": "m-1", "text": ["hi"]}, 422, "text_missing"),
        ({"id": "m-1", "text": " \n\t\u0000 "}, 422, "text_empty"),
        ({"id": "m-1", "text": "x" * 2001}, 422, "text_too_long"),
        (["hi"], 422, "not_an_object"),
    ],
)
def test_wrong_messages_get_a_clear_error(stage: Stage, body: object, status: int, code: str) -> None:
    chat = stage.open()
    response = WEB.post(f"{chat.address}/messages", json=body, headers=chat.headers)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert stage.engine.texts == []


def test_wrong_requests_get_a_clear_error(stage: Stage) -> None:
    chat = stage.open()
    address = f"{chat.address}/messages"
    cases = [
        (WEB.post(address, content=b"hi", headers=chat.headers), 415),
        (WEB.post(address, content=b"{", headers=chat.headers | {"Content-Type": "application/json"}), 400),
        (WEB.post(address, json={"id": "m", "text": "x" * 70_000}, headers=chat.headers), 413),
        (WEB.post(address, content=iter([b"x" * 40_000] * 2), headers=chat.headers), 413),
        (httpx.put(address, json={}, headers=chat.headers), 405),
        (WEB.post(f"{stage.url}/chat/conversations", json={"locale": "; drop"}), 422),
        (WEB.get(f"{stage.url}/nothing"), 404),
    ]
    for response, status in cases:
        assert response.status_code == status, response.text
        assert response.json()["error"]["message"]


def test_a_longest_text_and_odd_characters_pass(stage: Stage) -> None:
    chat = stage.open()
    chat.say("x" * 2000)
    body = '{"id": "odd-1", "text": "  caf\\u0065\\u0301\\u0000\\r\\n\\u202eok \\ud800 "}'
    response = WEB.post(
        f"{chat.address}/messages", content=body, headers=chat.headers | {"Content-Type": "application/json"}
    )
    assert response.status_code == 200
    assert stage.engine.texts[-1] == "caf\u00e9\nok ?"


def test_history_continues_after_an_id(stage: Stage) -> None:
    chat = stage.open()
    chat.say("one")
    chat.say("two")
    everything = chat.history()
    assert chat.history(after=everything[2]["id"]) == everything[3:]


def test_events_come_as_they_happen_and_resume(stage: Stage) -> None:
    chat = stage.open()
    chat.say("one")
    seen: list[tuple[str, str]] = []
    threading.Timer(0.3, chat.say, ["two"]).start()

    def listen(last: str, count: int) -> None:
        headers = chat.headers | ({"Last-Event-ID": last} if last else {})
        with httpx.stream("GET", f"{chat.address}/events", headers=headers, timeout=10) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            event_id = ""
            for line in response.iter_lines():
                if line.startswith("id: "):
                    event_id = line[4:]
                if line.startswith("data: "):
                    seen.append((event_id, json.loads(line[6:])["text"]))
                    if len(seen) == count:
                        return

    listen("", 4)
    until(lambda: len(chat.history()) == 5)
    chat.say("three")
    listen(seen[-1][0], 5)
    listen(seen[-1][0], 6)
    listen(seen[-1][0], 7)
    assert [text for _, text in seen][1:] == [
        "one",
        "You said: one",
        "two",
        "You said: two",
        "three",
        "You said: three",
    ]


def test_what_is_pushed_reaches_the_stream_and_comes_once(stage: Stage) -> None:
    chat = stage.open()
    for _ in range(2):
        with stage.database.write() as session:
            post_to_visitor(session, chat.id, "Dana has your request.", "Dana: got it.", "lead-1")
    assert [m["text"] for m in chat.history()[1:]] == ["Dana has your request."]


def test_erasing_leaves_nothing_and_closes_the_door(stage: Stage) -> None:
    chat = stage.open()
    chat.say("my secret")
    assert WEB.delete(chat.address, headers=chat.headers).status_code == 204
    response = chat.post("hello again")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "erased")
    assert stage.forgotten == [chat.id]
    with stage.database.read() as session:
        assert session.execute(select(Message)).first() is None


def test_a_turn_under_way_cannot_bring_an_erased_chat_back(stage: Stage) -> None:
    chat = stage.open()
    stage.engine.hold = True
    thread = threading.Thread(target=chat.post, args=["my secret"])
    thread.start()
    until(lambda: stage.engine.running)
    WEB.delete(chat.address, headers=chat.headers)
    stage.engine.hold = False
    until(lambda: stage.forgotten == [chat.id, chat.id])
    thread.join()
    with stage.database.read() as session:
        assert session.execute(select(Message)).first() is None


def test_any_page_may_embed_by_default_and_only_listed_ones_when_set(stage: Stage) -> None:
    ask = {"Origin": "https://clinic.example.org", "Access-Control-Request-Method": "POST"}
    address = f"{stage.url}/chat/conversations"
    assert WEB.options(address, headers=ask).headers["access-control-allow-origin"] == "*"
    with stage.front(allowed_origins="https://clinic.example.org/, https://b.example.org") as url:
        address = f"{url}/chat/conversations"
        assert WEB.options(address, headers=ask).headers["access-control-allow-origin"] == ask["Origin"]
        strange = ask | {"Origin": "https://strange.example.com"}
        assert WEB.options(address, headers=strange).status_code == 400
        assert "access-control-allow-origin" not in WEB.post(address, headers={"Origin": strange["Origin"]}).headers


def test_a_flood_in_one_chat_is_slowed_down(stage: Stage) -> None:
    chat = stage.open()
    stage.engine.status = 503
    with ThreadPoolExecutor(8) as pool:

        def refusals() -> list[httpx.Response]:
            answers = pool.map(lambda number: chat.post(f"m {number}"), range(40))
            return [answer for answer in answers if answer.status_code == 429]

        refused = until(refusals, "a refusal")
    assert int(refused[0].headers["retry-after"]) >= 1
    assert "wait" in refused[0].json()["error"]["message"]


def test_without_a_program_the_chat_says_so_with_the_numbers(keys: None, tmp_path: Path) -> None:
    from bot.front.app import create_app
    from bot.settings import Settings

    config = Settings(_env_file=None, data_dir=tmp_path, engine_url="http://127.0.0.1:9")
    with (
        stores.sqlite(tmp_path, program=False) as database,
        support.serving(create_app(config, database, lambda _id: None)) as url,
    ):
        response = WEB.post(f"{url}/chat/conversations")
        assert response.status_code == 503
        assert "988" in response.json()["error"]["message"]
