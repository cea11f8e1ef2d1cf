"""The link that a professional gets: signed, expiring, for one lead, one person and one offer of it."""

from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.store import Keys, load_keys

LIFE_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True)
class Link:
    """What a link stands for."""

    lead_id: str
    professional_id: str
    offer: int


class LinkError(ValueError):
    """The link cannot be used; `expired` tells an old one from a wrong one."""

    def __init__(self, expired: bool) -> None:
        super().__init__("the link has expired" if expired else "the link is not valid")
        self.expired = expired


def _signer(keys: Keys | None) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer((keys or load_keys()).token("handoff"), salt="handoff-link")


def sign(link: Link, keys: Keys | None = None) -> str:
    """The token for a link; holds ids only."""
    return str(_signer(keys).dumps([link.lead_id, link.professional_id, link.offer]))


def read(token: str, keys: Keys | None = None) -> Link:
    """The link of a token. Raises LinkError when it is not ours or older than LIFE_SECONDS."""
    try:
        lead_id, professional_id, offer = _signer(keys).loads(token, max_age=LIFE_SECONDS)
    except SignatureExpired:
        raise LinkError(expired=True) from None
    except (BadSignature, ValueError, TypeError):
        raise LinkError(expired=False) from None
    return Link(str(lead_id), str(professional_id), int(offer))
