"""Choices by text: one numbered list, answered by number or title."""

from bot.sms_text import LIMIT, gsm7, parts


def with_choices(text: str, titles: list[str], limit: int = LIMIT) -> list[str]:
    """The text and its choices as a numbered list: in the same message when they fit, else in one of their own."""
    messages = parts(text, limit)
    if not titles:
        return messages
    listed = gsm7("\n".join(f"{number} {title}" for number, title in enumerate(titles, 1)) + "\nReply with a number.")
    if messages and len(messages[-1]) + 1 + len(listed) <= limit:
        messages[-1] = f"{messages[-1]}\n{listed}"
        return messages
    return [*messages, *parts(listed, limit)]
