"""Which recipe a scan gets: one for all, or its modality's preset."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from medmask.errors import RecipeError
from medmask.readers import ReadOptions
from medmask.recipe.changes import changed, name_of
from medmask.recipe.loader import load
from medmask.recipe.model import Recipe
from medmask.volume import Family

AUTO = "auto"
PRESET_OF_FAMILY = {
    Family.CT: "ct",
    Family.RADIOGRAPH: "xray",
    Family.MR: "mr-body",
    Family.OTHER: "mr-body",
}


@dataclass(frozen=True)
class RecipeChoice:
    """The recipe of each family of modalities.

    Attributes
    ----------
    name : str
        ``auto`` or the one recipe's name.
    recipes : tuple of (Family, Recipe)
        One for each family.
    """

    name: str
    recipes: tuple[tuple[Family, Recipe], ...]

    @classmethod
    def of(cls, name_or_file: str, folder: Path = Path()) -> Self:
        """Load ``auto``, a preset or a file, whose path may begin in a folder.

        Raises
        ------
        RecipeError
            If it is not understood.
        """
        if name_or_file == AUTO:
            return cls(AUTO, tuple((f, load(PRESET_OF_FAMILY[f])) for f in Family))
        return cls.always(load(name_or_file, folder))

    @classmethod
    def always(cls, recipe: Recipe) -> Self:
        """Return the choice of one recipe for everything."""
        return cls(recipe.name, tuple((family, recipe) for family in Family))

    def for_family(self, family: Family) -> Recipe:
        """Return the recipe of a family."""
        return dict(self.recipes)[family]

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return the choice of the same recipes with some values of their own, see `changed`.

        Raises
        ------
        RecipeError
            If any of the recipes cannot be so, with one line for each thing that is wrong.
        """
        made: dict[str, Recipe] = {}
        wrong: dict[str, list[str]] = {}
        for recipe in {recipe.name: recipe for _, recipe in self.recipes}.values():
            try:
                made[recipe.name] = changed(recipe, changes)
            except RecipeError as error:
                for line in str(error).splitlines():
                    wrong.setdefault(line, []).append(recipe.name)
        if wrong:
            raise RecipeError("\n".join(self._said(*pair) for pair in wrong.items()))
        recipes = tuple((family, made[recipe.name]) for family, recipe in self.recipes)
        same = recipes == self.recipes
        return self if same else replace(self, name=name_of(self.name, changes), recipes=recipes)

    def _said(self, line: str, names: list[str]) -> str:
        """Return what is wrong, and with which recipes if these are not all."""
        if self.name in names or len(names) == len({recipe.name for _, recipe in self.recipes}):
            return line
        return f"{line} (in {' and '.join(names)}, which {self.name} may take; name a recipe)"

    def reading(self, modality: str = AUTO) -> ReadOptions:
        """Return how scans are read, some of which need the modality that is stated here."""
        options: ReadOptions = self.for_family(Family.OTHER).input.build()
        return options if modality == AUTO else replace(options, modality=modality)

    @functools.cached_property
    def sha256(self) -> str:
        """Digest of all recipes that a scan may get."""
        each = "".join(f"{family}={recipe.sha256}\n" for family, recipe in self.recipes)
        return hashlib.sha256(each.encode()).hexdigest()
