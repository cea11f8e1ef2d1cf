"""What the chat API accepts: a JSON object, a message in it."""

import json
import re
from typing import Any

from starlette.requests import Request

from bot.channels.errors import ApiError
from bot.conversations.cleaning import MAX_CHARACTERS, clean

CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
JSON_TYPES = ("application/json", "text/json")


async def json_body(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The body, a JSON object; an empty one only where it is `optional`. Raises ApiError."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await request.body()
    if optional and not raw.strip():
        return {}
    if content_type not in JSON_TYPES:
        raise ApiError(415, "not_json", 'Send JSON, with "Content-Type: application/json".')
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(422, "not_an_object", "Send a JSON object.")
    return body


def message_of(body: dict[str, Any]) -> tuple[str, str]:
    """The client's id and the cleaned text of a message. Raises ApiError."""
    client_id, text = body.get("id"), body.get("text")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise ApiError(422, "bad_id", 'Send "id", a new UUID for each message (up to 64 letters, digits, - and _).')
    if not isinstance(text, str):
        raise ApiError(422, "text_missing", 'Send "text", the visitor\'s words, as a string.')
    if len(text) > MAX_CHARACTERS * 4 or len(text := clean(text)) > MAX_CHARACTERS:
        raise ApiError(
            422,
            "text_too_long",
            f"The message is too long. Send at most {MAX_CHARACTERS} characters; split a longer one in two.",
        )
    if not text:
        raise ApiError(422, "text_empty", "The message is empty. Type a question first.")
    return client_id, text
