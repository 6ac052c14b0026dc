"""A scan's headers and recipe -> what a run would refuse, before it runs."""

from __future__ import annotations

import contextlib

from medmask.calibrate import HOUNSFIELD_ACCEPTED, Auto
from medmask.errors import NotHounsfield
from medmask.grid import Grid
from medmask.morphology import Site
from medmask.morphology.packed import PackedMask
from medmask.readers import ReadOptions, Survey, survey
from medmask.recipe import Recipe, RecipeChoice
from medmask.scan import Scan
from medmask.volume import Family


def foresee(scan: Scan, options: ReadOptions, recipes: RecipeChoice) -> Survey:
    """Return what the headers of a scan tell, or fail as a run would, as far as they tell.

    Parameters
    ----------
    scan : Scan
    options : ReadOptions
    recipes : RecipeChoice

    Raises
    ------
    ScanError
        Whatever headers can tell; values and compressed bytes may still hold other faults.
    """
    facts = survey(scan, options)
    if not facts.modality:  # only the values could tell, and with it the recipe
        return facts
    recipe = recipes.for_family(Family.of(facts.modality))
    if facts.not_hounsfield and isinstance(recipe.scale.build(), Auto):
        raise NotHounsfield("CT values", facts.not_hounsfield, HOUNSFIELD_ACCEPTED)
    if facts.grid is not None:
        _demand_lengths(facts.grid, recipe, Family.of(facts.modality))
    return facts


def _demand_lengths(grid: Grid, recipe: Recipe, family: Family) -> None:
    """Demand the spacing that steps in mm need: on nothing at all they fail as on a mask."""
    nothing = PackedMask.empty(grid.shape)
    bone = recipe.masks.bone if recipe.looks_for_bone(family) else ()
    for step in (*recipe.masks.body, *bone):
        with contextlib.suppress(NotHounsfield):  # of steps that ask the values
            step.build().apply(nothing, Site(grid, nothing))
