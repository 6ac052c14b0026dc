"""YAML -> Recipe: every parameter of a run, checked before anything is started."""

from medmask.recipe.choice import RecipeChoice
from medmask.recipe.complaint import nearest
from medmask.recipe.known import known_paths
from medmask.recipe.loader import load, loads, preset_names, preset_text, schema
from medmask.recipe.model import Recipe
from medmask.recipe.text import value_of

__all__ = [
    "Recipe",
    "RecipeChoice",
    "known_paths",
    "load",
    "loads",
    "nearest",
    "preset_names",
    "preset_text",
    "schema",
    "value_of",
]
