"""Masks of an earlier run that still hold, so that only what shows them is made again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from isal import igzip

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.pipeline.masks import Masks
from medmask.quality import Change, Changes, Parts
from medmask.writers.nifti import LARGEST_NIFTI1

LABELS = "labels.nii.gz"


@dataclass(frozen=True, eq=False)
class Stored:
    """What an earlier run left of a scan.

    Attributes
    ----------
    document : dict
        Its ``scan.json``.
    labels : bytes
        Its label map's file.
    """

    document: dict[str, Any]
    labels: bytes

    @classmethod
    def of(cls, folder: Path) -> Stored | None:
        """Return what a scan's folder holds, ``None`` unless its label map is as it was written."""
        try:
            document = json.loads((folder / "scan.json").read_bytes())
            labels = (folder / LABELS).read_bytes()
            digest = document["outputs"][LABELS]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return cls(document, labels) if hashlib.sha256(labels).hexdigest() == digest else None

    def holds(self, inputs_sha256: str, masks_sha256: str) -> bool:
        """Tell whether it was made of the same input in the same way.

        Parameters
        ----------
        inputs_sha256 : str
            Of the input files' bytes.
        masks_sha256 : str
            Of the recipe's parts that make masks, the modality and the version.
        """
        found = self.document.get("provenance", {})
        made_of = (found.get("inputs_sha256"), found.get("masks_sha256"))
        return made_of == (inputs_sha256, masks_sha256)

    def masks(self, grid: Grid) -> Masks:
        """Return the masks on the scan's grid, which is the one that they were written on."""
        import nibabel as nib

        kind: Any = nib.Nifti1Image if max(grid.shape) <= LARGEST_NIFTI1 else nib.Nifti2Image
        image = kind.from_bytes(igzip.decompress(self.labels))  # type: ignore[no-untyped-call]
        voxels = np.ascontiguousarray(np.asarray(image.dataobj, np.uint8).T)
        taken = self._taken("soft_tissue"), self._taken("bone")
        return Masks(LabelMap(voxels, grid), *taken, self._changes(), self._parts())

    def _changes(self) -> Changes:
        """Return what the steps did."""
        changes = self.document["figures"]["changes"]
        body, bone = (tuple(Change(**each) for each in changes[name]) for name in ("body", "bone"))
        return Changes(body, bone)

    def _parts(self) -> Parts:
        figures = self.document["figures"]
        return Parts(figures["soft_tissue"]["parts"], figures["bone"]["parts"])

    def _taken(self, name: str) -> int | None:
        decision = self.document["thresholds"][name] or {}
        taken: int | None = (decision.get("hysteresis") or {}).get("voxels_taken")
        return taken
