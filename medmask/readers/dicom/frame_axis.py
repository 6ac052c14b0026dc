"""What the frames of a multi-frame instance follow each other along."""

from __future__ import annotations

from typing import Final

from medmask.readers.dicom.header import FrameAxis
from medmask.readers.dicom.kinds import ENHANCED_ULTRASOUND, is_secondary_capture
from medmask.readers.dicom.values import TAGS, Values

_OVER_TIME: Final = frozenset({"XA", "RF", "US", "IVUS", "ES"})  # unless they say something else
_TIMES: Final = frozenset({TAGS["frame_time"], TAGS["frame_time_vector"]})


def frame_axis(values: Values, sop_class: str, *, is_placed: bool, has_groups: bool) -> FrameAxis:
    """Return what frames follow each other along.

    Parameters
    ----------
    values : Values
    sop_class : str
    is_placed : bool
        Whether frames have positions in the patient.
    has_groups : bool
        Whether frames have functional groups.

    References
    ----------
    DICOM PS3.3 C.7.6.6.1.1, Frame Increment Pointer; C.8.4.8, NM Multi-frame.
    """
    modality = values.text("modality").upper()
    is_slices = has_groups and is_placed
    if sop_class == ENHANCED_ULTRASOUND:  # moments of slices, placed in a space of their own
        return FrameAxis.OTHER
    if modality == "NM" and not is_slices:
        return _nuclear_axis(values)
    if not is_slices and _TIMES & set(values.pointers("frame_increment")):
        return FrameAxis.TIME
    if is_placed or is_secondary_capture(sop_class):
        return FrameAxis.SLICES
    return FrameAxis.TIME if modality in _OVER_TIME else FrameAxis.OTHER


def _nuclear_axis(values: Values) -> FrameAxis:
    """Only reconstructed slices are a volume; projections, gates and detectors are not."""
    kind = "".join(values.words("image_type")[2:3]).upper()
    several = max(values.short("energy_windows") or 1, values.short("detectors") or 1) > 1
    if kind == "RECON TOMO":
        return FrameAxis.SLICES
    is_moments = kind in {"DYNAMIC", "GATED"} and not several
    return FrameAxis.TIME if is_moments else FrameAxis.OTHER
