"""What is done to each scan of a request: the same to all, but by the recipes that are listed."""

from __future__ import annotations

from dataclasses import dataclass, field

from medmask.cohort.manifest import Manifest
from medmask.cohort.manifest_table import Faults
from medmask.cohort.request import Request
from medmask.errors import RequestError
from medmask.pipeline import Task
from medmask.readers import ReadOptions
from medmask.scan import Scan


@dataclass(frozen=True)
class Duty:
    """What is done to a scan, and how it is read for that.

    Attributes
    ----------
    task : Task
    reading : ReadOptions
    """

    task: Task
    reading: ReadOptions


@dataclass(frozen=True)
class Duties:
    """What is done to each scan.

    Attributes
    ----------
    usual : Duty
        Of scans below the inputs.
    by_line : dict of int to Duty
        Of those that a manifest lists.
    """

    usual: Duty
    by_line: dict[int, Duty] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request, task: Task) -> Duties:
        """Return what a request asks for.

        Parameters
        ----------
        request : Request
        task : Task
            By the request's own recipe.

        Raises
        ------
        ManifestError
            If the recipe of a row asks for what cannot be had.
        """
        usual = Duty(task, request.reading)
        if request.manifest is None:
            return cls(usual)
        return cls(usual, _listed(request.manifest, request, task))

    def to(self, scan: Scan) -> Duty:
        """Return what is done to one scan."""
        return self.by_line.get(scan.line, self.usual)


def _listed(manifest: Manifest, request: Request, task: Task) -> dict[int, Duty]:
    """Return what is done to scans by the line that lists them; lines that are alike share it."""
    faults = Faults(manifest.path.name)
    known: dict[tuple[str, str], Duty] = {}
    by_line = {}
    for row in manifest.rows:
        key = row.recipes.sha256, row.modality
        if key not in known:
            reading = request.reading_of(row)
            try:
                known[key] = Duty(task.by(row.recipes, reading), reading)
            except RequestError as error:
                faults.add(row.line, "recipe", str(error))
                continue
        by_line[row.line] = known[key]
    faults.refuse()
    return by_line
