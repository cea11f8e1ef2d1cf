"""Signed webhooks to the provider's own CRM, after the Standard Webhooks specification.

Header webhook-id is the outbox item's id and stays the same on every attempt: the receiver drops what it has seen.
The signature is HMAC-SHA256 over "id.timestamp.body"; with two secrets set there are two signatures, so that the
receiver can change over in its own time. The body holds the fact, a code, times and the console's link, and nothing
about the visitor: their consent names a person, not a system. The notice on redisclosure goes with it all the same.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy.orm import Session

from bot.handoff.models import Lead
from bot.handoff.outbox import WEBHOOK, Item, RejectedForGood, enqueue
from bot.handoff.redisclosure import NOTICE
from bot.settings import Settings, SettingsError, settings

SECONDS = 15.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification has it."""
TOLD = frozenset({"offered", "claimed", "contacted", "scheduled", "unreachable", "closed", "withdrawn", "declined"})
"""Events of a lead that the CRM hears of."""


def tell_crm(session: Session, lead: Lead, event: str, at: datetime) -> bool:
    """Put the event into the outbox, when a CRM is set and it is one that it hears of. Part of the transaction.

    It never hears of a test lead.
    """
    if not settings().webhook_url or event not in TOLD or lead.test:
        return False
    version = int(lead.version or 0) + 1
    payload = {
        "type": f"lead.{event}",
        "timestamp": at.isoformat(),
        "data": {
            "lead_id": lead.id,
            "ref": lead.ref,
            "state": lead.state,
            "sequence": version,
            "professional_id": lead.professional_id,
            "due_at": lead.due_at.isoformat() if lead.due_at else None,
            "path": f"/console/leads/{lead.id}",
        },
    }
    return enqueue(session, f"webhook:{lead.id}:{version}:{event}", WEBHOOK, payload, at, lead.id)


def secrets_of(config: Settings) -> list[bytes]:
    """The secrets in force, the newest first. Raises SettingsError when one is missing or malformed."""
    found = []
    for text in filter(None, (part.strip() for part in config.webhook_secrets.split(","))):
        try:
            secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if not text.startswith(PREFIX) or not SHORTEST <= len(secret) <= LONGEST:
            raise SettingsError(
                "FIRSTSTEP_WEBHOOK_SECRETS must be whsec_ and the base64 of 24 to 64 random bytes; for a change of "
                "secrets two of them, the new one first, with a comma between"
            )
        found.append(secret)
    if not found:
        raise SettingsError("FIRSTSTEP_WEBHOOK_URL is set, so FIRSTSTEP_WEBHOOK_SECRETS must be set too")
    return found


def body_of(payload: Mapping[str, Any], base_url: str) -> bytes:
    """The same bytes on every attempt."""
    data = dict(payload["data"])
    data["link"] = base_url + data.pop("path")
    data["notice"] = NOTICE
    return json.dumps({**payload, "data": data}, sort_keys=True, separators=(",", ":")).encode()


def signed_headers(item_id: str, body: bytes, secrets: list[bytes], timestamp: int) -> dict[str, str]:
    """The three headers of the specification."""
    content = f"{item_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode() for secret in secrets]
    return {
        "webhook-id": item_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def deliver(item: Item, config: Settings) -> str:
    """Post the event. Raises OSError or httpx.HTTPError for a later try, RejectedForGood after a 410."""
    target = urlsplit(config.webhook_url)
    if target.scheme != "https" and target.hostname not in LOOPBACK:
        raise SettingsError("FIRSTSTEP_WEBHOOK_URL must begin with https://")
    body = body_of(item.payload, config.base_url)
    headers = signed_headers(item.id, body, secrets_of(config), int(time.time()))
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        answer = client.post(config.webhook_url, content=body, headers={**headers, "content-type": "application/json"})
    if answer.status_code == httpx.codes.GONE:
        raise RejectedForGood("the receiver answers 410: it wants no more webhooks")
    if not answer.is_success:
        raise OSError(f"the receiver answers {answer.status_code}")
    return "webhook"
