"""What a visitor has agreed to, as rows: each consent with its own exact words, version, time and channel."""

from datetime import datetime

from bot.handoff.consent import CONTACT_PURPOSE, PURPOSE
from bot.handoff.models import CONTACT, SHARING, Consent, Lead
from bot.handoff.proposals import ConsentGiven
from bot.handoff.summary import LeadDraft, lines
from bot.program.profile import Professional, Profile


def lines_kinds(draft: LeadDraft) -> list[str]:
    """What the consent calls each detail given."""
    return [line.kind for line in lines(draft)]


def consent_rows(
    lead: Lead,
    conversation_id: str,
    program: Profile,
    person: Professional,
    draft: LeadDraft,
    given: ConsentGiven,
    now: datetime,
) -> list[Consent]:
    """The consents of one yes: to sharing, and, where the visitor agreed to that as well, to being contacted."""
    said = [(SHARING, given.text, given.version, lines_kinds(draft), PURPOSE)]
    if given.contact_text:
        said.append((CONTACT, given.contact_text, given.contact_version, [], CONTACT_PURPOSE))
    return [
        Consent(
            lead_id=lead.id,
            conversation_id=conversation_id,
            kind=kind,
            discloser=program.provider.name,
            recipient_id=person.id,
            recipient_name=person.name,
            recipient_role=person.role,
            text=text,
            version=version,
            locale=draft.locale,
            channel=draft.channel,
            shared=details,
            purpose=purpose,
            given_at=now,
            expires_at=datetime.fromisoformat(given.expires_at),
        )
        for kind, text, version, details, purpose in said
    ]
