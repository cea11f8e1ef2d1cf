"""The link that a professional gets: signed, expiring, for one lead, one person and one offer of it."""

from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.store import Keys, load_keys

LIFE_SECONDS = 14 * 24 * 3600
OWN, WAITING = "handoff-link", "handoff-waiting"
"""The request's own page, and the page on which a colleague can step in: a link for one never opens the other."""


@dataclass(frozen=True)
class Link:
    """What a link stands for."""

    lead_id: str
    professional_id: str
    offer: int
    """Which offer of the request, or for the link of a colleague who may step in, which climb of the ladder."""


class LinkError(ValueError):
    """The link cannot be used; `expired` tells an old one from a wrong one."""

    def __init__(self, expired: bool) -> None:
        super().__init__("the link has expired" if expired else "the link is not valid")
        self.expired = expired


def _signer(keys: Keys | None, salt: str = OWN) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer((keys or load_keys()).token("handoff"), salt=salt)


def sign(link: Link, keys: Keys | None = None) -> str:
    """The token for a link; holds ids only."""
    return _sign(link, _signer(keys))


def read(token: str, keys: Keys | None = None) -> Link:
    """The link of a token. Raises LinkError when it is not ours or older than LIFE_SECONDS."""
    return _read(token, _signer(keys))


def sign_waiting(link: Link) -> str:
    """The token for a colleague who may step in."""
    return _sign(link, _signer(None, WAITING))


def read_waiting(token: str) -> Link:
    """The link of such a token. Raises LinkError as `read` does."""
    return _read(token, _signer(None, WAITING))


def _sign(link: Link, signer: URLSafeTimedSerializer) -> str:
    return str(signer.dumps([link.lead_id, link.professional_id, link.offer]))


def _read(token: str, signer: URLSafeTimedSerializer) -> Link:
    try:
        lead_id, professional_id, offer = signer.loads(token, max_age=LIFE_SECONDS)
    except SignatureExpired:
        raise LinkError(expired=True) from None
    except (BadSignature, ValueError, TypeError):
        raise LinkError(expired=False) from None
    return Link(str(lead_id), str(professional_id), int(offer))
