"""What is safe for a visitor at the number that they gave: a call, a voicemail, a text.

Each may be unknown, and unknown is read with care: whoever asked for a call may be called, but nothing is left or
written where somebody else could hear or read it.
"""

from dataclasses import dataclass

from bot.handoff.phrases import ENGLISH, listed, text_of

WAYS = ("call", "voicemail", "text")


@dataclass(frozen=True)
class Safe:
    """True: the visitor said that it is safe; False: that it is not; None: not said."""

    call: bool | None = None
    voicemail: bool | None = None
    text: bool | None = None

    @property
    def said(self) -> bool:
        """Whether the visitor said anything of it."""
        return (self.call, self.voicemail, self.text) != (None, None, None)

    @property
    def may_call(self) -> bool:
        """Whether somebody may call."""
        return self.call is not False

    @property
    def may_leave_voicemail(self) -> bool:
        """Whether a message may be left."""
        return self.may_call and self.voicemail is True

    @property
    def may_text(self) -> bool:
        """Whether a text may be sent that the visitor has not just asked for."""
        return self.text is True

    @property
    def allowed(self) -> dict[str, bool]:
        """Each way, and whether it may be used."""
        return {"call": self.may_call, "voicemail": self.may_leave_voicemail, "text": self.may_text}

    def code(self) -> str:
        """What was said as one word a way, for a dialogue's slot: "call no_voicemail"."""
        said = {name: getattr(self, name) for name in WAYS}
        return " ".join(name if value else f"no_{name}" for name, value in said.items() if value is not None)

    @classmethod
    def from_code(cls, code: str) -> "Safe":
        """What `code` wrote; words that it does not know say nothing."""
        known = dict.fromkeys(WAYS, True) | {f"no_{name}": False for name in WAYS}
        words = [word for word in code.split() if word in known]
        return cls(**{word.removeprefix("no_"): known[word] for word in words})


def safe_words(safe: Safe, locale: str = ENGLISH) -> str:
    """What may be done and what may not, for visitor and professional alike: "calls; no voicemail, no texts"."""
    words = {way: text_of(f"safe.{way}", locale) for way in WAYS}
    may = [words[way][0] for way, allowed in safe.allowed.items() if allowed]
    may_not = [words[way][1] for way, allowed in safe.allowed.items() if not allowed]
    return "; ".join(part for part in (listed(may).into(locale), ", ".join(may_not)) if part)
