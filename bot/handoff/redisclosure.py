"""The notice that goes with every disclosure made on a consent (42 CFR 2.32), in its own words and in plain ones."""

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
ADVICE = (
    "Use these details only to answer this request. Do not pass them on without the person's written consent, and do "
    "not confirm to anybody that this person wrote to us."
)
