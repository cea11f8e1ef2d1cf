"""Every value that the understanding can find has a name that a visitor can read."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.program.vocabulary import FORMAT_NAMES, INSURERS, LEVEL_NAMES, MEDICATIONS, PLAN_TYPE_NAMES, SUBSTANCES

FILES = Path(__file__).parents[2] / "bot" / "nlu" / "entities"


@pytest.mark.parametrize(
    ("file", "entity", "names"),
    [
        ("payment.yml", "insurer", INSURERS),
        ("payment.yml", "plan_type", PLAN_TYPE_NAMES),
        ("care.yml", "substance", SUBSTANCES),
        ("care.yml", "medication", MEDICATIONS),
        ("care.yml", "level_of_care", LEVEL_NAMES),
        ("care.yml", "format", FORMAT_NAMES),
    ],
)
def test_values_have_names(file: str, entity: str, names: dict[str, str]) -> None:
    values = YAML(typ="safe").load((FILES / file).read_text())[entity]
    assert values
    assert set(values) <= set(names)
