"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from medmask.cohort.allowance import MB
from medmask.cohort.cluster import Cluster
from medmask.cohort.crew import CrewOptions
from medmask.cohort.given import Given
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.log import LOG
from medmask.cohort.shard import Shard
from medmask.pipeline import Privacy
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice
from medmask.volume import Family


@dataclass(frozen=True)
class Request:
    """One call of ``medmask run`` or ``convert``, checked.

    Attributes
    ----------
    inputs : tuple of Path
    output : Path
    recipes : RecipeChoice
    crew : CrewOptions
    modality : str
        For formats that do not say theirs; ``auto`` guesses.
    fresh : bool
        Do everything anew.
    retry_failed : bool
        Try again what failed before, although nothing has changed.
    patience_s : float
        How long a run waits for space, or for a place that was lost, to come back.
    trust_mtime : bool
        Take an input for unchanged by its sizes, times of change and first bytes.
    annotations : Given or None
        Annotations that are given apart from the scans.
    only : str
        A glob on sources; other scans are left as they are. Empty for all.
    anew : frozenset of str or None
        Scan ids to work on whatever is known of them; other scans are left as they are. ``None``
        for all that are not done.
    shard : Shard or None
        The part of the cohort that is worked on; ``None`` for the whole.
    cluster : Cluster or None
        Machines to work on; ``None`` for this one.
    privacy : Privacy
        What is told of the people that scans are of.
    command : tuple of str
        How the run was started, for ``run.json``.
    """

    inputs: tuple[Path, ...]
    output: Path
    recipes: RecipeChoice
    crew: CrewOptions = field(default_factory=CrewOptions)
    modality: str = "auto"
    fresh: bool = False
    retry_failed: bool = False
    patience_s: float = 60.0
    trust_mtime: bool = False
    annotations: Given | None = None
    only: str = ""
    anew: frozenset[str] | None = None
    shard: Shard | None = None
    cluster: Cluster | None = None
    privacy: Privacy = field(default_factory=Privacy)
    command: tuple[str, ...] = ()

    @property
    def journal(self) -> str:
        """The name of the journal that the run writes."""
        return JOURNAL if self.shard is None else self.shard.journal

    @property
    def log(self) -> str:
        """The name of the log that the run writes."""
        return LOG if self.shard is None else self.shard.log

    @property
    def reading(self) -> ReadOptions:
        """How scans are read: as the recipe says, within the memory there is."""
        options: ReadOptions = self.recipes.for_family(Family.OTHER).input.build()
        limits = replace(options, largest_bytes=int(self.crew.allowed_mb * MB))
        return limits if self.modality == "auto" else replace(limits, modality=self.modality)
