"""What pydantic finds wrong with a recipe -> sentences for whoever wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from medmask.recipe.known import known_keys


@dataclass(frozen=True)
class Complaint:
    """One thing that is not understood.

    Attributes
    ----------
    place : tuple of str and int
        Where in the data, with words between that tell models apart.
    path : str
        The same as a reader of the text would write it: ``masks.bone[1].radius_mm``.
    what : str
        What is wrong, with the nearest known name for a wrong one.
    """

    place: tuple[str | int, ...]
    path: str
    what: str

    def __str__(self) -> str:
        """Return where and what."""
        return f"{self.path}: {self.what}"


def complaints(error: ValidationError, data: dict[str, Any]) -> list[Complaint]:
    """Return what is wrong with some data.

    Parameters
    ----------
    error : ValidationError
        Of `Recipe` on the data.
    data : dict
    """
    details = [detail for detail in error.errors() if not _is_other_branch(detail)]
    return [
        Complaint(detail["loc"], _spelled(data, detail["loc"], detail["type"]), _what(detail))
        for detail in details
    ]


def _is_other_branch(detail: ErrorDetails) -> bool:
    """Tell whether a complaint is only that a block is not the word ``auto``."""
    return detail["type"] == "literal_error" and isinstance(detail["input"], dict)


def _what(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return f"unknown key{nearest(str(detail['loc'][-1]), known_keys(detail['loc']))}"
    if detail["type"] == "union_tag_invalid":
        context = detail.get("ctx", {})
        words = [word.strip("' ") for word in str(context["expected_tags"]).split(",")]
        word = str(context["tag"])
        return f"{word!r} is not known{nearest(word, words)}; known are {', '.join(words)}"
    return detail["msg"].removeprefix("Value error, ")


def _spelled(data: dict[str, Any], path: Sequence[str | int], kind: str) -> str:
    """Return a path without the words that tell models apart, which the text does not hold."""
    node: Any = data
    missing = kind == "missing"
    spelled = ""
    for place, key in enumerate(path):
        if isinstance(node, list) and isinstance(key, int):
            spelled += f"[{key}]"
            node = node[key] if key < len(node) else None
        elif isinstance(node, dict) and (key in node or (missing and place == len(path) - 1)):
            spelled += f".{key}" if spelled else str(key)
            node = node.get(str(key))
    return spelled or "recipe"


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known name that is most like a word, or all of them, in brackets."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return (
        f" (nearest known: {near[0]})" if near else f" (known: {', '.join(known)})" if known else ""
    )
