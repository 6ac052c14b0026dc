"""Segmentation -> the scan's row and its scan.json."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from medmask.outcome import Flag, Outcome, ScanWarning, Status
from medmask.pipeline.decide import Decision, Growth
from medmask.pipeline.segment import Segmentation
from medmask.scan import Scan
from medmask.thresholds import Stability
from medmask.version import __version__
from medmask.volume import Volume


@dataclasses.dataclass(frozen=True)
class Provenance:
    """Where a result comes from.

    Attributes
    ----------
    inputs_sha256 : str
        Of the input files' bytes.
    recipe : mapping of str to object
        Everything that the recipe says, defaults included.
    recipe_sha256 : str
        Of that.
    masks_sha256 : str
        Of what the masks alone hang on: those parts of the recipe, modality, version.
    work_sha256 : str
        Of the whole task: what resume goes by.
    seconds : mapping of str to float
        Wall-clock seconds of each stage.
    """

    inputs_sha256: str
    recipe: Mapping[str, Any]
    recipe_sha256: str
    masks_sha256: str
    work_sha256: str
    seconds: Mapping[str, float]


def row_of(scan: Scan, volume: Volume) -> Outcome:
    """Return a row with what is known once a scan has been read."""
    slices, rows, columns = volume.grid.shape
    z, y, x = volume.grid.spacing_mm
    return Outcome(
        scan_id=scan.scan_id,
        study_id=scan.study_id,
        source=scan.source,
        format=str(scan.format),
        modality=volume.modality,
        warnings=_codes(volume.warnings),
        columns=columns,
        rows=rows,
        slices=slices,
        spacing_x_mm=x,
        spacing_y_mm=y,
        spacing_z_mm=z,
    )


def masked_row(scan: Scan, result: Segmentation) -> Outcome:
    """Return the row of a scan that has its masks."""
    soft, bone = result.figures.soft_tissue, result.figures.bone
    chosen = None if result.bone is None else result.bone.threshold
    return dataclasses.replace(
        row_of(scan, result.volume),
        status=Status.DONE,
        warnings=_codes(result.warnings),
        flags=_codes(result.flags),
        native_min=result.histogram.native_min,
        native_max=result.histogram.native_max,
        scale=result.scale.kind,
        soft_level=result.soft_tissue.threshold.level,
        bone_level=None if chosen is None else chosen.level,
        soft_native=result.soft_tissue.threshold.native,
        bone_native=None if chosen is None else chosen.native,
        soft_voxels=soft.voxels,
        bone_voxels=bone.voxels,
        soft_ml=soft.volume_ml,
        bone_ml=bone.volume_ml,
    )


def scan_document(
    scan: Scan, result: Segmentation, outputs: Mapping[str, str], provenance: Provenance
) -> dict[str, object]:
    """Return the content of ``scan.json``.

    Parameters
    ----------
    scan : Scan
    result : Segmentation
    outputs : mapping of str to str
        File names below the scan's folder and their SHA-256.
    provenance : Provenance
    """
    grid, scale = result.volume.grid, result.scale
    return {
        "scan_id": scan.scan_id,
        "study_id": scan.study_id,
        "source": scan.source,
        "format": str(scan.format),
        "modality": result.volume.modality,
        "recipe": result.recipe.name,
        "grid": {
            "shape": list(grid.shape),
            "affine_lps": grid.affine.tolist(),
            "spacing_mm": list(grid.spacing_mm),
            "order": ["slice", "row", "column"],
            "oriented": grid.oriented,
        },
        "scale": {
            "kind": scale.kind,
            "slope": scale.slope,
            "intercept": scale.intercept,
            **({"knots": [list(knot) for knot in scale.knots]} if scale.knots else {}),
            "unit": scale.unit,
            "polarity": "inverted" if scale.inverted else "normal",
            "padding": [[_finite(span.low), _finite(span.high)] for span in result.volume.padding],
        },
        "native_range": [result.histogram.native_min, result.histogram.native_max],
        "thresholds": {
            "soft_tissue": decision_document(result.soft_tissue, grid.voxel_ml),
            "bone": None if result.bone is None else decision_document(result.bone, grid.voxel_ml),
        },
        "figures": dataclasses.asdict(result.figures),
        "warnings": [dataclasses.asdict(warning) for warning in result.warnings],
        "flags": [dataclasses.asdict(flag) for flag in result.flags],
        "outputs": dict(outputs),
        "provenance": {"medmask": __version__, **dataclasses.asdict(provenance)},
    }


def decision_document(decision: Decision, voxel_ml: float | None) -> dict[str, object]:
    """Return what ``scan.json`` tells of one threshold.

    Parameters
    ----------
    decision : Decision
    voxel_ml : float or None
        Volume of a voxel, ``None`` where it is unknown.
    """
    return {
        "strategy": decision.strategy,
        "level": decision.threshold.level,
        "native": decision.threshold.native,
        "evidence": decision.threshold.evidence,
        "fallback": decision.fallback,
        "voxels_above": decision.above,
        "hysteresis": None if decision.growth is None else _growth_document(decision.growth),
        "local": None if decision.local is None else dataclasses.asdict(decision.local),
        "candidates": {other.strategy: other.level for other in decision.candidates},
        "stability": _stability_document(decision.stability, voxel_ml),
    }


def _growth_document(growth: Growth) -> dict[str, object]:
    return {
        "low_level": growth.low.level,
        "low_native": growth.low.native,
        "voxels_above_low": growth.above_low,
        "voxels_taken": growth.taken,
    }


def _finite(value: float) -> float | None:
    """Return a number that JSON can hold; an open end is ``null``."""
    return value if math.isfinite(value) else None


def _codes(coded: Iterable[ScanWarning | Flag]) -> tuple[str, ...]:
    """Return each code once, in the order met."""
    return tuple(dict.fromkeys(item.code for item in coded))


def _stability_document(moved: Stability, voxel_ml: float | None) -> dict[str, object]:
    voxels = {"at_higher": moved.voxels_at_higher, "at_lower": moved.voxels_at_lower}
    ml = {f"ml_{where}": None if voxel_ml is None else n * voxel_ml for where, n in voxels.items()}
    return {**dataclasses.asdict(moved), **ml}
