"""A colleague steps in: nothing before the visitor's yes, all of it after; a no is respected."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from bot.handoff import Consent, Lead, OutboxItem, correct, open_lead, status_for, withdraw
from bot.handoff.handover import ANSWER_WAIT, Answer, question_for, volunteer
from bot.handoff.handover_answer import answer_question
from bot.handoff.links import Link, LinkError, read, read_waiting, sign, sign_waiting
from bot.handoff.models import HandoverRequest
from bot.handoff.professional import NotYoursError, claim, decline, lead_of
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.store import Database
from tests.handoff.climbing import after, events, mails, offers, posted, says, step, steps, the_lead, told, waiting_link
from tests.handoff.conftest import MONDAY, consent_of, draft, opened


@pytest.fixture
def waits(store: Database) -> Database:
    """A store with one request that waits for Dana, of which Luis was told."""
    opened(store, best_time=None)
    step(store, after(5))
    return store


def questions(database: Database) -> list[HandoverRequest]:
    with database.read() as session:
        return list(session.execute(select(HandoverRequest).order_by(HandoverRequest.asked_at)).scalars())


def dana(database: Database) -> Link:
    with database.read() as session:
        lead = session.execute(select(Lead)).scalar_one()
        return Link(lead.id, "dana", 1)


def test_with_one_yes_it_is_the_colleagues_on_a_new_consent_in_exact_words(waits: Database, program: Profile) -> None:
    assert offers(waits, program, "luis", after(6)) is Answer.ASKED
    (question,) = told(waits)
    assert question.startswith("Dana (example) has not answered yet. Luis (example), intake counselor, can take your")
    assert "through this assistant, gives Luis (example), intake counselor, and nobody else" in question
    assert "0188" not in question
    posted(waits, after(6))
    answer = says(waits, True, after(7))
    assert answer is not None
    assert (
        answer.web == "Thank you. Luis (example) has your request now. Luis (example) should get in touch by 12:22 pm."
    )
    lead = the_lead(waits)
    assert (lead.state, lead.professional_id, lead.claimed_at) == ("claimed", "luis", after(7))
    assert lead.next_rung_at == lead.contact_due_at == after(22)
    with waits.read() as session:
        rows = session.execute(select(Consent).order_by(Consent.given_at, Consent.kind.desc())).scalars().all()
    old, new = rows[:2], rows[2:]
    assert [row.recipient_id for row in old] == ["dana", "dana"]
    assert {row.withdrawn_at for row in old} == {after(7)}
    assert [(row.kind, row.recipient_id, row.withdrawn_at) for row in new] == [
        ("sharing", "luis", None),
        ("contact", "luis", None),
    ]
    assert new[0].text in question
    assert new[1].text in question
    assert new[0].shared == old[0].shared
    assert [kind for kind, _ in events(waits)][-6:] == [
        "volunteered",
        "asked",
        "consent_replaced",
        "consent_replaced",
        "offered",
        "claimed",
    ]
    assert mails(waits)[-1] == ("agreed", "luis")
    assert ("offer", "luis") not in mails(waits)
    assert questions(waits)[0].given is None


def test_the_colleague_sees_nothing_before_the_yes_nor_the_owner_after_it(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    lead_id = the_lead(waits).id
    for number in (0, 1, 2):
        with pytest.raises(NotYoursError), waits.read() as session:
            lead_of(session, Link(lead_id, "luis", number))
    says(waits, True, after(7))
    with waits.read() as session:
        assert lead_of(session, Link(lead_id, "luis", 2))[0].contact == "+15035550188"
    with pytest.raises(NotYoursError), waits.write() as session:
        claim(session, dana(waits), after(8))


def test_a_link_for_one_page_never_opens_the_other(waits: Database, program: Profile) -> None:
    link = waiting_link(waits, program, "luis")
    with pytest.raises(LinkError):
        read(sign_waiting(link))
    with pytest.raises(LinkError):
        read_waiting(sign(link))


def test_only_who_was_told_can_step_in(waits: Database, program: Profile) -> None:
    assert offers(waits, program, "robin", after(6)) is Answer.NOT_NEEDED
    assert questions(waits) == []


def test_a_yes_before_the_question_was_brought_means_nothing(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    assert says(waits, True, after(6)) is None
    assert the_lead(waits).professional_id == "dana"


def test_the_same_yes_again_is_answered_alike_and_changes_nothing(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    first, history = says(waits, True, after(7)), events(waits)
    assert says(waits, True, after(7)) == first
    assert events(waits) == history
    assert says(waits, True, after(8), "another message") is None


def test_a_no_gives_nobody_anything_and_the_next_one_is_told_at_once(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    answer = says(waits, False, after(7))
    assert answer is not None
    assert "Luis (example) got nothing about you. Your request still waits for Dana (example)." in answer.web
    assert mails(waits)[-1] == ("settled", "luis")
    assert step(waits, after(7)) == 1
    assert events(waits, "escalated")[-1] == ("escalated", "backup robin")
    assert offers(waits, program, "luis", after(8)) is Answer.NOT_NEEDED
    assert the_lead(waits).professional_id == "dana"
    with waits.write() as session:
        assert claim(session, dana(waits), after(9))


def test_after_two_noes_the_visitor_is_not_asked_again_and_staff_are_told(waits: Database, program: Profile) -> None:
    for person, minutes in (("luis", 6), ("robin", 12)):
        assert offers(waits, program, person, after(minutes)) is Answer.ASKED
        posted(waits, after(minutes))
        says(waits, False, after(minutes + 1), f"no to {person}")
        step(waits, after(minutes + 1))
    said = len(told(waits))
    assert events(waits, "ladder_ended") == [("ladder_ended", None)]
    assert mails(waits)[-1] == ("unanswered", "robin")
    assert len(told(waits)) == said == 2
    assert the_lead(waits).next_rung_at is None


def test_when_the_owner_claims_meanwhile_the_question_is_void(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    with waits.write() as session:
        claim(session, dana(waits), after(7))
    assert mails(waits)[-1] == ("settled", "luis")
    assert says(waits, True, after(8)) is None
    assert the_lead(waits).professional_id == "dana"
    assert offers(waits, program, "luis", after(9)) is Answer.NOT_NEEDED


def test_a_withdrawal_closes_the_question_and_forgets_its_words(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    with waits.write() as session:
        withdraw(session, "c1", after(7))
    (question,) = questions(waits)
    assert (question.state, question.given) == ("void", None)
    assert says(waits, True, after(8)) is None
    with waits.read() as session:
        assert question_for(session, "c1") is None


def test_after_a_decline_a_colleague_can_step_in_too(store: Database, program: Profile) -> None:
    opened(store)
    with store.write() as session:
        decline(session, dana(store), "full", after(1))
    step(store, after(1))
    assert offers(store, program, "luis", after(2)) is Answer.ASKED
    assert told(store)[-1].startswith("Dana (example) cannot take your request. Luis (example)")
    posted(store, after(2))
    assert says(store, True, after(3)) is not None
    assert (the_lead(store).state, the_lead(store).professional_id) == ("claimed", "luis")


def test_details_that_changed_meanwhile_are_asked_about_anew(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    with waits.write() as session:
        correct(session, "c1", {"zip": None}, after(7))
    anew = says(waits, True, after(8))
    assert anew is not None
    assert "Say yes or no" in anew.web
    assert "ZIP" not in anew.web
    assert the_lead(waits).professional_id == "dana"
    assert says(waits, True, after(9), "m2") is not None
    assert the_lead(waits).professional_id == "luis"


def test_who_said_no_calls_is_not_asked_for_calls_by_somebody_else(store: Database, program: Profile) -> None:
    given = draft(best_time=None)
    consent = replace(consent_of(store, given), contact_text="", contact_version="")
    with store.write() as session:
        open_lead(session, "c1", given, consent, MONDAY)
    step(store, after(5))
    offers(store, program, "luis", after(6))
    assert "may also call you" not in told(store)[-1]
    posted(store, after(6))
    says(store, True, after(7))
    with store.read() as session:
        kinds = session.execute(select(Consent.kind).where(Consent.withdrawn_at.is_(None))).scalars().all()
    assert kinds == ["sharing"]


def test_a_choice_of_ones_own_closes_the_question(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    with waits.write() as session:
        decline(session, dana(waits), "full", after(7))
    given = draft(best_time=None)
    consent = consent_of(waits, given, now=after(8))
    with waits.write() as session:
        again = open_lead(session, "c1", given, consent, after(8))
    assert again.professional.id != "dana"
    assert [question.state for question in questions(waits)] == ["void"]


def test_while_the_visitor_is_asked_the_ladder_waits_and_then_goes_on(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    wait = ANSWER_WAIT.total_seconds() / 60
    assert steps(waits, after(6 + wait - 1)) == []
    assert steps(waits, after(6 + wait)) == [after(6 + wait)]
    assert events(waits, "escalated")[-1] == ("escalated", "backup robin")
    posted(waits, after(7))
    assert says(waits, True, after(600)) is not None  # the question stays open all the same
    assert the_lead(waits).professional_id == "luis"


def test_at_the_ladders_end_an_open_question_is_not_hidden(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    steps(waits, after(200))
    assert told(waits)[-1].startswith("Luis (example) can still take your request, if you say yes.")


def test_a_second_colleague_waits_for_the_first_and_may_then_take_the_place(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    assert offers(waits, program, "luis", after(7)) is Answer.ASKED
    steps(waits, after(36))
    with waits.write() as session:
        session.execute(select(HandoverRequest)).scalar_one().asked_at = after(20)
    assert offers(waits, program, "robin", after(40)) is Answer.SOMEBODY_ELSE
    assert offers(waits, program, "robin", after(60)) is Answer.ASKED
    assert [question.state for question in questions(waits)] == ["void", "asked"]
    assert ("settled", "luis") in mails(waits)


def test_of_two_who_step_in_at_the_same_instant_one_is_asked_about(any_store: Database, program: Profile) -> None:
    opened(any_store)
    steps(any_store, after(10))
    links = [waiting_link(any_store, program, name) for name in ("luis", "robin")]
    barrier = Barrier(2)

    def one(link: Link) -> Answer:
        barrier.wait()
        with any_store.write() as session:
            return volunteer(session, link, after(11))

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(one, links))
    assert answers == [Answer.ASKED, Answer.SOMEBODY_ELSE]
    assert len(questions(any_store)) == len(told(any_store)) == 1


def test_of_a_yes_and_the_owners_claim_at_the_same_instant_one_wins(any_store: Database, program: Profile) -> None:
    opened(any_store)
    step(any_store, after(5))
    offers(any_store, program, "luis", after(6))
    posted(any_store, after(6))
    barrier, own = Barrier(2), dana(any_store)

    def owner() -> bool:
        barrier.wait()
        try:
            with any_store.write() as session:
                return claim(session, own, after(7))
        except (NotYoursError, StaleDataError):
            return False

    def visitor() -> bool:
        barrier.wait()
        with any_store.write() as session:
            return answer_question(session, "c1", True, "m1", after(7)) is not None

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(owner), pool.submit(visitor)]
        assert sorted(future.result() for future in results) == [False, True]
    with any_store.read() as session:
        live = session.execute(select(Consent.recipient_id).where(Consent.withdrawn_at.is_(None))).scalars().all()
    assert set(live) == {the_lead(any_store).professional_id}


def test_somebody_who_left_meanwhile_gets_nothing(waits: Database, program: Profile) -> None:
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    left = [person.model_copy(update={"backups": []}) for person in program.professionals if person.id != "luis"]
    with waits.write() as session:
        import_profile(session, program.model_copy(update={"professionals": left}))
    answer = says(waits, True, after(7))
    assert answer is not None
    assert "is not here any more. I passed nothing on." in answer.web
    assert the_lead(waits).professional_id == "dana"


def test_by_text_the_question_waits_for_the_day(store: Database, program: Profile) -> None:
    opened(store, channel="sms")
    step(store, after(5))
    evening = MONDAY + timedelta(hours=9)
    offers(store, program, "luis", evening)
    with store.read() as session:
        item = session.execute(select(OutboxItem).where(OutboxItem.kind == "visitor_message")).scalar_one()
    assert item.due_at == MONDAY + timedelta(hours=21)
    assert all(len(text) <= 320 for text in item.payload["sms"])
    assert item.payload["sms"][-1].endswith("Say yes or no.")


def test_where_it_stands_is_told_from_the_record(waits: Database, program: Profile) -> None:
    def status(minutes: float) -> str:
        with waits.read() as session:
            return status_for(session, "c1", after(minutes)).web

    assert "Dana (example) should get in touch by 12:15 pm." in status(6)
    offers(waits, program, "luis", after(6))
    posted(waits, after(6))
    says(waits, True, after(7))
    assert "Luis (example) has your request since today at 12:07 pm." in status(8)
