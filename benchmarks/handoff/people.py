"""Visitors who ask to be called, and the professionals who answer: over HTTP, again and again until they are heard."""

import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy.exc import DBAPIError

from benchmarks.handoff.mail_server import Mail

REF = re.compile(r"Your code is ([A-Z0-9]{6})")
CONSENT = "Is this all right with you"
STORED = "I have stored your request"
ANSWERS = (
    (re.compile(r"Is this all right with you"), "yes"),
    (re.compile(r"Who is this for"), "for me"),
    (re.compile(r"first name"), "Maria"),
    (re.compile(r"good time to reach"), "evenings"),
    (re.compile(r"What ZIP|A ZIP code"), "97103"),
    (re.compile(r"How can we reach|could not read a phone"), "{contact}"),
)
"""What a visitor says to what the assistant asks; to anything else they say "skip"."""
LONGEST_TALK = 20
PATIENCE = 600.0
"""Seconds that somebody goes on trying; a database that recovers and an engine that starts take their time."""


class GaveUp(Exception):
    """Somebody was not heard for too long: the run has failed, whatever the count says."""


@dataclass
class Story:
    """What one visitor was told and agreed to, kept by the visitor: the count's witness, apart from the store."""

    conversation_id: str
    ref: str = ""
    promises: int = 0
    agreed: list[str] = field(default_factory=list)
    """The names in the consents they said yes to, one for each."""
    withdrawn: bool = False
    claimed: int = 0
    declined: int = 0
    contact: str = ""
    """The address that they gave: theirs is the only one to which news of their request may go."""


class Book:
    """All stories, by code."""

    def __init__(self, names: list[str]) -> None:
        """`names`: of all professionals, as a consent names them."""
        self.names = names
        self.stories: dict[str, Story] = {}
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def promised(self, story: Story, ref: str) -> None:
        """The assistant said that it has stored the request under this code."""
        with self._lock:
            story.promises += 1
            story.ref = ref
            self.stories[ref] = story

    def count(self, what: str, by: int = 1) -> None:
        """Count something that happened."""
        with self._lock:
            self.counts[what] += by

    def named_in(self, consent: str) -> str:
        """The one professional whom a consent's text names."""
        found = [name for name in self.names if f"gives {name}," in consent]
        if len(found) != 1:
            raise GaveUp(f"a consent names {len(found)} people")
        return found[0]


def until_heard(attempt: Callable[[], Any], what: str, count: Callable[[str], None]) -> Any:
    """Try until it works, as a browser, an engine and a front do; failures to connect are what is expected here."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except (httpx.HTTPError, DBAPIError) as error:
            count(f"tried again: {what}")
            if time.monotonic() > deadline:
                raise GaveUp(f"{what}: {error!r}") from error
            time.sleep(random.uniform(0.1, 0.6))


class Professionals:
    """Open the link of each e-mail: claim (some twice at the same instant), decline, report."""

    def __init__(self, url: str, book: Book, seed: int, twice: float = 0.2, decline: float = 0.03) -> None:
        self.url, self.book, self.twice, self.decline = url, book, twice, decline
        self._chance = random.Random(seed)
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._client = httpx.Client(trust_env=False, timeout=30, limits=httpx.Limits(max_connections=40))

    def first_time(self, mail: Mail) -> bool:
        """Whether this offer is new to them; a mail program shows a repeated Message-ID once."""
        if not mail.link or "is waiting for you" not in mail.subject or mail.subject.startswith("Reminder"):
            return False
        with self._lock:
            new = mail.message_id not in self._seen
            self._seen.add(mail.message_id)
        return new

    def answer(self, mail: Mail) -> str:
        """Answer one offer; gives "claimed", "declined" or "closed" (taken back meanwhile)."""
        with self._lock:
            lot, double, report = self._chance.random(), self._chance.random() < self.twice, self._chance.random() < 0.3
        if lot < self.decline:
            status = self._post(mail, {"action": "decline", "reason": "full"})
            return "declined" if status == 200 else "closed"
        if double:
            other = threading.Thread(target=self._post, args=(mail, {"action": "claim"}))
            other.start()
        status = self._post(mail, {"action": "claim"})
        if double:
            other.join()
            self.book.count("claimed from two places at once")
        if status not in (303, 409):
            return "closed"
        if report:
            self._post(mail, {"action": "report", "outcome": "reached", "note": "spoke briefly"})
        return "claimed"

    def _post(self, mail: Mail, form: dict[str, str]) -> int:
        def once() -> int:
            answer = self._client.post(self.url + mail.link, data=form)
            if answer.status_code >= 500:
                raise httpx.HTTPError(f"status {answer.status_code}")
            return answer.status_code

        return int(until_heard(once, f"professional: {form['action']}", self.book.count))


class Visitor:
    """One visitor, who does what the engine and the front do for them: every call is repeated until it is answered."""

    def __init__(self, actions_url: str, client: httpx.Client, book: Book, contact: str) -> None:
        self.url, self.client, self.book, self.contact = actions_url, client, book, contact
        self.slots: dict[str, Any] = {
            "contact_name": "Jordan",
            "contact_value": contact,
            "contact_zip": "97103",
            "contact_time": "evenings",
        }
        self.story = Story("", contact=contact)
        self._yes: dict[str, Any] = {}
        self._one_at_a_time = threading.RLock()
        """A person who answers to a decline does not take everything back in the same breath."""

    def ask(self) -> str:
        """From the summary to "I have stored your request"; gives the code. Twice is joining the same lead."""
        from bot.conversations import answer, receive

        shown = self._act("action_ask_handoff_consent", "97103", str(uuid.uuid4()))
        consent = "\n".join(reply.get("text") or "" for reply in shown)
        name = self.book.named_in(consent)
        self.slots |= {"handoff_consent": True, "handoff_outcome": "agreed"}
        said_id = str(uuid.uuid4())
        message_id = self._store(lambda session: str(receive(session, self._id(), said_id, "yes").message.id))  # type: ignore[union-attr]
        # The slots that the engine would send again: those of before the action.
        self._yes = self._call("action_submit_handoff", "yes", message_id)
        replies = self._carry_out(self._yes)
        said = "\n".join(reply.get("text") or "" for reply in replies)
        found = REF.search(said)
        if found is None or STORED not in said:
            raise GaveUp(f"no promise in: {said[:200]!r}")
        texts = [{"text": reply["text"]} for reply in replies if reply.get("text")]
        self._store(lambda session: answer(session, message_id, texts, {"topic": "affirm"}))
        self.story.agreed.append(name)
        self.book.promised(self.story, found[1])
        return found[1]

    def begin(self, count: int = 1) -> None:
        """Open the conversation."""
        from bot.conversations import open_conversation

        self.story.conversation_id = self._store(lambda session: str(open_conversation(session, "web")[0].id))

    def again(self) -> None:
        """Somebody declined: agree to the next person, unless all is taken back already."""
        with self._one_at_a_time:
            self.late_yes()
            if self.story.withdrawn:
                return
            self.slots |= {
                "contact_name": "Jordan",
                "contact_value": self.contact,
                "contact_zip": "97103",
                "contact_time": "evenings",
            }
            self.ask()

    def take_back(self) -> None:
        """Withdraw the request."""
        with self._one_at_a_time:
            self.story.withdrawn = True  # from the moment of asking: what is sent meanwhile may cross it on its way
            self._act("action_withdraw_consent", "withdraw my request", str(uuid.uuid4()))

    def late_yes(self) -> None:
        """The yes comes once more, as from a front that never heard its answer; it must do nothing."""
        with self._one_at_a_time:
            before = dict(self.slots)
            self._carry_out(self._yes)
            self.slots = before
        self.book.count("a yes that came again late")

    def _id(self) -> str:
        return self.story.conversation_id

    def _store(self, work: Callable[[Any], Any]) -> Any:
        from bot.store import database

        def once() -> Any:
            with database().write() as session:
                return work(session)

        return until_heard(once, "visitor: store", self.book.count)

    def _act(self, name: str, text: str, message_id: str) -> list[dict[str, Any]]:
        return self._carry_out(self._call(name, text, message_id))

    def _call(self, name: str, text: str, message_id: str) -> dict[str, Any]:
        """What the engine sends to have an action carried out."""
        tracker = {
            "sender_id": self._id(),
            "slots": dict(self.slots),
            "latest_message": {"text": text, "intent": {"name": "affirm", "confidence": 1.0}, "message_id": message_id},
            "events": [{"event": "user", "text": text, "input_channel": "web"}],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
            "latest_input_channel": "web",
        }
        return {"next_action": name, "sender_id": self._id(), "tracker": tracker, "domain": {}}

    def _carry_out(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        def once() -> dict[str, Any]:
            answer = self.client.post(f"{self.url}/webhook", json=body)
            if answer.status_code != 200:
                raise httpx.HTTPError(f"status {answer.status_code}")
            return dict(answer.json())

        done = until_heard(once, f"engine: {body['next_action']}", self.book.count)
        self.slots |= {event["name"]: event["value"] for event in done["events"] if event["event"] == "slot"}
        return list(done["responses"])


class Chatter:
    """One visitor in the chat itself: front, engine and actions."""

    def __init__(self, url: str, client: httpx.Client, book: Book, contact: str) -> None:
        self.url, self.client, self.book, self.contact = url, client, book, contact
        self.story = Story("", contact=contact)
        self._headers: dict[str, str] = {}

    def ask(self) -> str:
        """From "please have someone call me" to the code."""
        opened = self._http("POST", "/chat/conversations", json={}, status=201)
        self.story.conversation_id = opened["conversation_id"]
        self._headers = {"authorization": f"Bearer {opened['token']}"}
        said, name = self._say("please have someone call me"), ""
        for _ in range(LONGEST_TALK):
            found = REF.search(said)
            if found and STORED in said:
                self.story.agreed.append(name)
                self.book.promised(self.story, found[1])
                return found[1]
            if CONSENT in said:
                name = self.book.named_in(said)
            reply = next((text for pattern, text in ANSWERS if pattern.search(said)), "skip")
            said = self._say(reply.format(contact=self.contact))
        raise GaveUp(f"no promise after {LONGEST_TALK} messages; the last answer: {said[:200]!r}")

    def _say(self, text: str) -> str:
        """Say something, and wait for the real answer: the fixed text of an outage is none."""
        client_id = str(uuid.uuid4())
        path = f"/chat/conversations/{self.story.conversation_id}/messages"
        self._http("POST", path, json={"id": client_id, "text": text})
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            messages = self._http("GET", path)["messages"]
            mine = next(message for message in messages if message.get("client_id") == client_id)
            if mine["status"] == "answered":
                replies = [message["text"] for message in messages if message.get("in_reply_to") == mine["id"]]
                return "\n".join(replies)
            if mine["status"] == "failed":
                raise GaveUp(f"the engine gave up on {text!r}")
            time.sleep(0.3)
        raise GaveUp(f"no answer to {text!r}")

    def _http(self, method: str, path: str, *, status: int = 200, **more: Any) -> dict[str, Any]:
        def once() -> dict[str, Any]:
            answer = self.client.request(method, self.url + path, headers=self._headers, **more)
            if answer.status_code != status:
                raise httpx.HTTPError(f"status {answer.status_code}")
            return dict(answer.json())

        return dict(until_heard(once, "visitor: chat", self.book.count))
