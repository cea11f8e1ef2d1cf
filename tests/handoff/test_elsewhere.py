"""Outside the area: the federal listing's nearest programs, when there is one."""

from bot.handoff import propose
from bot.program.directory import import_directory
from bot.sms_text import LIMIT
from bot.store import Database
from tests.handoff.conftest import MONDAY, draft
from tests.program.directory.test_directory import DAY, FILE


def test_the_nearest_programs_are_named_with_their_own_numbers(store: Database) -> None:
    with store.write() as session:
        import_directory(session, FILE, DAY, MONDAY)
    with store.read() as session:
        said = propose(session, "c1", draft(zip="22903"), MONDAY).say
    assert "federal listing FindTreatment.gov of November 1, 2026" in said.web
    assert said.web.count("434-") == 3
    assert "I have not shared anything" in said.web
    assert all(len(text) <= LIMIT for text in said.sms)
    assert "434-" in said.sms_text
