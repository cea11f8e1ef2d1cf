"""SMS that leave by Twilio's REST API: late answers, and messages pushed to a visitor.

Twilio's API cannot be told "only once". So each message is claimed in the store before it is sent, and one whose sender
died in between is looked for at Twilio (same number, same text, sent since) before it is sent again.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.channels.choices import with_choices
from bot.conversations import deliveries
from bot.settings import Settings
from bot.store import Database, utcnow

log = logging.getLogger("firststep.sms")

TWILIO = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
UNSUBSCRIBED = 21610
RETRY_SECONDS = 30.0
GIVE_UP = timedelta(hours=24)
"""A text that could not be sent for so long would only puzzle its reader."""


class OptedOut(Exception):
    """Twilio knows that this number wants no texts."""


class Rejected(Exception):
    """Twilio refuses this message for good; the text names Twilio's error code."""


class Unavailable(Exception):
    """Twilio cannot be reached or is busy; try again later."""


class _HttpClient(TwilioHttpClient):
    """Twilio's own client, with another base address when one is set (a regional endpoint, or a test's)."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """As the parent's; the client library has no setting for the address."""
        return super().request(method, self._base_url + url.removeprefix(TWILIO), *args, **kwargs)


class SmsSender:
    """Sends one text at a time. Blocking: call it in a thread or in the worker."""

    def __init__(self, settings: Settings) -> None:
        self._number = settings.sms_number
        self._callback = f"{settings.base_url}/sms/twilio/status"
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            http_client=_HttpClient(settings.twilio_api_url),
        )

    def send(self, phone: str, text: str, message_id: str) -> str:
        """Send; gives Twilio's SID. Raises OptedOut, Rejected or Unavailable."""
        try:
            sent = self._client.messages.create(
                to=phone, from_=self._number, body=text, status_callback=f"{self._callback}?message={message_id}"
            )
        except TwilioRestException as error:
            if error.code == UNSUBSCRIBED:
                raise OptedOut(phone) from error
            if error.status == 429 or error.status >= 500:
                raise Unavailable(f"Twilio answers {error.status}") from error
            raise Rejected(f"Twilio error {error.code}") from error
        except (requests.RequestException, OSError) as error:
            raise Unavailable(type(error).__name__) from error
        return str(sent.sid)

    def find(self, phone: str, text: str, since: datetime) -> str | None:
        """The SID of a text that was sent to this number since then. Raises Unavailable."""
        try:
            for message in self._client.messages.list(to=phone, from_=self._number, limit=50):
                created = message.date_created
                if message.body == text and created and created.astimezone(UTC) >= since - timedelta(seconds=2):
                    return str(message.sid)
        except TwilioRestException as error:
            raise Unavailable(f"Twilio answers {error.status}") from error
        except (requests.RequestException, OSError) as error:
            raise Unavailable(type(error).__name__) from error
        return None


def sender_for(settings: Settings) -> SmsSender | None:
    """A sender, or None when SMS is not set up."""
    complete = settings.twilio_account_sid and settings.twilio_auth_token and settings.sms_number
    return SmsSender(settings) if complete else None


def deliver_due(database: Database, sender: SmsSender, limit: int = 20, hours: deliveries.Hours | None = None) -> int:
    """Send the SMS that are due and give their number. Any number of processes may call this at once.

    `hours`: until when what nobody just asked for has to wait at night.
    """
    with database.write() as session:
        claimed = deliveries.claim_due(session, limit, hours)
    for due in claimed:
        _deliver(database, sender, due)
    return len(claimed)


def _deliver(database: Database, sender: SmsSender, due: deliveries.Due) -> None:
    sid = None
    try:
        for text in with_choices(due.text, [reply["title"] for reply in due.quick_replies]):
            earlier = sender.find(due.phone, text, due.since) if due.retried else None
            sid = earlier or sender.send(due.phone, text, due.message_id)
        state = "accepted"
    except OptedOut:
        state = "blocked"
    except Rejected as error:
        log.warning("message %s: %s", due.message_id, error)
        state = "failed"
    except Unavailable as error:
        log.warning("message %s: %s", due.message_id, error)
        state = "failed" if utcnow() - due.since > GIVE_UP else "pending"
    with database.write() as session:
        if state == "pending":
            deliveries.postpone(session, due.message_id, RETRY_SECONDS)
            return
        deliveries.report(session, due.message_id, state, sid)
        if state == "blocked":
            deliveries.opt_out(session, due.phone, "carrier")
