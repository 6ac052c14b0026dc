"""What a DICOM instance is by its SOP class."""

from __future__ import annotations

from typing import Final

_STORAGE = "1.2.840.10008.5.1.4.1.1."

# PS3.4 B.5; a prefix stands for its whole family
_NOT_SCANS: Final = (
    ("1.2.840.10008.1.3.10", "a DICOMDIR, an index of other files"),
    (_STORAGE + "481.3", "an RT structure set, an annotation"),
    (_STORAGE + "66.4", "a segmentation, an annotation"),
    (_STORAGE + "66.7", "a label map segmentation, an annotation"),
    (_STORAGE + "66.5", "a surface segmentation, an annotation"),
    (_STORAGE + "66", "raw data, a registration or fiducials"),
    (_STORAGE + "481", "a radiotherapy object: plan, dose or record"),
    (_STORAGE + "4.2", "a spectrum"),
    (_STORAGE + "88", "a structured report or key objects"),
    (_STORAGE + "11", "a presentation state"),
    (_STORAGE + "9", "a waveform"),
    (_STORAGE + "104", "an encapsulated document"),
    (_STORAGE + "67", "a real world value mapping"),
    (_STORAGE + "30", "a parametric map"),
    (_STORAGE + "68", "a surface scan"),
    (_STORAGE + "78", "an ophthalmic measurement"),
    (_STORAGE + "79", "an ophthalmic measurement"),
    ("1.3.12.2.1107.5.9.1", "a private object without an image"),
)
_ANNOTATIONS: Final = frozenset(_STORAGE + tail for tail in ("481.3", "66.4", "66.5", "66.7"))
_SURFACES: Final = _STORAGE + "66.5"
ENHANCED_ULTRASOUND: Final = _STORAGE + "6.2"
_MODALITIES: Final = {  # PS3.3 A.3 to A.38
    **dict.fromkeys(("2", "2.1", "2.2"), "CT"),
    **dict.fromkeys(("4", "4.1", "4.4"), "MR"),
    **dict.fromkeys(("128", "128.1", "130"), "PT"),
    "20": "NM",
    "1": "CR",
    "1.1": "DX",
}
_SECONDARY_CAPTURE: Final = _STORAGE + "7"
_IMAGES: Final = frozenset(
    _STORAGE + tail
    for tail in (
        *("1", "1.1", "1.1.1", "1.2", "1.1.2", "1.3", "1.1.3", "2", "4", "128", "12.1"),
        *("2.1", "2.2", "4.1", "4.3", "4.4", "128.1", "130"),  # multi-frame
    )
)


def not_a_scan(sop_class: str) -> str:
    """Return what an instance is instead of a scan, empty if it may be one."""
    for prefix, what in _NOT_SCANS:
        if sop_class == prefix or sop_class.startswith(prefix + "."):
            return what
    return ""


def is_annotation(sop_class: str) -> bool:
    """Tell whether an instance marks something on a scan."""
    return sop_class in _ANNOTATIONS


def modality_of(sop_class: str) -> str:
    """Return the modality that all instances of a class have, empty if it may be any."""
    return _MODALITIES.get(sop_class.removeprefix(_STORAGE), "")


def is_read_annotation(sop_class: str) -> bool:
    """Tell whether an instance is an annotation that can be drawn: segments or contours."""
    return is_annotation(sop_class) and sop_class != _SURFACES


def is_secondary_capture(sop_class: str) -> bool:
    """Tell whether an instance is a screenshot or scanned page."""
    return sop_class == _SECONDARY_CAPTURE or sop_class.startswith(_SECONDARY_CAPTURE + ".")


def must_have_pixels(sop_class: str) -> bool:
    """Tell whether an instance of this class is an image, so that pixels cannot be absent."""
    return sop_class in _IMAGES
