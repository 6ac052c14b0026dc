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
from medmask.cohort.manifest import Manifest, Row
from medmask.cohort.shard import Shard
from medmask.errors import RequestError
from medmask.pipeline import Privacy
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice


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
        Annotations that are given apart from the scans below the inputs.
    manifest : Manifest or None
        Scans that are listed, beside those below the inputs.
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

    Raises
    ------
    RequestError
        If there is nothing to read, or inputs and output are not apart.
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
    manifest: Manifest | None = None
    only: str = ""
    anew: frozenset[str] | None = None
    shard: Shard | None = None
    cluster: Cluster | None = None
    privacy: Privacy = field(default_factory=Privacy)
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _demand_apart(self.inputs, self.output)
        if not self.inputs and self.manifest is None:
            raise RequestError("an input is needed: a folder or file, or a manifest")
        if self.annotations is not None and not self.inputs:
            raise RequestError(
                "--annotations is for scans below INPUT, and there is none; a manifest names "
                "annotations in its column annotation"
            )
        if self.manifest is not None:
            self.manifest.demand_apart(self.inputs, self.output)

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
        """How scans below the inputs are read: as the recipe says, within the memory there is."""
        return self._within_memory(self.recipes.reading(self.modality))

    @property
    def grounds(self) -> tuple[Path, ...]:
        """The places that must stay: the inputs, and one listed on each device."""
        listed = () if self.manifest is None else self.manifest.one_on_each_device
        return (*self.inputs, *listed)

    def reading_of(self, row: Row) -> ReadOptions:
        """Return how the scans that a row of the manifest lists are read."""
        return self._within_memory(row.recipes.reading(row.modality))

    def _within_memory(self, reading: ReadOptions) -> ReadOptions:
        return replace(reading, largest_bytes=int(self.crew.allowed_mb * MB))


def _demand_apart(inputs: tuple[Path, ...], output: Path) -> None:
    """Refuse an output that is no folder, one of the inputs, or around one."""
    if output.is_file():
        raise RequestError(f"output {output}: a file; a folder is needed")
    for given in inputs:
        if given.resolve() == output.resolve():
            raise RequestError(f"input {given} is the output as well")
        if given.exists() and given.resolve().is_relative_to(output.resolve()):
            raise RequestError(f"input {given} lies inside the output {output}")
