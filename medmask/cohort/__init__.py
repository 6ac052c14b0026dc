"""Many scans: what there is, what is left to do, who does it, what became of it."""

from medmask.cohort.allowance import allowed_mb
from medmask.cohort.cluster import Cluster, Tls
from medmask.cohort.crew import CrewOptions
from medmask.cohort.given import Given
from medmask.cohort.inventory import Inventory, take_inventory
from medmask.cohort.journal import Journal
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.look import Look, look_at
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
from medmask.cohort.walk import walk

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
    "walk",
    "write_tables",
]
