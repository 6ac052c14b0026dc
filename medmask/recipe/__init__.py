"""YAML -> Recipe: every parameter of a run, checked before anything is started."""

from medmask.recipe.choice import RecipeChoice
from medmask.recipe.loader import load, loads, preset_names, preset_text, schema
from medmask.recipe.model import Recipe

__all__ = [
    "Recipe",
    "RecipeChoice",
    "load",
    "loads",
    "preset_names",
    "preset_text",
    "schema",
]
