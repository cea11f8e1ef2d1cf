"""The life of a lead: its states and the moves between them that are allowed."""

from enum import StrEnum


class State(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    """Stored; nobody holds or is asked for it (also after somebody said "I cannot")."""
    OFFERED = "offered"
    """Sent to the professional whom the consent names."""
    CLAIMED = "claimed"
    """That professional said "I have it"."""
    CONTACTED = "contacted"
    SCHEDULED = "scheduled"
    UNREACHABLE = "unreachable"
    """The professional tried and could not reach the visitor."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class IllegalMoveError(ValueError):
    """A move that a lead's state does not allow."""

    def __init__(self, state: str, to: str) -> None:
        super().__init__(f"a lead that is {state} cannot become {to}")
        self.state = state
        self.to = to


_FINAL = {State.CLOSED, State.WITHDRAWN}
_WITH_SOMEBODY = {State.CLAIMED, State.CONTACTED, State.SCHEDULED, State.UNREACHABLE}

MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.OFFERED, *_FINAL}),
    # offered -> offered: another professional, on a new consent. offered -> new: "I cannot".
    State.OFFERED: frozenset({State.NEW, State.OFFERED, State.CLAIMED, *_FINAL}),
    State.CLAIMED: frozenset({State.NEW, State.OFFERED, *_WITH_SOMEBODY - {State.CLAIMED}, *_FINAL}),
    State.CONTACTED: frozenset({State.NEW, State.OFFERED, *_WITH_SOMEBODY - {State.CLAIMED}, *_FINAL}),
    State.SCHEDULED: frozenset({State.NEW, State.OFFERED, *_WITH_SOMEBODY - {State.CLAIMED}, *_FINAL}),
    State.UNREACHABLE: frozenset({State.NEW, State.OFFERED, *_WITH_SOMEBODY - {State.CLAIMED}, *_FINAL}),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OPEN: frozenset[State] = frozenset(state for state, moves in MOVES.items() if moves)
"""States of a lead that still counts: the conversation has no second one beside it."""
HELD: frozenset[State] = frozenset(_WITH_SOMEBODY)
"""States in which a professional has taken the lead and sees the contact details."""


def checked_move(state: str, to: State) -> State:
    """`to`, when a lead in `state` may become that. Raises IllegalMoveError otherwise."""
    if to not in MOVES[State(state)]:
        raise IllegalMoveError(state, to)
    return to
