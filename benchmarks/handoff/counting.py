"""The count at the end: what visitors were told, what the store holds, what the mail server was handed."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from benchmarks.handoff.mail_server import Mail
from benchmarks.handoff.people import Book, Story
from bot.conversations import Message
from bot.handoff import Lead, LeadEvent, OutboxItem
from bot.store import Database

OFFER = "A request is waiting for you"
CLAIMED = "has your request now"
VISITORS_PAGE = "/handoff/yours/"


@dataclass
class Count:
    """Every list must be empty; they hold codes and ids."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    misdirected: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing was lost, doubled or sent to somebody else."""
        return not (self.lost or self.doubled or self.misdirected)


def count(store: Database, book: Book, mails: Iterable[Mail], addresses: dict[str, str]) -> Count:
    """Hold the three against each other. `addresses`: of each professional, by name."""
    result, mails = Count(), list(mails)
    stories = {story.conversation_id: story for story in book.stories.values()}
    with store.read() as session:
        leads = session.execute(select(Lead.id, Lead.ref, Lead.conversation_id, Lead.state, Lead.offer)).all()
        events = session.execute(select(LeadEvent.lead_id, LeadEvent.kind)).all()
        outbox = Counter(session.execute(select(OutboxItem.state)).scalars())
        keys = list(session.execute(select(OutboxItem.idempotency_key)).scalars())
        posts = session.execute(select(Message.conversation_id, Message.text).where(Message.kind == "post")).all()
    by_ref = {lead.ref: lead for lead in leads}
    claims = Counter(event.lead_id for event in events if event.kind == "claimed")

    # Promises and the store.
    result.lost += [f"{ref}: promised, and no such lead" for ref in book.stories if ref not in by_ref]
    result.lost += [
        f"{lead.ref}: stored, and its visitor was never told" for lead in leads if lead.ref not in book.stories
    ]
    rows = Counter(lead.conversation_id for lead in leads)
    result.doubled += [f"{conversation}: {number} leads" for conversation, number in rows.items() if number > 1]
    result.doubled += [key for key, number in Counter(keys).items() if number > 1]

    # The store and the mail server.
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in mails:
        if mail.subject.startswith(OFFER):
            sent[mail.ref][mail.message_id] += 1
    for ref, story in book.stories.items():
        offers = len(story.agreed)
        if len(sent[ref]) > offers:
            result.doubled.append(f"{ref}: {len(sent[ref])} offers were sent, {offers} agreed to")
        if len(sent[ref]) < offers and not story.withdrawn:
            result.lost.append(f"{ref}: {len(sent[ref])} offers were sent, {offers} agreed to")
    result.misdirected += _misdirected(mails, book, addresses, {lead.id: lead.ref for lead in leads})

    # Claims, and what visitors heard of them.
    heard = Counter(post.conversation_id for post in posts if CLAIMED in post.text)
    for lead in leads:
        story = stories.get(lead.conversation_id)
        if story is None:
            continue
        if claims[lead.id] != story.claimed:
            (result.lost if claims[lead.id] < story.claimed else result.doubled).append(
                f"{lead.ref}: claimed {claims[lead.id]} times in the history, {story.claimed} by professionals"
            )
        _heard(result, lead.ref, story, heard[lead.conversation_id])

    result.figures = {
        "visitors told": len(book.stories),
        "leads": len(leads),
        "offers agreed to": sum(len(story.agreed) for story in book.stories.values()),
        "e-mails accepted": len(mails),
        "of them news to visitors": sum(mail.link.startswith(VISITORS_PAGE) for mail in mails),
        "of them repeated (same Message-ID)": len(mails) - len({mail.message_id for mail in mails}),
        "claimed": sum(claims.values()),
        "declined": sum(story.declined for story in book.stories.values()),
        "withdrawn": sum(story.withdrawn for story in book.stories.values()),
        "visitors' messages about a claim": sum(heard.values()),
        **{f"outbox {state}": number for state, number in sorted(outbox.items())},
    }
    return result


def _lead_of(link: str) -> str:
    """The lead's id in a signed link; that the signature is right is for others to test."""
    _valid, payload = URLSafeTimedSerializer("").loads_unsafe(link.removeprefix(VISITORS_PAGE))
    return str(payload[0]) if payload else ""


def _heard(result: Count, ref: str, story: Story, times: int) -> None:
    if times > story.claimed:
        result.doubled.append(f"{ref}: the visitor heard {times} times of {story.claimed} claims")
    if times < story.claimed and not story.withdrawn:
        result.lost.append(f"{ref}: the visitor heard {times} times of {story.claimed} claims")


def _misdirected(mails: Iterable[Mail], book: Book, addresses: dict[str, str], refs: dict[str, str]) -> list[str]:
    wrong = []
    for mail in mails:
        if mail.link.startswith(VISITORS_PAGE):
            ref = refs.get(_lead_of(mail.link), "")
            if ref not in book.stories or mail.to != (book.stories[ref].contact,):
                wrong.append(f"{ref or mail.message_id}: news went to somebody else than the visitor")
            continue
        if not mail.link or mail.link.startswith("/handoff/waiting/"):
            continue  # opens no request
        story = book.stories.get(mail.ref)
        allowed = {addresses[name] for name in story.agreed} if story else set()
        if not mail.to or not set(mail.to) <= allowed:
            wrong.append(f"{mail.ref or mail.message_id}: sent to somebody whom no consent names")
    return wrong
