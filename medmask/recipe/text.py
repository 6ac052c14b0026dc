"""YAML text -> plain data that knows its lines, with nothing in it that could surprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from medmask.errors import RecipeError

LARGEST_TEXT = 256 * 1024  # characters; the longest recipe that we have seen is 3 kB
DEEPEST = 16  # levels of nesting; a recipe needs 5

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Text:
    """A recipe's text after parsing.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    data : dict
        Plain mappings, lists, texts and numbers.
    marks : CommentedMap
        The same with line numbers.
    """

    name: str
    data: dict[str, Any]
    marks: CommentedMap

    def line(self, path: Path) -> int:
        """Return the line, from 1, of the deepest part of a path that the text holds."""
        node: Any = self.marks
        line = 0
        for key in path:
            if isinstance(node, CommentedMap) and key in node:
                line = node.lc.key(key)[0]
            elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
                line = node.lc.item(key)[0]
            else:
                continue  # a word that tells models apart, not a key of the text
            node = node[key]
        return int(line) + 1


def parse(text: str, name: str) -> Text:
    """Parse a recipe's text.

    Parameters
    ----------
    text : str
        YAML 1.2.
    name : str
        For messages.

    Raises
    ------
    RecipeError
        If it is not YAML, not a mapping, too long or too deep, says a key twice, or holds an
        anchor, alias or tag: a recipe is data and says what it says at one place.
    """
    if len(text) > LARGEST_TEXT:
        raise RecipeError(f"{name}: {len(text)} characters; a recipe has at most {LARGEST_TEXT}")
    try:
        _refuse_surprises(text, name)
        marks = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecipeError(f"{name}:{line}: {error.problem}") from error
    except (YAMLError, ValueError) as error:
        raise RecipeError(f"{name}: not YAML: {error}") from error
    if marks is None:
        marks = CommentedMap()
    if not isinstance(marks, CommentedMap):
        raise RecipeError(f"{name}:1: a recipe is a mapping of keys to values, not a list or text")
    return Text(name, _plain(marks), marks)


def value_of(text: str) -> Any:  # noqa: ANN401 - whatever the text says
    """Return the one value that a line of YAML says: a number, a word, null, or a list in brackets.

    Parameters
    ----------
    text : str
        YAML 1.2, on one line.

    Raises
    ------
    RecipeError
        If it is not one value, or holds an anchor, alias or tag.
    """
    said = text.strip()
    if len(said.splitlines()) > 1 or said.startswith(("#", "---", "...")):
        raise RecipeError(f"{said!r} is not one value on one line")
    try:
        return parse(f"value: {said}", "value").data["value"]
    except RecipeError as error:
        reason = str(error).removeprefix("value:1: ")
        raise RecipeError(f"{said!r} is not a value in YAML: {reason}") from error


def _refuse_surprises(text: str, name: str) -> None:
    """Walk the event stream, which expands nothing and builds nothing."""
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        where = f"{name}:{event.start_mark.line + 1}"
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise RecipeError(f"{where}: anchors and aliases are not understood in a recipe")
        tag = getattr(event, "tag", None)
        if tag:
            raise RecipeError(f"{where}: the tag {tag} is not understood in a recipe")
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise RecipeError(f"{where}: nested more than {DEEPEST} deep")


def _plain(node: Any) -> Any:  # noqa: ANN401
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):  # ruamel's scalars remember how they were written
        if isinstance(node, kind):
            return kind(node)
    return node
