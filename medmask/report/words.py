"""Codes in words, for readers who have not read the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from medmask.outcome import Outcome

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        # reasons for which a scan failed or was skipped
        "scan_failed": "The scan could not be processed.",
        "damaged": "The file is not whole, or contradicts itself.",
        "truncated": "The file ends before the data that its header promises.",
        "bad_checksum": "The stored checksum does not belong to the data: the file was damaged.",
        "bad_header": "The header contradicts itself or the data.",
        "unsupported": "The file is whole, but of a kind that is not read.",
        "unsupported_format": "The file's format is not read.",
        "unsupported_encoding": "The pixels are compressed in a way that cannot be decoded here.",
        "unsupported_pixels": "The pixel layout or intensity transform is not read.",
        "multi_frame": "One DICOM instance holds several frames; these are not read yet.",
        "time_series": "More than one volume, over time, echoes or directions.",
        "colour_image": "A colour picture, where an intensity is wanted.",
        "bad_geometry": "The positions given do not make a grid.",
        "missing_geometry": "Position, orientation or spacing is absent.",
        "mixed_geometry": "The slices of the series do not share one grid.",
        "duplicate_positions": "Different slices lie at the same position.",
        "uneven_slices": "The steps between slices are not even: slices may be missing.",
        "bad_values": "The intensities cannot be used.",
        "bad_rescale": "The map from stored values to intensities is missing or no number.",
        "not_hounsfield": "The values of this CT cannot be Hounsfield units.",
        "no_valid_voxels": "There is nothing but padding or non-numbers.",
        "not_regular_file": "A pipe, a device or a link that leaves the input.",
        "no_spacing": "A step in millimetres was asked of a scan whose spacing is unknown.",
        "too_large": "The scan needs more memory than it is allowed.",
        "write_failed": "A result could not be written whole.",
        "timeout": "The scan took longer than it is allowed.",
        "worker_died": "The process that worked on the scan ended without an answer.",
        "internal": "A fault of medmask itself, met on this scan; please report it.",
        "skipped": "The file is in order, but it is not a scan.",
        "annotation": "A mask, label map or overlay rather than a scan.",
        # warnings: the scan was processed all the same
        "threshold_fallback": "The strategy found no threshold; the fixed one was taken.",
        "thresholds_crossed": "The bone threshold lies below the soft-tissue threshold.",
        "native_threshold_on_arbitrary_units": "A native threshold was used on arbitrary units.",
        "modality_guessed": "The file names no modality; it was guessed from the values.",
        "slice_thickness_used": "Slice spacing is unknown; the slice thickness was taken.",
        "detector_spacing": "Spacing was measured at the detector, not in the patient.",
        "gantry_tilt": "The slices are tilted; the masks keep the tilt.",
        # flags: doubts about the result
        "empty_mask": "Nothing was found.",
        "no_bone": "No bone was found.",
        "mask_fills_image": "The mask covers nearly all of the image.",
    }
)


@dataclass(frozen=True)
class Term:
    """A code, as it is shown.

    Attributes
    ----------
    code : str
        The word in ``scans.csv``.
    words : str
        The code with blanks.
    meaning : str
        One sentence, or empty for a code that is not in the table.
    """

    code: str
    words: str
    meaning: str

    @classmethod
    def of(cls, code: str) -> Term:
        """Return the term of a code."""
        return cls(code, code.replace("_", " "), MEANINGS.get(code, ""))


def glossary(outcomes: Iterable[Outcome]) -> list[Term]:
    """Return the terms that occur and have a meaning to tell, by code."""
    codes = {code for each in outcomes for code in (each.code, *each.warnings, *each.flags) if code}
    terms = [Term.of(code) for code in sorted(codes)]
    return [term for term in terms if term.meaning]
