"""In whose name the front speaks: the provider of the program in the store, read again every few seconds."""

import time
from collections.abc import Callable

import phonenumbers

from bot.channels.host import Host, NotReady
from bot.program.profile import Profile
from bot.program.transfer import NoProgramError, current_program
from bot.store import Database

FRESH_SECONDS = 10.0


class ProgramReader:
    """The current profile, kept for a few seconds: every first message and every outage asks for it."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._kept: tuple[float, Profile] | None = None

    def profile(self) -> Profile:
        """The profile in force. Raises NotReady when none has been imported."""
        if self._kept is None or self._clock() - self._kept[0] > FRESH_SECONDS:
            try:
                with self._database.read() as session:
                    self._kept = (self._clock(), current_program(session))
            except NoProgramError as error:
                raise NotReady(str(error)) from error
        return self._kept[1]

    def host(self) -> Host:
        """The provider's name and phone number. Raises NotReady."""
        provider = self.profile().provider
        return Host(provider.name, spoken(provider.phone))


def spoken(phone: str) -> str:
    """An E.164 number as people in the country of the program write it: (503) 555-0140."""
    number = phonenumbers.parse(phone)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if number.country_code == 1 else form.INTERNATIONAL)
