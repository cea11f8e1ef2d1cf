"""The topics from which staff choose when they correct one: the domain's intents, read without Rasa."""

from functools import lru_cache
from pathlib import Path

import yaml

DOMAIN = Path(__file__).parents[2] / "domain.yml"
NO_TOPIC = frozenset({"nlu_fallback"})
"""An intent that nobody means: the assistant's own word for doubt."""


@lru_cache(maxsize=1)
def topics() -> tuple[str, ...]:
    """Names of all topics, sorted; none when there is no domain."""
    try:
        data = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))
        intents = data["intents"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return ()
    names = {item if isinstance(item, str) else next(iter(item)) for item in intents}
    return tuple(sorted(names - NO_TOPIC))
