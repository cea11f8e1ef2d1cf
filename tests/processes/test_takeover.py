"""A person takes over, with the real engine: silence, safety on both channels, and the form as it was left."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.channels.support import VISITOR, FakeTwilio, sms, until
from tests.console.scene import hidden
from tests.processes.conftest import Product

pytestmark = [pytest.mark.processes, pytest.mark.model, pytest.mark.timeout(900)]

PASSWORD = "a long and quiet evening"
DANA = "dana@example.org"
PILLS = "i just took a whole bottle of pills"


class Console:
    """A member of staff in the console, over HTTP."""

    def __init__(self, product: Product) -> None:
        given = f"{PASSWORD}\n{PASSWORD}\n"
        product.command("users", "add", DANA, "--role", "responder", "--name", "Dana", "--password-stdin", given=given)
        self.client = httpx.Client(base_url=f"{product.url}/console", timeout=30, trust_env=False)
        token = hidden(self.client.get("/login").text, "form_token")
        form = {"email": DANA, "password": PASSWORD, "next": "", "form_token": token}
        assert self.client.post("/login", data=form).status_code == 303

    def texting(self) -> str:
        """The id of the one conversation by text."""
        found = re.search(r"/console/conversations/([0-9a-f-]{36})", self.client.get("/conversations?channel=sms").text)
        assert found
        return found[1]

    def act(self, conversation_id: str, what: str, **fields: str) -> None:
        """Send one of the transcript's forms."""
        page = self.client.get(f"/conversations/{conversation_id}").text
        answered = self.client.post(
            f"/conversations/{conversation_id}/{what}", data={"csrf": hidden(page, "csrf"), **fields}
        )
        assert answered.status_code == 303, answered.text


def test_while_a_person_writes(shared: Product, twilio: FakeTwilio) -> None:
    product = shared
    until(product.is_ready, "the product")
    staff = Console(product)

    # A form is open; the person answers, and the form is found as it was left.
    chat = product.chat()
    assert "Who is this for" in chat.say("can somebody call me please")
    assert "first name" in chat.say("for me")
    staff.act(chat.id, "takeover", name="Dana")
    assert chat.send("hi Dana, is it ok to bring my sister along?") == []
    assert chat.send("how much does it cost?") == []
    assert chat.send("i feel so tired of everything these days") == []
    assert "the assistant is silent" in staff.client.get(f"/conversations/{chat.id}").text
    staff.act(chat.id, "messages", text="She is welcome.")
    staff.act(chat.id, "handback")
    left = chat.history()[-1]
    assert left["text"].startswith("Dana has left this chat.")
    assert "first name" in left["text"]
    assert "How can we reach you" in chat.say("Maria")

    # A withdrawal is obeyed, an emergency is answered at once, and what to do next in it.
    staff.act(chat.id, "takeover", name="Dana")
    assert "nothing to take back" in chat.say("withdraw my consent, do not contact me")
    told = chat.send(PILLS)
    assert "911" in told[0]["text"][:60]
    assert chat.say("what do i do now")
    assert "911" in chat.say("no. she took the rest of the pills")
    assert "emergenc" in staff.client.get("/alerts").text

    # Spanish, and by text.
    sms(product.url, "hola, necesito hablar con una persona por favor")
    texting = staff.texting()
    staff.act(texting, "takeover", name="Dana")
    assert sms(product.url, "cuanto cuesta el programa") == []
    first = sms(product.url, "mi hermano tomo muchas pastillas y no despierta")[0]
    assert "911" in first[:60]
    assert len(first) <= 160
    staff.act(texting, "handback")

    # Without the engine the front answers the emergency, and nothing else.
    other = product.chat()
    other.say("hello")
    staff.act(other.id, "takeover", name="Dana")
    product.kill("bot.engine")
    assert other.send("are you there?") == []
    assert "911" in other.say(PILLS)[:60]

    def texts() -> list[str]:
        return [message["body"].partition(",")[0] for message in twilio.sent if message["to"] == VISITOR]

    until(lambda: len(texts()) > 1, "the texts")
    said = texts()
    assert said[0] == "Ahora habla con Dana"
    assert said[1].startswith("Dana ha salido de este chat")
