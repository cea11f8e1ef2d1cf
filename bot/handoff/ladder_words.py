"""What visitors are told while their request climbs the ladder: the truth, and what they can do meanwhile."""

from datetime import datetime

from bot.handoff.hours import day_and_clock, office_hours
from bot.handoff.phrases import Phrase, phrase
from bot.handoff.promise import visitor_zone
from bot.handoff.wording import Say, in_each, office, role, say, told
from bot.program.hours import is_open
from bot.program.profile import Professional, Profile
from bot.safety import resources


def nobody_now(program: Profile, opens: datetime, code: str | None, now: datetime) -> Say:
    """Nobody has taken it, and nobody is at work before `opens`."""
    back = day_and_clock(opens, visitor_zone(program, code), now)
    return told("ladder.nobody_now", back=back, helpline=_helpline())


def nobody_answered(program: Profile, owner: Professional | None, offers: Professional | None, now: datetime) -> Say:
    """The ladder's end: nobody has taken it, and how to reach a person. `offers`: who would, if the visitor agreed."""
    if offers is not None:
        return told("ladder.offers", person=offers.name, office=office(program), helpline=_helpline())
    hours = office_hours(program, now)
    when = phrase("ladder.open") if is_open(program, now) else phrase("ladder.hours", hours=hours) if hours else ""
    return told(
        "ladder.nobody",
        still=phrase("ladder.still", person=owner.name) if owner else "",
        office=office(program),
        when=when,
        helpline=_helpline(),
    )


def late(program: Profile, owner: Professional) -> Say:
    """The first contact is overdue, by the record."""
    return told("ladder.late", person=owner.name, office=office(program))


def may_have_it(owner: Professional | None, person: Professional, declined: bool, consent: Say) -> Say:
    """The question to the visitor: what happened, who can take it, the consent itself, and how to answer."""
    name = owner.name if owner else phrase("handover.the_owner")
    before = phrase("handover.declined" if declined else "handover.silent", person=name)
    intro = phrase("handover.intro", before=before, person=person.name, role=role(person))
    ask = phrase("handover.ask", person=person.name)

    def make(locale: str) -> Say:
        agreed = consent.into(locale)
        web = "\n\n".join((intro.into(locale), agreed.web, ask.into(locale)))
        return Say(web, [*say(intro).into(locale).sms, *agreed.sms, *say(ask).into(locale).sms])

    return in_each(make)


def agreed(person: Professional, promise: str) -> Say:
    """The visitor said yes, and the request is that person's."""
    return told("handover.agreed", person=person.name, promise=promise)


def changed() -> Say:
    """The visitor said yes elsewhere, to a question about details that have changed since."""
    return told("handover.changed")


def joined_agreed(person: Professional, works: str) -> Say:
    """The visitor of a joined request said yes: the person gets it now."""
    return told("handover.joined_agreed", person=person.name, works=works)


def joined_refused(program: Profile, person: Professional) -> Say:
    """The visitor of a joined request said no."""
    return told("handover.joined_refused", person=person.name, office=office(program))


def gone(program: Profile) -> Say:
    """The visitor said yes to somebody who has left meanwhile."""
    return told("handover.gone", office=office(program))


def refused(program: Profile, owner: Professional | None, person: Professional | None) -> Say:
    """The visitor said no to the colleague."""
    return told(
        "handover.refused",
        person=person.name if person else phrase("handover.the_other"),
        waits=phrase("handover.waits", person=owner.name) if owner else phrase("handover.nobody"),
        office=office(program),
    )


def _helpline() -> Phrase:
    return phrase("ladder.helpline", helpline=resources()["helpline"].call or "")
