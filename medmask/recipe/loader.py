"""A recipe's name or file -> Recipe, with file and line in every complaint."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from medmask.errors import RecipeError
from medmask.recipe.model import Recipe
from medmask.recipe.text import Text, parse

_PRESETS = resources.files("medmask.recipe") / "presets"


def preset_names() -> list[str]:
    """Return the names of the recipes that come with medmask, sorted."""
    return sorted(p.name.removesuffix(".yaml") for p in _PRESETS.iterdir() if p.name[0] != "_")


def preset_text(name: str) -> str:
    """Return a preset's YAML with its comments.

    Raises
    ------
    RecipeError
        If there is no preset of that name.
    """
    if name not in preset_names():
        near = _nearest(name, preset_names())
        raise RecipeError(
            f"no recipe {name!r}{near}; presets are {', '.join(preset_names())}, or give a file"
        )
    return (_PRESETS / f"{name}.yaml").read_text(encoding="utf-8")


def load(name_or_file: str) -> Recipe:
    """Load a preset by its name, or a recipe file by its path.

    Parameters
    ----------
    name_or_file : str
        What is an existing file, or looks like a path, is read as one.

    Raises
    ------
    RecipeError
        If there is none, or anything in it is not understood.
    """
    path = Path(name_or_file)
    if not (path.is_file() or path.suffix in {".yaml", ".yml"} or len(path.parts) > 1):
        return loads(preset_text(name_or_file), name_or_file)
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RecipeError(f"{name_or_file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name_or_file}: not text in UTF-8 (byte {error.start})") from error
    return loads(text, path.name)


def loads(text: str, name: str) -> Recipe:
    """Return the recipe that a YAML text says.

    Parameters
    ----------
    text : str
        YAML.
    name : str
        For messages; also the recipe's name where the text gives none.

    Raises
    ------
    RecipeError
        With one line for each thing that is not understood.
    """
    parsed = parse(text, name)
    try:
        return Recipe.model_validate({"name": Path(name).stem, **parsed.data})
    except ValidationError as error:
        details = [detail for detail in error.errors() if not _is_other_branch(detail)]
        complaints = dict.fromkeys(_sentence(parsed, detail) for detail in details)
        raise RecipeError("\n".join(complaints)) from error


def _is_other_branch(detail: ErrorDetails) -> bool:
    """Tell whether a complaint is only that a block is not the word ``auto``."""
    return detail["type"] == "literal_error" and isinstance(detail["input"], dict)


def _sentence(text: Text, detail: ErrorDetails) -> str:
    """Return ``file:line: key: what is wrong``, with the nearest known name for a wrong one."""
    missing = detail["type"] == "missing"
    where = f"{text.name}:{text.line(detail['loc'])}: {_spelled(text, detail['loc'], missing)}"
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown key{_nearest(str(detail['loc'][-1]), _known_keys(detail['loc']))}"
    if detail["type"] == "union_tag_invalid":
        context = detail.get("ctx", {})
        words = [word.strip("' ") for word in str(context["expected_tags"]).split(",")]
        word = str(context["tag"])
        return (
            f"{where}: {word!r} is not known{_nearest(word, words)}; known are {', '.join(words)}"
        )
    return f"{where}: {detail['msg'].removeprefix('Value error, ')}"


def _spelled(text: Text, path: Sequence[str | int], missing: bool) -> str:
    """Return a path as a reader of the text would write it: ``masks.bone[1].radius_mm``.

    Words that tell models apart stand in the path, too, but not in the text: they are left out.
    """
    node: Any = text.data
    spelled = ""
    for place, key in enumerate(path):
        if isinstance(node, list) and isinstance(key, int):
            spelled += f"[{key}]"
            node = node[key] if key < len(node) else None
        elif isinstance(node, dict) and (key in node or (missing and place == len(path) - 1)):
            spelled += f".{key}" if spelled else str(key)
            node = node.get(str(key))
    return spelled or "recipe"


def _known_keys(path: Sequence[str | int]) -> list[str]:
    """Return the keys that are known beside the one at the end of a path."""
    schema = Recipe.model_json_schema(mode="validation")
    node: dict[str, Any] = schema
    keys = list(node.get("properties", {}))
    for key in path[:-1]:
        node = _step_into(schema, node, key)
        keys = list(node.get("properties", keys))
    return keys


def _step_into(schema: dict[str, Any], node: dict[str, Any], key: str | int) -> dict[str, Any]:
    """Follow one part of an error's path through the JSON schema."""
    inner = node.get("items", node) if isinstance(key, int) else node
    inner = inner.get("properties", {}).get(key, inner)
    choices = [inner, *inner.get("anyOf", []), *inner.get("oneOf", [])]
    choices += [deeper for choice in choices for deeper in choice.get("oneOf", [])]
    for choice in choices:
        mapping = choice.get("discriminator", {}).get("mapping", {})
        reference = mapping.get(key) or choice.get("$ref")
        if reference:
            found: dict[str, Any] = schema["$defs"][reference.rsplit("/", 1)[-1]]
            return found
    return dict(inner)


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return (
        f" (nearest known: {near[0]})" if near else f" (known: {', '.join(known)})" if known else ""
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a recipe, for editors that check while one types."""
    found: type[BaseModel] = Recipe
    return found.model_json_schema()
