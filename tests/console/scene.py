"""A provider with staff, conversations and a lead, for the console's tests. Everybody here is made up."""

import re
from datetime import datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from bot.console.users import add_user
from bot.conversations import answer, open_conversation, receive
from bot.conversations.models import Conversation, Message
from bot.handoff import LeadDraft, open_lead, propose
from bot.store import Database, utcnow

PASSWORD = "harbour lights at noon"
REASON = "calling back the visitor"


def email(role: str) -> str:
    return f"{role}@harbor.example"


def add_staff(database: Database) -> None:
    with database.write() as session:
        for role in ("reviewer", "responder", "lead_worker", "auditor", "admin"):
            add_user(session, email(role), PASSWORD, role)


def understanding(topic: str, confidence: float = 0.91, level: str = "none", **more: Any) -> dict[str, Any]:
    return {
        "topic": topic,
        "confidence": confidence,
        "ranking": [
            {"name": topic, "confidence": confidence},
            {"name": "ask_schedule", "confidence": 0.05},
            {"name": "ask_insurance", "confidence": 0.02},
        ],
        "topics": [{"name": topic, "confidence": confidence, "text": ""}],
        "entities": [],
        "safety": {"level": level, "category": None, "subject": None, "evidence": []},
        "repaired": "",
        "doubt": False,
    } | more


def say(
    database: Database,
    conversation_id: str,
    text: str,
    reply: str | None,
    understood: dict[str, Any],
    quick_replies: tuple[str, ...] = (),
) -> str:
    with database.write() as session:
        received = receive(session, conversation_id, f"c{utcnow().timestamp()}", text)
        assert received is not None
        message_id = str(received.message.id)
        if reply is not None:
            buttons = [{"title": title, "payload": f"/{title.lower()}"} for title in quick_replies]
            answer(session, message_id, [{"text": reply, "quick_replies": buttons}], understood)
    return message_id


def start(database: Database, channel: str = "web", phone: str | None = None) -> str:
    with database.write() as session:
        conversation, _token = open_conversation(session, channel, phone=phone)
        return str(conversation.id)


def move_to(database: Database, conversation_id: str, moment: datetime) -> None:
    """Let the conversation have happened at that time."""
    with database.write() as session:
        conversation = session.get(Conversation, conversation_id)
        conversation.created_at = conversation.last_at = moment
        for message in session.query(Message).filter_by(conversation_id=conversation_id):
            message.at = moment + timedelta(seconds=int(message.seq))


def cost_chat(database: Database) -> str:
    """A chat on the web with a name, a phone number, a typo, a choice and a doubt."""
    chat = start(database)
    say(
        database,
        chat,
        "how mcuh is it with aetna",
        "Your part depends on the plan. Shall I work it out?",
        understanding(
            "ask_cost",
            repaired="how much is it with aetna",
            entities=[{"entity": "insurer", "value": "aetna", "start": 20, "end": 25}],
        ),
        ("Yes", "No"),
    )
    say(
        database,
        chat,
        "dunno the thing",
        "What first name should we use? A made-up one is fine, or say skip.",
        understanding("ask_fit", 0.31, doubt=True),
    )
    say(
        database,
        chat,
        "It's Jordan",
        "Thank you, Jordan. How can they reach you?",
        understanding("give_details", 0.88),
    )
    say(
        database,
        chat,
        "503-555-0188 or jordan@example.org",
        "Thank you.",
        understanding(
            "give_details",
            0.9,
            entities=[
                {"entity": "phone", "value": "+15035550188", "start": 0, "end": 12},
                {"entity": "email", "value": "jordan@example.org", "start": 16, "end": 34},
            ],
        ),
    )
    return chat


def emergency_text(database: Database) -> str:
    """Text messages that tell of an overdose."""
    chat = start(database, "sms", "+15035550142")
    say(
        database,
        chat,
        "my brother took too much and wont wake up",
        "Call 911 now.",
        understanding(
            "crisis_overdose",
            0.97,
            "emergency",
            safety={
                "level": "emergency",
                "category": "overdose",
                "subject": "other",
                "evidence": ["overdose:not_waking"],
            },
        ),
    )
    return chat


def lead_of(database: Database, conversation_id: str, now: datetime, **changes: str | None) -> str:
    values = {"name": "Jordan", "contact": "503-555-0188", "best_time": "after 5 pm", "zip": "97103", "for_whom": "son"}
    draft = LeadDraft(**{**values, **changes})  # type: ignore[arg-type]
    with database.read() as session:
        consent = propose(session, conversation_id, draft, now).given(draft.channel)
    with database.write() as session:
        return open_lead(session, conversation_id, draft, consent, now).lead_id


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


def sign_in(client: TestClient, role: str, password: str = PASSWORD, next_page: str = "") -> Any:
    page = client.get("/console/login")
    return client.post(
        "/console/login",
        data={
            "email": email(role),
            "password": password,
            "next": next_page,
            "form_token": hidden(page.text, "form_token"),
        },
        follow_redirects=False,
    )


def post(client: TestClient, path: str, page: str, **fields: str) -> Any:
    """Send a form of that page."""
    return client.post(path, data={"csrf": hidden(page, "csrf"), **fields}, follow_redirects=False)
