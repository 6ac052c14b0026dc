"""Which recipe a scan gets: one for all, or its modality's preset."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

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
    def of(cls, name_or_file: str) -> Self:
        """Load ``auto``, a preset or a file.

        Raises
        ------
        RecipeError
            If it is not understood.
        """
        if name_or_file == AUTO:
            return cls(AUTO, tuple((f, load(PRESET_OF_FAMILY[f])) for f in Family))
        return cls.always(load(name_or_file))

    @classmethod
    def always(cls, recipe: Recipe) -> Self:
        """Return the choice of one recipe for everything."""
        return cls(recipe.name, tuple((family, recipe) for family in Family))

    def for_family(self, family: Family) -> Recipe:
        """Return the recipe of a family."""
        return dict(self.recipes)[family]

    @property
    def sha256(self) -> str:
        """Digest of all recipes that a scan may get."""
        each = "".join(f"{family}={recipe.sha256}\n" for family, recipe in self.recipes)
        return hashlib.sha256(each.encode()).hexdigest()
