"""A recipe with some values changed: ``thresholds.bone.native: 300`` in place of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from medmask.errors import RecipeError
from medmask.recipe.complaint import Complaint, complaints
from medmask.recipe.model import Recipe

_LONGEST_NAME: Final = 80  # of a recipe
_WORDS: Final = frozenset({"strategy", "kind"})  # they say what the rest of their block means
_BESIDE_ANY: Final = frozenset({"fallback", "hysteresis", "local"})  # strategy
_EITHER: Final = {"level": "native", "low_level": "low_native"}
_EITHER_WAY: Final = _EITHER | {two: one for one, two in _EITHER.items()}
_THRESHOLD_PLACES: Final = frozenset({"thresholds.soft_tissue", "thresholds.bone"})


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return a recipe in which some values are others.

    Parameters
    ----------
    recipe : Recipe
    changes : mapping of str to object
        Plain values by their dotted paths, such as ``thresholds.bone.native``.

    Returns
    -------
    Recipe
        The same if it says all that already; otherwise under a name that tells the changes.

    Raises
    ------
    RecipeError
        With a line ``path: what is wrong`` for each thing that cannot be.

    Notes
    -----
    A ``strategy`` or ``kind`` other than the recipe's starts its block anew; only what may stand
    beside any strategy stays. Of ``level`` and ``native`` the one that is given replaces the other.
    Where the recipe has a word or null in place of a threshold's block, the block is `fixed`.
    """
    _demand_no_two_words(changes)
    data = recipe.model_dump(mode="json", exclude_unset=True)
    for path in sorted(changes, key=_outer_and_words_first):
        _put(data, path.split("."), changes[path])
    try:
        made = Recipe.model_validate(data)
    except ValidationError as error:
        found = (_at_change(one, changes) for one in complaints(error, data))
        raise RecipeError("\n".join(dict.fromkeys(found))) from error
    if made.sha256 == recipe.sha256:
        return recipe
    return made.model_copy(update={"name": name_of(recipe.name, changes)})


def name_of(name: str, changes: Mapping[str, Any]) -> str:
    """Return the name of a recipe with changes, such as ``ct + thresholds.bone.native 300``."""
    told = f"{name} + {', '.join(f'{path} {_said(changes[path])}' for path in sorted(changes))}"
    if len(told) <= _LONGEST_NAME:
        return told
    count = f" + {len(changes)} changes" if len(changes) > 1 else f" + {min(changes)}"
    return name[: _LONGEST_NAME - len(count)] + count[:_LONGEST_NAME]


def _demand_no_two_words(changes: Mapping[str, Any]) -> None:
    """Refuse a value for something within what another value says whole."""
    twice = [
        f"{inner}: {outer} is given as well; one of the two is needed"
        for outer in changes
        for inner in changes
        if inner.startswith(f"{outer}.")
    ]
    if twice:
        raise RecipeError("\n".join(twice))


def _outer_and_words_first(path: str) -> tuple[int, bool, str]:
    return path.count("."), path.rpartition(".")[2] not in _WORDS, path


def _put(data: dict[str, Any], keys: list[str], value: object) -> None:
    """Put a value to its place, whatever was there."""
    block, so_far = data, ""
    *outer, last = keys
    for key in outer:
        so_far = f"{so_far}.{key}" if so_far else key
        if not isinstance(block.get(key), dict):
            block[key] = {"strategy": "fixed"} if so_far in _THRESHOLD_PLACES else {}
        block = block[key]
    if last in _WORDS and block.get(last) != value:
        kept = {key: inner for key, inner in block.items() if key in _BESIDE_ANY}
        block.clear()
        block.update(kept)
    block.pop(_EITHER_WAY.get(last, ""), None)
    block[last] = value


def _at_change(complaint: Complaint, changes: Mapping[str, Any]) -> str:
    """Return what is wrong, at the change that it comes of: the recipe itself is sound."""
    path = complaint.path
    if path in changes:
        return f"{path}: {_said(changes[path])}: {complaint.what}"
    near = [one for one in sorted(changes) if one.startswith(path) or path.startswith(one)]
    return f"{(near or sorted(changes))[0]}: {complaint}"


def _said(value: object) -> str:
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
