"""Every move of a lead: allowed ones pass, all others are refused."""

import pytest
from sqlalchemy import func, select

from bot.handoff import Lead, LeadEvent
from bot.handoff.history import move
from bot.handoff.states import HELD, MOVES, OPEN, IllegalMoveError, State, checked_move
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_only_the_listed_moves_are_allowed(state: State, to: State) -> None:
    if to in MOVES[state]:
        assert checked_move(state, to) is to
    else:
        with pytest.raises(IllegalMoveError):
            checked_move(state, to)


def test_nothing_leaves_a_final_state_and_everything_open_can_be_withdrawn() -> None:
    assert set(State) - OPEN == {State.CLOSED, State.WITHDRAWN}
    assert all(State.WITHDRAWN in MOVES[state] for state in OPEN)
    assert all(State.CLAIMED not in MOVES[state] for state in HELD)


@pytest.mark.parametrize("state", State)
def test_a_stored_lead_moves_and_remembers_or_stays_as_it_was(store: Database, state: State) -> None:
    """Every pair of states, in the store: a legal move leaves one event, an illegal one leaves nothing."""
    lead_id = opened(store).lead_id

    def events() -> int:
        with store.read() as session:
            return int(session.execute(select(func.count()).select_from(LeadEvent)).scalar_one())

    for to in State:
        with store.write() as session:
            lead = session.get(Lead, lead_id)
            lead.state, lead.open_key = state.value, "c1" if state in OPEN else None
        before = events()
        if to in MOVES[state]:
            with store.write() as session:
                move(session, session.get(Lead, lead_id), to, "staff:kim", MONDAY, "why")
        else:
            with pytest.raises(IllegalMoveError), store.write() as session:
                move(session, session.get(Lead, lead_id), to, "staff:kim", MONDAY, "why")
        with store.read() as session:
            lead = session.get(Lead, lead_id)
            last = session.execute(select(LeadEvent).order_by(LeadEvent.id.desc()).limit(1)).scalar_one()
        legal = to in MOVES[state]
        assert lead.state == (to if legal else state)
        assert events() - before == int(legal)
        if legal:
            assert (last.actor, last.kind, last.note, last.at) == ("staff:kim", to.value, "why", MONDAY)
            assert (lead.open_key is None) is (to not in OPEN)
