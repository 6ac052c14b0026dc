"""What ``run.json`` says of a run beyond its rows."""

from __future__ import annotations

from collections import Counter

from medmask.cohort.inventory import Inventory
from medmask.cohort.manifest import Manifest
from medmask.cohort.request import Request
from medmask.cohort.roots import called

_NAMED = 4  # of many recipes


def facts_of(request: Request, inventory: Inventory) -> dict[str, object]:
    """Return what was asked for, and what was found besides scans.

    Parameters
    ----------
    request : Request
    inventory : Inventory
    """
    names = [called(path) for path in request.inputs]
    facts: dict[str, object] = {
        "recipe": request.recipes.name,
        "recipes": {
            family: recipe.model_dump(mode="json") for family, recipe in request.recipes.recipes
        },
        "inputs": request.privacy.names(names),
        "not_used": dict(inventory.not_used),
        "command": request.privacy.command(request.command),
    }
    if request.manifest is None:
        return facts
    return facts | {
        "recipe": _names(request, request.manifest),
        "inputs": request.privacy.names([*names, request.manifest.path.name]),
        "manifest": _listed(request.manifest),
    }


def _names(request: Request, manifest: Manifest) -> str:
    """Return the names of all recipes that scans are worked on by, or of some if they are many."""
    names = {row.recipes.name for row in manifest.rows}
    names |= {request.recipes.name} if request.inputs else set()
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(sorted(names)[:_NAMED]) + more


def _listed(manifest: Manifest) -> dict[str, object]:
    """Return how many rows there are by each recipe; what one says in full, its scans tell."""
    counted = Counter((row.recipes.name, row.recipes.sha256) for row in manifest.rows)
    recipes = [
        {"name": name, "sha256": digest, "rows": rows}
        for (name, digest), rows in sorted(counted.items())
    ]
    return {"rows": len(manifest.rows), "recipes": recipes}
