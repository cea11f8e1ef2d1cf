"""What the visitor is shown before anything is passed on, and what is kept of it until they say yes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import limits, wording
from bot.handoff.consent import ConsentText, ContactText, consent_for, contact_consent_for
from bot.handoff.history import load
from bot.handoff.joining import lead_to_join, link_of
from bot.handoff.models import Lead, LeadEvent, new_id
from bot.handoff.numbers import index_of, is_blocked
from bot.handoff.phrases import into, language, phrase, together
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.routing import Reason, RoutingWish, candidates, route
from bot.handoff.states import State
from bot.handoff.summary import LeadDraft, contact_of, lines
from bot.handoff.wording import Say
from bot.program.directory import nearby_text, nearest
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.safety import resources
from bot.sms_text import parts


class NumberBlockedError(ValueError):
    """The number belongs to somebody who said that they are not the visitor; it is neither called nor texted."""


class ConsentMismatchError(ValueError):
    """What is to be shared, or with whom, is not what the visitor agreed to: propose again and ask again."""


@dataclass(frozen=True)
class ConsentGiven:
    """The visitor's yes to a proposal. `as_slot` and `from_slot` carry it through a dialogue as JSON."""

    professional_id: str
    text: str
    version: str
    summary: list[str]
    expires_at: str
    """ISO 8601, aware."""
    contact_text: str = ""
    """The words by which they agreed to be contacted; empty when they did not."""
    contact_version: str = ""
    act: str = field(default_factory=new_id)
    """One for each time that it is shown: the yes to it counts once, however often a retry brings it."""

    def as_slot(self) -> dict[str, Any]:
        """A JSON-able form."""
        return asdict(self)

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any]) -> "ConsentGiven":
        """The consent that `as_slot` wrote. Raises ConsentMismatchError when it is none."""
        try:
            return cls(**slot)
        except TypeError:
            raise ConsentMismatchError("the stored proposal is not readable") from None


@dataclass(frozen=True)
class Proposal:
    """Who would get the details, the lines that would be shared, and the words to agree to.

    `professional` is None when nobody can be offered; `say` then tells where else to turn.
    """

    professional: Professional | None
    reason: Reason | Literal["too_many", "blocked"]
    summary_lines: list[str]
    consent: ConsentText | None
    say: Say
    contact: ContactText | None = None

    @property
    def consent_words(self) -> Say:
        """The consents alone, without the list of what would be shared."""
        said = [words for words in (self.consent, self.contact) if words is not None]
        return Say("\n\n".join(words.web for words in said), [text for words in said for text in words.sms])

    def given(self, channel: str = "web") -> ConsentGiven:
        """What to keep until the visitor says yes: the consent in the words that this channel showed."""
        if self.professional is None or self.consent is None:
            raise ConsentMismatchError("there is nobody to agree to")
        return ConsentGiven(
            self.professional.id,
            _shown(self.consent, channel),
            self.consent.version,
            self.summary_lines,
            self.consent.expires_at.isoformat(),
            _shown(self.contact, channel) if self.contact else "",
            self.contact.version if self.contact else "",
        )


def propose(session: Session, conversation_id: str, draft: LeadDraft, now: datetime) -> Proposal:
    """Whom the details would go to, what would be shared and the consent; stores nothing.

    Whoever holds the conversation's open lead keeps it; whoever declined it is left out. Raises ValueError for a
    contact that is neither a phone number nor an e-mail address.
    """
    program = current_program(session)
    details = lines(draft)
    lead = open_lead_of(session, conversation_id)
    refused = _refused(session, program, conversation_id, draft, lead, now)
    if refused:
        return refused
    reason: Reason = "found"
    person = _holder(program, lead)
    if person is None:
        fields = frozenset(draft.specialties)
        wish = RoutingWish(draft.zip, draft.language, draft.format, fields, declined_by(session, lead))
        choice = route(candidates(program, load(session)), wish, now)
        person, reason = person_of(program, choice.professional_id), choice.reason
        other = lead_to_join(session, draft, now) if lead is None and person is not None else None
        # Who has the lead that this request will join gets this one too; nothing else of that lead is used or shown.
        person = _holder(program, other) or person
    shown = [str(line) for line in details]
    if person is None:
        return Proposal(None, reason, shown, None, _elsewhere(session, program, reason, draft.zip))
    return proposal_for(program, person, draft, now)


def proposal_for(
    program: Profile, person: Professional, draft: LeadDraft, now: datetime, contact: bool = True
) -> Proposal:
    """What would be shared with this one person, and the consents to it; without `contact` only that to sharing."""
    details = lines(draft)
    shown = [str(line) for line in details]
    locale = draft.locale
    consent = consent_for(program, person, details, now, locale)
    reached = contact_consent_for(person, contact_of(draft.contact)[1], draft.safe, locale) if contact else None
    items = shown or [into(phrase("summary.nothing"), locale)]
    listed = "\n".join(f"- {item}" for item in items)
    intro = into(together([_other_language(person, draft), phrase("summary.intro", person=person.name)]), locale)
    short = parts(f"{intro} {'; '.join(items)}.")
    made = Proposal(person, "found", shown, consent, Say("", []), reached)
    asked = made.consent_words
    return replace(made, say=Say(f"{intro}\n{listed}\n\n{asked.web}", [*short, *asked.sms]))


def _other_language(person: Professional, draft: LeadDraft) -> str:
    """That the professional does not speak the language wished for, where that is so: better known before the call."""
    return "" if language(draft.language) in person.languages else phrase("not_in_your_language", person=person.name)


def refuse_blocked(session: Session, draft: LeadDraft) -> None:
    """Raise NumberBlockedError when the draft's number or address must not be used."""
    if is_blocked(session, contact_of(draft.contact)[0]):
        raise NumberBlockedError("this number is not called or texted, or this address not written to")


def _refused(
    session: Session, program: Profile, conversation_id: str, draft: LeadDraft, lead: Lead | None, now: datetime
) -> Proposal | None:
    """The proposal to nobody, where the number or the limits of the day forbid one; told before anything is agreed."""
    contact, _kind = contact_of(draft.contact)
    index = index_of(contact) if contact else None
    new = lead is None and link_of(session, conversation_id) is None
    try:
        refuse_blocked(session, draft)
        limits.check(session, conversation_id, index, new, now)
    except NumberBlockedError:
        return Proposal(None, "blocked", [], None, wording.blocked(program))
    except limits.LimitReachedError:
        return Proposal(None, "too_many", [], None, wording.too_many(program))
    return None


def _holder(program: Profile, lead: Lead | None) -> Professional | None:
    return person_of(program, lead.professional_id) if lead is not None and lead.state != State.NEW else None


def declined_by(session: Session, lead: Lead | None) -> frozenset[str]:
    """Ids of the professionals who said "I cannot" to this lead."""
    if lead is None:
        return frozenset()
    actors = session.execute(
        select(LeadEvent.actor).where(LeadEvent.lead_id == lead.id, LeadEvent.kind == "declined")
    ).scalars()
    return frozenset(actor.removeprefix("professional:") for actor in actors)


def _elsewhere(session: Session, program: Profile, reason: Reason, code: str | None) -> Say:
    outside = reason == "outside_area"
    cause = phrase(
        f"elsewhere.{'outside_area' if outside else 'nobody_left'}",
        provider=program.provider.name,
        office=wording.office(program),
    )
    ways = phrase("elsewhere.ways", cause=cause, helpline=resources()["helpline"].call or "")
    nearby = nearest(session, code) if outside and code else None
    if nearby is None:
        return wording.say(ways)

    def make(locale: str) -> Say:
        lead, *listed = nearby_text(nearby, locale)
        points, told = "\n".join(f"- {line}" for line in listed), ways.into(locale)
        return Say(f"{told}\n\n{lead}\n{points}", [*parts(told), *parts(f"{lead} {' '.join(listed)}")])

    return wording.in_each(make)


def _shown(words: ConsentText | ContactText, channel: str) -> str:
    return "\n".join(words.sms) if channel == "sms" else words.web
