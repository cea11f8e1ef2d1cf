"""The replies of one turn as text messages: choices as a numbered list, short replies together in one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.safety import language_of
from bot.sms_text import LIMIT, gsm7, parts


@dataclass(frozen=True)
class Text:
    """One text message, and the replies (their ids) that it holds, whole or in part."""

    body: str
    replies: tuple[str, ...]


def with_choices(text: str, titles: Sequence[str], limit: int = LIMIT) -> list[str]:
    """The text and its choices as a numbered list: in the same message when they fit, else in one of their own."""
    messages = parts(text, limit)
    if not titles:
        return messages
    how = "Responda con una cifra." if language_of(f"{text} {' '.join(titles)}") == "es" else "Reply with a number."
    listed = gsm7("\n".join([*(f"{number} {title}" for number, title in enumerate(titles, 1)), how]))
    if messages and len(messages[-1]) + 1 + len(listed) <= limit:
        messages[-1] = f"{messages[-1]}\n{listed}"
        return messages
    return [*messages, *parts(listed, limit)]


def together(replies: Iterable[tuple[str, str, Sequence[str]]], limit: int = LIMIT) -> list[Text]:
    """Replies, each as (id, text, titles of its choices), as few messages as `limit` characters allow, in their order.

    Each reply begins a line of its own; nothing follows a list of choices in the same message, so that "Reply with a
    number" stays the last that is read.
    """
    sent: list[Text] = []
    closed = True
    for reply, text, titles in replies:
        for index, body in enumerate(with_choices(text, titles, limit)):
            last = sent[-1] if sent else None
            # Only a reply's beginning joins what stands before it: its further parts are there because it was too long.
            if last and not closed and index == 0 and len(last.body) + 1 + len(body) <= limit:
                sent[-1] = Text(f"{last.body}\n{body}", (*last.replies, reply))
            else:
                sent.append(Text(body, (reply,)))
            closed = False
        closed = bool(titles)
    return sent
