"""A recipe's name or file -> Recipe, with file and line in every complaint."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from medmask.errors import RecipeError
from medmask.recipe.complaint import complaints, nearest
from medmask.recipe.model import Recipe
from medmask.recipe.text import parse

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
        near = nearest(name, preset_names())
        raise RecipeError(
            f"no recipe {name!r}{near}; presets are {', '.join(preset_names())}, or give a file"
        )
    return (_PRESETS / f"{name}.yaml").read_text(encoding="utf-8")


def load(name_or_file: str, folder: Path = Path()) -> Recipe:
    """Load a preset by its name, or a recipe file by its path.

    Parameters
    ----------
    name_or_file : str
        What is an existing file, or looks like a path, is read as one.
    folder : Path
        Where a path that is not absolute begins.

    Raises
    ------
    RecipeError
        If there is none, or anything in it is not understood.
    """
    path, said = folder / name_or_file, Path(name_or_file)
    if not (path.is_file() or said.suffix in {".yaml", ".yml"} or len(said.parts) > 1):
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
        found = (
            f"{name}:{parsed.line(one.place)}: {one}" for one in complaints(error, parsed.data)
        )
        raise RecipeError("\n".join(dict.fromkeys(found))) from error


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a recipe, for editors that check while one types."""
    found: type[BaseModel] = Recipe
    return found.model_json_schema()
