"""Every move of a lead: allowed ones pass, all others are refused."""

import pytest

from bot.handoff.states import HELD, MOVES, OPEN, IllegalMoveError, State, checked_move


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
