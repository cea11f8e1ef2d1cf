"""Twilio's webhooks: an incoming text is answered in TwiML; delivery states are stored.

Twilio signs the public URL, not the one that a proxy passes on: the signature is checked against FIRSTSTEP_PUBLIC_URL.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.channels import limits
from bot.channels.choices import Text, together
from bot.channels.errors import ApiError
from bot.channels.host import Door, Host, NotReady
from bot.channels.intake import Incoming, Stored, take_in
from bot.channels.limits import Limiter
from bot.channels.texts import outage_texts, patience
from bot.conversations import Message, Outcome, apologise, by_rules, deliveries, replies_to, said_lately
from bot.conversations.cleaning import MAX_CHARACTERS, clean
from bot.safety import assess
from bot.settings import Settings

log = logging.getLogger("firststep.sms")

SID = re.compile(r"[A-Za-z0-9_-]{2,64}")
E164 = re.compile(r"\+[1-9]\d{6,14}")
MAX_FIELDS = 300


class SmsChannel:
    """The two webhooks. `stop_contact(conversation_id, wrong_person)` is called when somebody wants no contact."""

    def __init__(self, door: Door, settings: Settings, stop_contact: Callable[[str, bool], None]) -> None:
        self.door = door
        self._settings = settings
        self._stop_contact = stop_contact
        self._phones = Limiter(limits.PER_PHONE)
        self._callback = f"{settings.base_url}/sms/twilio/status"

    def routes(self) -> list[Route]:
        """Routes of the webhooks."""
        return [
            Route("/sms/twilio", self.incoming, methods=["POST"]),
            Route("/sms/twilio/status", self.status, methods=["POST"]),
        ]

    async def incoming(self, request: Request) -> Response:
        """POST /sms/twilio: a text from a visitor. The same MessageSid twice is processed once."""
        form = await self._signed(request)
        message = _incoming(form)
        host = await asyncio.to_thread(self._host)
        stored = await asyncio.to_thread(self._store, message, host)
        if not stored.message_id:
            return self._twiml(stored.ready)
        answers = await self._answers(stored, message, host)
        if await asyncio.to_thread(self._urgent, stored.message_id, message.text):
            # Nothing comes before the numbers, not even who we are, and each text stays short.
            return self._twiml(*([answer] for answer in answers), stored.ready)
        return self._twiml(stored.ready, answers)

    async def status(self, request: Request) -> Response:
        """POST /sms/twilio/status?message=<id>&...: the delivery state of one of our texts; never a step back."""
        form = await self._signed(request)

        def store() -> None:
            with self.door.database.write() as session:
                state = "blocked" if form.get("ErrorCode") == "21610" else form.get("MessageStatus", "")
                for message_id in request.query_params.getlist("message"):  # short replies share a text
                    deliveries.report(session, message_id, state, form.get("MessageSid"))
                if state == "blocked" and E164.fullmatch(form.get("To", "")):
                    deliveries.opt_out(session, form["To"], "carrier")

        await asyncio.to_thread(store)
        return Response(status_code=204)

    async def _signed(self, request: Request) -> dict[str, str]:
        """The form, if Twilio signed it; anything else is refused."""
        if not (self._settings.twilio_account_sid and self._settings.twilio_auth_token):
            raise ApiError(
                503,
                "sms_not_set_up",
                "SMS is not set up: set FIRSTSTEP_TWILIO_ACCOUNT_SID, FIRSTSTEP_TWILIO_AUTH_TOKEN "
                "and FIRSTSTEP_SMS_NUMBER.",
            )
        try:
            fields = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError:
            raise ApiError(400, "bad_form", "The body is not a form.") from None
        form = dict(fields)
        url = self._settings.base_url + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        signature = request.headers.get("x-twilio-signature", "")
        valid = len(form) == len(fields) and RequestValidator(self._settings.twilio_auth_token).validate(
            url, form, signature
        )
        if not valid:
            log.warning("a webhook without a valid signature was refused")
            raise ApiError(
                403,
                "bad_signature",
                "The signature is not Twilio's for this address: check FIRSTSTEP_PUBLIC_URL and the auth token.",
            )
        return form

    def _host(self) -> Host:
        try:
            return self.door.host()
        except NotReady:
            raise ApiError(503, "no_program", "No program has been imported: firststep program import FILE.") from None

    def _store(self, message: Incoming, host: Host) -> Stored:
        try:
            stored = self._store_once(message, host)
        except IntegrityError:  # two first texts of one number at once: the other one has opened the conversation
            stored = self._store_once(message, host)
        if stored.no_contact:
            self._stop_contact(stored.conversation_id, stored.wrong_person)
        return stored

    def _store_once(self, message: Incoming, host: Host) -> Stored:
        with self.door.database.write() as session:
            return take_in(session, message, host, lambda: self._phones.take(message.phone) == 0)

    def _urgent(self, message_id: str, text: str) -> bool:
        """Whether the message tells of an emergency, by the engine's reading or, while it is away, by the rules."""
        with self.door.database.read() as session:
            stored = session.get(Message, message_id)
            understanding = (stored.understanding if stored else None) or {}
        levels = (
            stored.safety if stored else None,
            assess(text).level,
            (understanding.get("safety") or {}).get("level"),
        )
        return "emergency" in levels

    async def _answers(self, stored: Stored, message: Incoming, host: Host) -> list[Message]:
        """The engine's replies, or the fixed texts of an outage: those that no other sender has taken."""
        message_id = stored.message_id or ""
        seconds = patience(stored.safety, self.door.engine_timeout)
        outcome = await self.door.dispatcher.wait(stored.conversation_id, message_id, seconds)

        def take() -> list[Message]:
            with self.door.database.write() as session:
                found = replies_to(session, message_id)
                if outcome is not Outcome.ANSWERED or not found:
                    found = self._apologise(session, stored, message, host)
                mine = deliveries.take_for_webhook(session, [reply.id for reply in found])
                return [reply for reply in found if reply.id in mine]

        return await asyncio.to_thread(take)

    def _apologise(self, session: Session, stored: Stored, message: Incoming, host: Host) -> list[Message]:
        asked = session.get(Message, stored.message_id)
        found = by_rules(session, asked) if asked else None
        said = said_lately(session, stored.conversation_id)
        return apologise(session, stored.message_id or "", *outage_texts(message.text, "sms", "en", host, found, said))

    def _twiml(self, *turns: list[Message]) -> Response:
        """The answer to a webhook; the replies of one turn share texts where they fit."""
        response = MessagingResponse()
        for turn in turns:
            for text in together((message.id, message.text, _titles(message)) for message in turn):
                response.message(text.body, status_callback=self._callback_for(text))
        return Response(str(response), media_type="application/xml")

    def _callback_for(self, text: Text) -> str:
        return f"{self._callback}?{urlencode([('message', reply) for reply in text.replies])}"


def _titles(message: Message) -> list[str]:
    return [str(reply["title"]) for reply in message.quick_replies or []]


def _incoming(form: dict[str, str]) -> Incoming:
    sid, phone = form.get("MessageSid") or form.get("SmsSid") or "", form.get("From", "")
    if not SID.fullmatch(sid) or not E164.fullmatch(phone):
        raise ApiError(422, "bad_message", "MessageSid and From (a phone number such as +15555550100) are needed.")
    return Incoming(sid, phone, clean(form.get("Body", ""))[:MAX_CHARACTERS], form.get("OptOutType", ""))
