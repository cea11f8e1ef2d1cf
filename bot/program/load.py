"""A profile from YAML and back. Errors name the line, the path in the file, what is wrong and what to write."""

import types
import typing
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from bot.program.problems import CrossReferenceError, suggestion
from bot.program.profile import Profile

Step = str | int
PLAIN = {
    "string_type": "this must be text; write it in quotes",
    "int_type": "this must be a whole number, without quotes",
    "int_from_float": "this must be a whole number",
    "list_type": "this must be a list; write each item on its own line behind a dash",
    "dict_type": "this must be a group of keys, each on its own line",
    "model_type": "this must be a group of keys, each on its own line",
    "model_attributes_type": "this must be a group of keys, each on its own line",
    "date_type": "this must be a date without quotes, like 2026-11-01",
    "missing": "this is missing; add it",
    "too_short": "the list is empty; write at least one item",
}


class ProfileError(ValueError):
    """A profile cannot be used; `problems` holds one finished sentence for each fault."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source = source
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{source}: {count}", *(f"  {problem}" for problem in problems)]))


def load_profile(path: Path | str) -> Profile:
    """The profile in this file. Raises ProfileError when it cannot be read or is wrong."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ProfileError(str(path), [f"the file cannot be read: {reason}"]) from None
    return parse_profile(text, str(path))


def parse_profile(text: str, source: str = "profile") -> Profile:
    """The profile that this YAML text holds. Raises ProfileError; `source` names the text in it."""
    try:
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
        data = YAML(typ="safe", pure=True).load(StringIO(text))
    except MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise ProfileError(source, [f"{where}this is not YAML: {error.problem or error.context}"]) from None
    except (YAMLError, ValueError, TypeError) as error:
        first_line = str(error).partition("\n")[0]
        raise ProfileError(source, [f"this is not YAML: {first_line}"]) from None
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        raise ProfileError(source, list(_problems(error, node, data))) from None


def dump_profile(profile: Profile) -> str:
    """The profile as YAML, in the order of the model; what is not set is left out."""
    yaml = YAML()
    yaml.width = 120  # type: ignore[assignment]
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    data = profile.model_dump(mode="json", exclude_none=True)
    yaml.dump(_with_dates(data, profile.model_dump(mode="python", exclude_none=True)), out)
    return out.getvalue()


def _with_dates(plain: Any, python: Any) -> Any:
    """The JSON form, with dates put back: YAML has them, JSON does not."""
    if isinstance(plain, dict):
        return {key: _with_dates(value, python[key]) for key, value in plain.items() if value not in ([], {})}
    if isinstance(plain, list):
        return [_with_dates(value, other) for value, other in zip(plain, python, strict=True)]
    return python if isinstance(python, date) else plain


def _problems(error: ValidationError, node: Node | None, data: Any) -> Iterator[str]:
    for item in error.errors():
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, CrossReferenceError):
            for path, message in cause.problems:
                yield _sentence(node, _steps(path), message)
        else:
            # A dictionary's key carries the mark "[key]" after it, which is no step of the file.
            steps = [step for step in item["loc"] if step != "[key]"]
            yield _sentence(node, steps, _message(item, steps, data))


def _sentence(node: Node | None, steps: list[Step], message: str) -> str:
    return f"line {_line(node, steps)}, {_path(steps)}: {message}" if steps else message


def _message(item: Any, steps: list[Step], data: Any) -> str:
    kind, value = item["type"], item.get("input")
    if kind == "extra_forbidden":
        model = _model_at(Profile, steps[:-1])
        known = set(model.model_fields) if model else set()
        present = _value_at(data, steps[:-1])
        unused = known - set(present if isinstance(present, dict) else ())
        return f"there is no such key{suggestion(str(steps[-1]), unused)}"
    if kind == "literal_error":
        options = [option.strip(" '") for option in item["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f'"{value}" cannot stand here{suggestion(str(value), options)}'
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "string_type":
        return f'{PLAIN[kind]}, like "{value}"' if isinstance(value, int | float) else PLAIN[kind]
    return PLAIN.get(kind, f"{item['msg'][:1].lower()}{item['msg'][1:]} (it is {value!r})")


def _path(steps: list[Step]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _steps(path: str) -> list[Step]:
    parts = path.replace("[", ".[").split(".")
    return [int(part[1:-1]) if part.startswith("[") else part for part in parts]


def _line(node: Node | None, steps: list[Step]) -> int:
    """The line where the path, or the nearest part of it that is there, begins."""
    line: int = 1
    for step in steps:
        if isinstance(node, MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            line = found[0].start_mark.line + 1
            node = found[1]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _value_at(data: Any, steps: list[Step]) -> Any:
    for step in steps:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _model_at(model: type[BaseModel], steps: list[Step]) -> type[BaseModel] | None:
    """The model whose keys stand at this path of the profile."""
    for step in steps:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)
