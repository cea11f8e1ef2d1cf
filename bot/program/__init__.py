"""The provider's program: its profile from YAML to tables and back, opening hours, disclosure and composed answers."""

import bot.program.directory.models  # noqa: F401  (its tables belong to this package's)
from bot.program.answers import Answer, answer
from bot.program.answers.base import phone_text
from bot.program.disclosure import disclosure
from bot.program.hours import is_open, local_time, next_opening, office_hours_text
from bot.program.load import ProfileError, dump_profile, load_profile, parse_profile
from bot.program.profile import Professional, Profile
from bot.program.transfer import (
    NoProgramError,
    current_program,
    export_profile,
    export_text,
    has_program,
    import_file,
    import_profile,
)
from bot.program.wishes import Wishes

__all__ = [
    "Answer",
    "NoProgramError",
    "Professional",
    "Profile",
    "ProfileError",
    "Wishes",
    "answer",
    "current_program",
    "disclosure",
    "dump_profile",
    "export_profile",
    "export_text",
    "has_program",
    "import_file",
    "import_profile",
    "is_open",
    "load_profile",
    "local_time",
    "next_opening",
    "office_hours_text",
    "parse_profile",
    "phone_text",
]
