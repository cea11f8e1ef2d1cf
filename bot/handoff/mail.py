"""E-mail to professionals: over SMTP, or into a local mail folder when no server is set.

The Message-ID is made from the item's key: a resend after a crash is the same mail to every mail program, and
overwrites the same file in the local folder.
"""

import hashlib
import mailbox
import os
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from bot.handoff.hours import clock
from bot.handoff.links import Link, sign
from bot.settings import Settings, SettingsError

SECONDS = 20.0
"""For each step of a delivery; well below the outbox's lease."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SUBJECTS = {
    "offer": "A request is waiting for you ({ref})",
    "reminder": "Reminder: a request is waiting for you ({ref})",
    "update": "A request of yours was changed ({ref})",
    "withdrawn": "A request was taken back ({ref})",
}
BODIES = {
    "offer": 'A request is waiting for you.\n\nPlease open it and say "I have it" or "I cannot"{due}:\n\n{link}\n',
    "reminder": "A request is still waiting for you. Nobody else has been asked.\n\n"
    'Please open it and say "I have it" or "I cannot":\n\n{link}\n',
    "update": "A request of yours was changed. Please look at it before you act on it:\n\n{link}\n",
    "withdrawn": "The request {ref} was taken back. Please do not act on it, and delete what you noted of it.\n",
}
FOOTER = "\nThe link is for you alone: please do not forward it.\n\n{provider}\n"


def compose(payload: Mapping[str, Any], key: str, settings: Settings) -> EmailMessage:
    """The e-mail of an outbox item. It names a request's code, the link and the time, and nothing about the visitor."""
    about = payload["about"]
    token = sign(Link(payload["lead_id"], payload["professional_id"], payload["offer"]))
    link = f"{settings.base_url}/handoff/{token}"
    message = EmailMessage()
    message["Subject"] = SUBJECTS[about].format(ref=payload["ref"])
    message["From"], message["To"] = settings.mail_from, payload["to"]
    message["Message-ID"] = f"<{digest(key)}@{settings.mail_from.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    body = BODIES[about].format(link=link, due=_due(payload), ref=payload["ref"])
    message.set_content(body + ("" if about == "withdrawn" else FOOTER.format(provider=payload["provider"])))
    return message


def digest(key: str) -> str:
    """The key as a short name that fits a header and a file, and tells nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _due(payload: Mapping[str, Any]) -> str:
    if not payload.get("due_at"):
        return ""
    due, zone = datetime.fromisoformat(payload["due_at"]), ZoneInfo(payload["time_zone"])
    local = due.astimezone(zone)
    return f" by {clock(due, zone)} on {local:%A, %B} {local.day}"


def deliver(message: EmailMessage, key: str, settings: Settings) -> str:
    """Hand the mail over; gives a word on where it went, for the log. Raises OSError or smtplib.SMTPException."""
    if not settings.smtp_url:
        return f"local mail: {into_folder(message, key, settings.data_dir / 'mail')}"
    with _connected(settings.smtp_url) as server:
        server.send_message(message)
    return "SMTP"


def into_folder(message: EmailMessage, key: str, folder: Path) -> Path:
    """Write the mail into a Maildir, under a name made from the key: again is over it, not beside it."""
    mailbox.Maildir(folder, create=True)
    name = digest(key)
    for read in (folder / "cur").glob(f"{name}:*"):
        return read  # somebody's mail program has it and has moved it
    target, draft = folder / "new" / name, folder / "tmp" / f"{name}.{os.getpid()}"
    with draft.open("wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return target


@contextmanager
def _connected(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError("FIRSTSTEP_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465")
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 587, timeout=SECONDS)
    with server:
        secure = parts.scheme == "smtps"
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if parts.username:
            if not secure and parts.hostname not in LOOPBACK:
                raise SettingsError("FIRSTSTEP_SMTP_URL has a password, but the server offers no TLS; use smtps://")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
