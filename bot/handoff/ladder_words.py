"""What visitors are told while their request climbs the ladder: the truth, and what they can do meanwhile."""

from datetime import datetime

from bot.handoff.hours import day_and_clock
from bot.handoff.promise import visitor_zone
from bot.handoff.wording import Say, office, say
from bot.program.hours import is_open, office_hours_text
from bot.program.profile import Professional, Profile
from bot.safety import resources


def nobody_now(program: Profile, opens: datetime, code: str | None, now: datetime) -> Say:
    """Nobody has taken it, and nobody is at work before `opens`."""
    back = day_and_clock(opens, visitor_zone(program, code), now)
    return say(
        f"Nobody has taken your request yet, and our people are off work now. They are back {back}. Your request is "
        f"safe with me until then, and I will tell you here when somebody has it. {_helpline()}"
    )


def nobody_answered(program: Profile, owner: Professional | None, offers: Professional | None, now: datetime) -> Say:
    """The ladder's end: nobody has taken it, and how to reach a person. `offers`: who would, if the visitor agreed."""
    if offers is not None:
        return say(
            f"{offers.name} can still take your request, if you say yes. Nobody else has taken it. To talk to a person "
            f"now, please call {office(program)}. {_helpline()}"
        )
    still = f" {owner.name} can still take it, and I will tell you here if so." if owner else ""
    hours = office_hours_text(program, now)
    when = " Our office is open now." if is_open(program, now) else f" Office hours: {hours}." if hours else ""
    return say(
        f"I am sorry. I asked everybody here that I could ask, and nobody has taken your request yet.{still} "
        f"To talk to a person, please call {office(program)}.{when} {_helpline()}"
    )


def late(program: Profile, owner: Professional) -> Say:
    """The first contact is overdue, by the record."""
    return say(
        f"{owner.name} has your request but has not noted a talk with you yet. If nobody has reached you, I am sorry: "
        f"please call {office(program)}, or ask me where it stands. I have told a supervisor."
    )


def may_have_it(owner: Professional | None, person: Professional, declined: bool, consent: Say) -> Say:
    """The question to the visitor: what happened, who can take it, the consent itself, and how to answer."""
    name = owner.name if owner else "The person you agreed to"
    before = f"{name} cannot take your request." if declined else f"{name} has not answered yet."
    intro = f"{before} {person.name}, {person.role}, can take your request, and knows nothing about you so far."
    ask = f"May {person.name} have it, with the same details as before? Say yes or no."
    question = say(f"{intro}\n\n{consent.web}\n\n{ask}", intro)
    return Say(question.web, [*question.sms, *consent.sms, *say(ask).sms])


def agreed(person: Professional, promise: str) -> Say:
    """The visitor said yes, and the request is that person's."""
    return say(f"Thank you. {person.name} has your request now. {promise}".strip())


def changed() -> Say:
    """The visitor said yes elsewhere, to a question about details that have changed since."""
    return say("Your details have changed since I asked, so I ask you once more. I passed nothing on yet.")


def joined_agreed(person: Professional, works: str) -> Say:
    """The visitor of a joined request said yes: the person gets it now."""
    return say(f"Thank you. I have passed your request on to {person.name}. {works}".strip())


def joined_refused(program: Profile, person: Professional) -> Say:
    """The visitor of a joined request said no."""
    return say(
        f'All right. {person.name} got nothing about you, and nobody has your request now. To pick somebody, say "call '
        f'me". You can also call {office(program)}. To take your request back, say: withdraw my request.'
    )


def gone(program: Profile) -> Say:
    """The visitor said yes to somebody who has left meanwhile."""
    return say(f"I am sorry, that person is not here any more. I passed nothing on. You can call {office(program)}.")


def refused(program: Profile, owner: Professional | None, person: Professional | None) -> Say:
    """The visitor said no to the colleague."""
    name = person.name if person else "The other person"
    waits = f"Your request still waits for {owner.name}." if owner else "Nobody has your request now."
    return say(
        f"All right. {name} got nothing about you. {waits} You can also call {office(program)}. To take your "
        "request back, say: withdraw my request."
    )


def _helpline() -> str:
    return f"The free helpline {resources()['helpline'].call} answers day and night."
