"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from medmask.cohort.crew import CrewOptions
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice
from medmask.volume import Family

_SHARE_OF_AVAILABLE = 0.8
_PEAK_PER_VOXEL_BYTE = 4  # a scan's voxels, masks, picture and file at their peak, measured on CT


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
    memory_gb : float or None
        Memory that the run may use; ``None`` takes 80 % of what is available.
    fresh : bool
        Do everything anew.
    retry_failed : bool
        Try again what failed before, although nothing has changed.
    only : str
        A glob on sources; other scans are left as they are. Empty for all.
    command : tuple of str
        How the run was started, for ``run.json``.
    """

    inputs: tuple[Path, ...]
    output: Path
    recipes: RecipeChoice
    crew: CrewOptions = field(default_factory=CrewOptions)
    modality: str = "auto"
    memory_gb: float | None = None
    fresh: bool = False
    retry_failed: bool = False
    only: str = ""
    command: tuple[str, ...] = ()

    @property
    def reading(self) -> ReadOptions:
        """How scans are read: as the recipe says, within the memory there is."""
        options: ReadOptions = self.recipes.for_family(Family.OTHER).input.build()
        allowed = self.memory_gb * 2**30 if self.memory_gb is not None else _available()
        limits = replace(options, largest_bytes=int(allowed / _PEAK_PER_VOXEL_BYTE))
        return limits if self.modality == "auto" else replace(limits, modality=self.modality)


def _available() -> float:
    return psutil.virtual_memory().available * _SHARE_OF_AVAILABLE
