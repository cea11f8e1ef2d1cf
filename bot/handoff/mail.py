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
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.handoff.staff import email_text
from bot.settings import Settings, SettingsError

SECONDS = 20.0
"""For each step of a delivery; well below the outbox's lease."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def compose(payload: Mapping[str, Any], key: str, settings: Settings) -> EmailMessage:
    """The e-mail of an outbox item. It names a request's code, the link and the time, and nothing about the visitor."""
    subject, body = email_text(payload, settings.base_url)
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = settings.mail_from, payload["to"]
    message["Message-ID"] = f"<{digest(key)}@{settings.mail_from.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def digest(key: str) -> str:
    """The key as a short name that fits a header and a file, and tells nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


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
        if not secure and parts.hostname not in LOOPBACK:
            # A link opens a request: it never crosses a network in the clear.
            raise SettingsError("FIRSTSTEP_SMTP_URL names a server that offers no TLS; use smtps:// or another server")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
