import asyncio

import pytest
from rasa.shared.core.trackers import DialogueStateTracker

from tests.engine.conftest import ActionServer, Engine


async def test_a_message_is_answered_with_its_understanding_and_actions(engine: Engine) -> None:
    answer = (await engine.ask("hello", "m1")).json()

    assert answer["messages"] == [{"text": "Hello on the web.", "quick_replies": []}]
    assert answer["actions"] == ["utter_greet"]
    assert answer["understanding"]["topic"] == "greet"
    assert answer["understanding"]["confidence"] == 1.0
    assert answer["understanding"]["doubt"] is False


async def test_the_channel_chooses_the_variant_of_a_response(engine: Engine) -> None:
    assert await engine.say("hello", "m1", "a", channel="sms") == ["Hello by text."]
    assert await engine.say("hello", "m1", "b", channel="web") == ["Hello on the web."]


async def test_buttons_become_quick_replies_whose_payload_works(engine: Engine) -> None:
    offered = (await engine.ask("choice", "m1")).json()["messages"][0]
    assert offered["quick_replies"] == [{"title": "The cost", "payload": "/ask_cost"}]
    assert await engine.say(offered["quick_replies"][0]["payload"], "m2") == ["It depends."]


async def test_the_same_message_is_processed_once_and_answered_alike(
    engine: Engine, action_server: ActionServer
) -> None:
    first = (await engine.ask("note", "m1")).json()
    await engine.say("cost", "m2")
    again = (await engine.ask("note", "m1")).json()

    assert again == first
    assert [message["text"] for message in first["messages"]] == ["Noted.", "Thank you."]
    assert action_server.calls == ["action_note"]


async def test_the_same_message_twice_at_once_is_processed_once(engine: Engine, action_server: ActionServer) -> None:
    answers = await asyncio.gather(*(engine.ask("note", "m1") for _ in range(4)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert action_server.calls == ["action_note"]


async def test_a_known_message_is_answered_after_a_restart_and_a_compaction(engine: Engine) -> None:
    first = (await engine.ask("hello", "m0")).json()
    for number in range(1, 30):
        await engine.say("cost", f"m{number}")
    await engine.restart()
    assert (await engine.ask("hello", "m0")).json() == first


@pytest.mark.parametrize("status", [500, 404])
async def test_a_failed_action_fails_the_turn_and_a_retry_finishes_it(
    engine: Engine, action_server: ActionServer, status: int
) -> None:
    await engine.say("hello", "m1")
    action_server.status = status
    failed = await engine.ask("note", "m2")
    assert failed.status_code == 500  # the action was there and broke: the front gives up after some tries
    assert "messages" not in failed.json()

    action_server.reset()
    assert await engine.say("note", "m2") == ["Noted.", "Thank you."]
    assert len(await _users(engine)) == 2


async def test_an_action_server_that_is_down_fails_the_turn(engine: Engine, action_server: ActionServer) -> None:
    action_server.server.shutdown()
    action_server.server.server_close()
    assert (await engine.ask("note", "m1")).status_code == 503
    assert await _users(engine) == []
    assert await engine.say("cost", "m2") == ["It depends."]


async def test_an_answer_that_is_no_list_of_events_fails_the_turn(engine: Engine, action_server: ActionServer) -> None:
    action_server.body = {"events": "nothing of the kind", "responses": []}
    assert (await engine.ask("note", "m1")).status_code == 503


async def test_without_a_model_the_engine_says_so(engine_without_model: Engine) -> None:
    response = await engine_without_model.ask("hello", "m1")
    assert response.status_code == 503
    assert "model" in response.json()["error"]
    assert (await engine_without_model.client.get("/")).status_code == 503


async def test_a_loaded_model_is_healthy(engine: Engine) -> None:
    response = await engine.client.get("/")
    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic abc", "Bearer"])
async def test_only_the_front_is_let_in(engine: Engine, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    body = {"conversation_id": "c", "message_id": "m", "text": "hello"}
    assert (await engine.client.post("/turn", json=body, headers=headers)).status_code == 401
    assert await _users(engine, "c") == []


@pytest.mark.parametrize(
    "change",
    [{"mesage_id": "x"}, {"channel": "fax"}, {"text": ""}, {"conversation_id": ""}, {"text": 5}, {"message_id": None}],
)
async def test_a_wrong_field_is_refused_by_name(engine: Engine, change: dict[str, object]) -> None:
    body = {"conversation_id": "c", "message_id": "m", "text": "hello", **change}
    headers = {"authorization": f"Bearer {engine.channel.token}"}
    response = await engine.client.post("/turn", json=body, headers=headers)
    assert response.status_code == 400
    assert next(iter(change)) in response.json()["error"]


async def test_a_body_that_is_no_json_is_refused(engine: Engine) -> None:
    headers = {"authorization": f"Bearer {engine.channel.token}"}
    assert (await engine.client.post("/turn", content=b"{", headers=headers)).status_code == 400


async def _users(engine: Engine, conversation: str = "c1") -> list[str]:
    tracker: DialogueStateTracker | None = await engine.app.ctx.agent.tracker_store.retrieve_full_tracker(conversation)
    if tracker is None:
        return []
    return [event.text for event in tracker.events if event.type_name == "user"]


async def test_while_a_person_has_the_conversation_the_engine_only_listens(engine: Engine) -> None:
    await engine.say("form", "m1")
    answer = (await engine.ask("cost", "m2", attended=True)).json()
    assert (answer["messages"], answer["actions"]) == ([], [])
    assert answer["understanding"]["topic"] == "ask_cost"
    assert (await engine.ask("cost", "m2", attended=True)).json() == answer


async def test_a_form_is_found_as_it_was_left_when_the_person_is_gone(engine: Engine) -> None:
    assert await engine.say("form", "m1") == ["What may we call you?"]
    for number, text in enumerate(("hi Dana, I worry about my job", "cost", "hello")):
        assert await engine.say(text, f"d{number}", attended=True) == []
    assert await engine.say("Riley", "m2") == ["Thank you."]
    tracker = await engine.app.ctx.agent.tracker_store.retrieve("c1")
    assert tracker.get_slot("first_name") == "Riley"


async def test_listening_first_needs_no_conversation_before_it(engine: Engine) -> None:
    assert await engine.say("cost", "m1", attended=True) == []
    assert await engine.say("cost", "m2") == ["It depends."]
