"""Which modality a file without one has, and whether it is a scan at all, by name and values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import IsAnnotation
from medmask.outcome import ScanWarning
from medmask.volume import Volume

_MR_SUFFIXES: Final = """
    T1w T2w PDw T2starw FLAIR inplaneT1 inplaneT2 PDT2 angio T1map T2map bold cbv sbref dwi
    asl m0scan epi phasediff magnitude1 magnitude2 phase1 phase2 fieldmap
"""
_SUFFIXES: Final = {  # BIDS 1.10, suffixes of images
    **dict.fromkeys(_MR_SUFFIXES.split(), "MR"),
    "ct": "CT",
    "CT": "CT",
    "pet": "PT",
}
_MASK_WORDS: Final = frozenset(
    {"seg", "dseg", "probseg", "segmentation", "segmentations", "mask", "masks", "label", "labels"}
    | {"labelmap", "annotation", "annotations", "roi", "rois"}
)
_MASK_ENDINGS: Final = ("seg", "mask", "labels", "labelmap")
_ENDINGS: Final = r"(\.(nii|hdr|img|nrrd|nhdr|mha|mhd))?(\.gz)?$"
NOT_A_SCAN: Final = "a scan with intensities"
_SAMPLES: Final = 1 << 20  # voxels looked at
_AIR_HU: Final = (-1100.0, -900.0)
_AIR_SHARE: Final = 0.01
_LARGEST_SIDECAR: Final = 1 << 20


def stem(path: Path) -> str:
    """Return a file's name without the ending of its format and ``.gz``."""
    return re.sub(_ENDINGS, "", path.name, flags=re.IGNORECASE)


def is_named_as_mask(path: Path) -> bool:
    """Tell whether a file's name says that it is a mask or label map.

    Examples
    --------
    >>> is_named_as_mask(Path("sub-01_dseg.nii.gz")), is_named_as_mask(Path("t1_masked.nii"))
    (True, False)
    """
    name = stem(path).lower()
    words = {word.rstrip("0123456789") for word in re.split(r"[^a-z0-9]+", name)}
    return bool(words & _MASK_WORDS) or name.rstrip("0123456789").endswith(_MASK_ENDINGS)


def demand_no_mask_name(path: Path) -> None:
    """Demand a name that does not say that the file is a mask or label map.

    Raises
    ------
    IsAnnotation
        If it does.
    """
    if is_named_as_mask(path):
        raise IsAnnotation(path.name, "its name says it is a mask or label map", NOT_A_SCAN)


def stated_modality(path: Path) -> str:
    """Return the modality that a JSON sidecar or a BIDS suffix states, empty if none does."""
    sidecar = path.with_name(stem(path) + ".json")
    if sidecar.is_file() and sidecar.stat().st_size <= _LARGEST_SIDECAR:
        try:
            facts = json.loads(sidecar.read_text("utf-8"))
        except (ValueError, RecursionError):
            facts = None  # a sidecar that is no JSON states nothing; the guess is a warning
        word = facts.get("Modality") if isinstance(facts, dict) else None
        if isinstance(word, str) and re.fullmatch("[A-Za-z]{2,4}", word.strip()):
            return word.strip().upper()
    return _SUFFIXES.get(stem(path).rsplit("_", 1)[-1], "")


def guessed_modality(volume: Volume) -> tuple[str, ScanWarning]:
    """Guess CT from air near -1000 in whole numbers, else take ``OT``.

    Parameters
    ----------
    volume : Volume
        Of any modality.

    Returns
    -------
    str
        ``CT`` or ``OT``.
    ScanWarning
        ``modality_guessed``, with how to state it.
    """
    native = volume.rescale.native(_sample(volume.voxels))
    native = native[np.isfinite(native)]
    is_ct = False
    if native.size and native.min() <= _AIR_HU[1] and (native == np.round(native)).all():
        air = np.count_nonzero((native >= _AIR_HU[0]) & (native <= _AIR_HU[1]))
        is_ct = bool(air >= _AIR_SHARE * native.size)
    word = "CT" if is_ct else "OT"
    reason = "whole numbers with air near -1000" if is_ct else "no air near -1000 in whole numbers"
    message = f"the modality was guessed as {word} ({reason}); state it with --modality"
    return word, ScanWarning("modality_guessed", message)


def _sample(voxels: NDArray[Any]) -> NDArray[Any]:
    """Return voxels spread evenly over a volume; a step that is odd meets all columns."""
    flat = voxels.reshape(-1)
    return flat[:: max(1, flat.size // _SAMPLES) | 1]
