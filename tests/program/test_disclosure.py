"""Who runs the assistant and who pays: everything that must be said before contact details (facts D15)."""

import textstat
from sqlalchemy.orm import Session

from bot.program import disclosure


def test_it_says_who_runs_it_who_pays_and_that_there_is_a_choice(session: Session) -> None:
    text = disclosure(session)
    for part in (
        "automated assistant",
        "Example Harbor Recovery runs me",
        "made-up company",
        "pays for this assistant",
        "cost you nothing",
        "only if you agree",
        "FindTreatment.gov",
        "privacy@harbor.example.org",
    ):
        assert part in text
    assert textstat.flesch_kincaid_grade(text) <= 8
