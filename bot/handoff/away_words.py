"""The question whether a colleague may have a request, where a bystander could read it: by text, or behind a link.

The same consent as in the chat, with every element of 42 CFR 2.31, in words that name neither the visitor nor what it
is about: the request's code stands for them, and the reason is the one that they agreed to before.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.handoff.consent import LASTS
from bot.handoff.hours import date_words
from bot.handoff.phrases import ENGLISH, into, language, listed, phrase, text_of
from bot.handoff.proposals import ConsentGiven
from bot.handoff.texts import brand
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile


def neutral_question(
    program: Profile,
    person: Professional,
    before: Professional | None,
    ref: str,
    shared: list[str],
    contact: bool,
    now: datetime,
    cannot: bool,
    locale: str = ENGLISH,
) -> Say:
    """What happened, who could take the request, the consent itself, and how to answer, in this language.

    `shared`: the kinds of details. `contact`: the visitor agreed to be contacted by the person `before`.
    """
    zone, who = ZoneInfo(program.provider.time_zone), brand(program)
    first = phrase(
        "away.cannot" if cannot else "away.silent",
        brand=who,
        before=before.name if before else phrase("handover.the_owner"),
        ref=ref,
        person=person.name,
    )
    consent = phrase(
        "away.consent",
        today=date_words(now, zone),
        brand=who,
        person=person.name,
        what=listed(shared) if shared else phrase("summary.nothing"),
        reach=phrase("away.reach") if contact else "",
    )
    rights = phrase("away.rights", ends=date_words(now + LASTS, zone))
    parts = [into(part, locale) for part in (first, consent, rights)]
    return Say("\n\n".join(parts), [text for part in parts for text in say(part).sms])


def neutral_consent(
    person: Professional,
    asked: Say,
    summary: list[str],
    contact: bool,
    now: datetime,
    channel: str,
    locale: str = ENGLISH,
) -> ConsentGiven:
    """What a yes to these words is, as they were shown on this channel."""
    words, spoken = "\n".join(asked.sms) if channel == "sms" else asked.web, language(locale)
    return ConsentGiven(
        person.id,
        words,
        text_of("away.version", spoken),
        summary,
        (now + LASTS).isoformat(),
        words if contact else "",
        text_of("away.contact_version", spoken) if contact else "",
    )
