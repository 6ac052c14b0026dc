"""What a recipe may say, by its JSON schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from medmask.recipe.model import Recipe


def known_paths() -> tuple[str, ...]:
    """Return the dotted paths of everything that a recipe may say, apart from items of lists."""
    schema = Recipe.model_json_schema(mode="validation")
    return tuple(dict.fromkeys(_paths_below(schema, schema, "")))


def known_keys(path: Sequence[str | int]) -> list[str]:
    """Return the keys that are known beside the one at the end of an error's path.

    Parameters
    ----------
    path : sequence of str and int
        As pydantic gives it: with the words that tell models apart, and other words of its own.
    """
    schema = Recipe.model_json_schema(mode="validation")
    node: dict[str, Any] = schema
    for key in path[:-1]:
        node = _step_into(schema, node, key)
    found = (choice.get("properties", {}) for choice in _choices(schema, node))
    return list(dict.fromkeys(name for properties in found for name in properties))


def _step_into(schema: dict[str, Any], node: dict[str, Any], key: str | int) -> dict[str, Any]:
    """Follow one part of an error's path; a word of pydantic's own leads nowhere."""
    for choice in _choices(schema, node):
        if isinstance(key, int) and "items" in choice:
            return dict(choice["items"])
        if key in choice.get("properties", {}):
            return dict(choice["properties"][key])
        reference = choice.get("discriminator", {}).get("mapping", {}).get(key)
        if reference:
            return {"$ref": reference}
    return node


def _paths_below(schema: dict[str, Any], node: dict[str, Any], prefix: str) -> Iterator[str]:
    """Yield the paths below one part of the schema."""
    for choice in _choices(schema, node):
        for name, inner in choice.get("properties", {}).items():
            yield f"{prefix}{name}"
            yield from _paths_below(schema, inner, f"{prefix}{name}.")


def _choices(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a part of the schema may be, with references followed."""
    if "$ref" in node:
        yield from _choices(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
        return
    yield node
    for inner in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _choices(schema, inner)
