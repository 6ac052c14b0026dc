"""Many scans: what there is, what is left to do, who does it, what became of it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from medmask.cohort.allowance import allowed_mb
    from medmask.cohort.cluster import Cluster, Tls
    from medmask.cohort.crew import CrewOptions
    from medmask.cohort.given import Given
    from medmask.cohort.inventory import Inventory, take_inventory
    from medmask.cohort.journal import Journal
    from medmask.cohort.journal_file import JOURNAL
    from medmask.cohort.listed import take_listed
    from medmask.cohort.look import Look, look_at
    from medmask.cohort.manifest import Manifest
    from medmask.cohort.merge import merge_shards
    from medmask.cohort.plan import Plan
    from medmask.cohort.progress import Bar, Lines, Silent, Watcher
    from medmask.cohort.request import Request
    from medmask.cohort.runner import Ended, plan_run, run
    from medmask.cohort.shard import Shard
    from medmask.cohort.signals import Interrupted
    from medmask.cohort.single import raster_at, read_one
    from medmask.cohort.standing import Standing
    from medmask.cohort.tables import write_tables

__all__ = [
    "JOURNAL",
    "Bar",
    "Cluster",
    "CrewOptions",
    "Ended",
    "Given",
    "Interrupted",
    "Inventory",
    "Journal",
    "Lines",
    "Look",
    "Manifest",
    "Plan",
    "Request",
    "Shard",
    "Silent",
    "Standing",
    "Tls",
    "Watcher",
    "allowed_mb",
    "look_at",
    "merge_shards",
    "plan_run",
    "raster_at",
    "read_one",
    "run",
    "take_inventory",
    "take_listed",
    "write_tables",
]

_HOMES: Final = {  # loaded when asked for: who only looks at a journal needs no readers
    "Bar": "medmask.cohort.progress",
    "Cluster": "medmask.cohort.cluster",
    "CrewOptions": "medmask.cohort.crew",
    "Ended": "medmask.cohort.runner",
    "Given": "medmask.cohort.given",
    "Interrupted": "medmask.cohort.signals",
    "Inventory": "medmask.cohort.inventory",
    "JOURNAL": "medmask.cohort.journal_file",
    "Journal": "medmask.cohort.journal",
    "Lines": "medmask.cohort.progress",
    "Look": "medmask.cohort.look",
    "Manifest": "medmask.cohort.manifest",
    "Plan": "medmask.cohort.plan",
    "Request": "medmask.cohort.request",
    "Shard": "medmask.cohort.shard",
    "Silent": "medmask.cohort.progress",
    "Standing": "medmask.cohort.standing",
    "Tls": "medmask.cohort.cluster",
    "Watcher": "medmask.cohort.progress",
    "allowed_mb": "medmask.cohort.allowance",
    "look_at": "medmask.cohort.look",
    "merge_shards": "medmask.cohort.merge",
    "plan_run": "medmask.cohort.runner",
    "raster_at": "medmask.cohort.single",
    "read_one": "medmask.cohort.single",
    "run": "medmask.cohort.runner",
    "take_inventory": "medmask.cohort.inventory",
    "take_listed": "medmask.cohort.listed",
    "write_tables": "medmask.cohort.tables",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever bears the name
    """Return a public name from the module that it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
