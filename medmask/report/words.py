"""Codes in words, for readers who have not read the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
        "multi_frame": "One DICOM instance holds several frames in a way that is not read.",
        "time_series": "More than one volume, over time, echoes or directions.",
        "colour_image": "A colour picture, where an intensity is wanted.",
        "bad_geometry": "The positions given do not make a grid.",
        "missing_geometry": "Position, orientation or spacing is absent.",
        "mixed_geometry": "The slices of the series do not share one grid.",
        "duplicate_positions": "Different slices lie at the same position.",
        "uneven_slices": "The steps between slices are not even: slices may be missing.",
        "missing_slices": "Slices are missing, too many in a row to interpolate them.",
        "bad_values": "The intensities cannot be used.",
        "bad_rescale": "The map from stored values to intensities is missing or no number.",
        "not_hounsfield": "The values of this CT cannot be Hounsfield units.",
        "no_valid_voxels": "There is nothing but padding or non-numbers.",
        "not_regular_file": "A pipe, a device or a link that leaves the input.",
        "no_spacing": "A step in millimetres was asked of a scan whose spacing is unknown.",
        "too_large": "The scan needs more memory than it is allowed.",
        "out_of_memory": "The scan took more memory than it was allowed.",
        "write_failed": "A result could not be written whole.",
        "timeout": "The scan took longer than it is allowed.",
        "worker_died": "The process that worked on the scan ended without an answer.",
        "internal": "A fault of medmask itself, met on this scan; please report it.",
        "skipped": "The file is in order, but it is not a scan.",
        "annotation": "A mask, label map or overlay rather than a scan.",
        "scan_missing": "An annotation whose scan is not among those found.",
        "several_scans": "An annotation that would fit more than one scan.",
        "annotation_refused": "An annotation that does not belong onto its scan.",
        "no_overlap": "Nothing of the annotation lies inside its scan.",
        "other_frame_of_reference": "Annotation and scan count millimetres from other origins.",
        "other_patient": "Annotation and scan name different patients.",
        "other_shape": "Annotation and scan have no geometry, and their shapes differ.",
        "oblique_contours": "The contours lie in planes that the scan's grid does not have.",
        # warnings: the scan was processed all the same
        "annotation_unreadable": "An annotation is damaged or not understood; it is left out.",
        "annotation_snapped": "An annotation's header is rounded; its voxels are the scan's.",
        "annotation_resampled": "An annotation lies on another grid; the nearest voxel was taken.",
        "annotation_partly_outside": "A part of an annotation lies outside the scan.",
        "annotation_index_for_index": "An annotation without a place was taken voxel for voxel.",
        "open_contours": "Contours that enclose nothing were left out.",
        "undescribed_segments": "Segments without a description were left out.",
        "frames_moved": "Frames of an annotation were put on the scan's nearest slices.",
        "overlay_without_data": "An overlay plane is declared and has no data.",
        "colours_merged": "An annotation has many shades; it is drawn in their mean.",
        "grey_rims": "A mask stored as JPEG has grey rims; it was cut at half.",
        "threshold_fallback": "The strategy found no threshold; the fixed one was taken.",
        "thresholds_crossed": "Bone begins at or below soft tissue: nothing lies between them.",
        "native_threshold_on_arbitrary_units": "A native threshold was used on arbitrary units.",
        "hysteresis_does_nothing": "The lower threshold is not lower: the mask cannot grow.",
        "radius_does_nothing": "A step's radius is less than a voxel along at least one axis.",
        "modality_guessed": "The file names no modality; it was guessed from the values.",
        "name_differs": "The file's ending does not fit its content; the content was believed.",
        "trailing_bytes": "Bytes after the image's end were left out.",
        "non_finite_voxels": "Voxels that are NaN or infinite count as outside.",
        "transparency_ignored": "The picture's transparency was left out.",
        "colour_to_grey": "The picture is coloured; its luminance was taken.",
        "depth_guessed": "The picture's bit depth was taken from its greatest value.",
        "one_of_series": "The file holds several volumes; this is one of them.",
        "first_of_series": "The file holds several volumes; the first one was taken.",
        "mean_of_series": "The file holds several volumes; their mean was taken.",
        "window_ignored": "The file's display window shows nothing and was not used.",
        "no_orientation": "Left, right and position in the patient are unknown.",
        "series_split": "The series holds more than one volume or picture; each is a scan here.",
        "no_series_uid": "The file names no series; it may be a slice of one.",
        "localizer": "A planning picture: its values are not those of cross sections.",
        "damaged_file_beside": "A file beside the series cannot be read; a slice may be missing.",
        "no_position": "The file states no origin; the position was taken as 0.",
        "byte_order_assumed": "The file states no byte order; little endian was assumed.",
        "units_assumed": "The file names no unit of length; millimetres were assumed.",
        "sform_qform_differ": "The file holds two placements in space; the sform was taken.",
        "pixdim_differs": "The file's voxel sizes contradict its placement; the sform was taken.",
        "slice_thickness_used": "One slice only; its thickness was taken as its extent.",
        "detector_spacing": "Spacing was measured at the detector: lengths are magnified.",
        "gantry_tilt": "The slices are tilted; the grid keeps the tilt.",
        "stack_gap": "Numbers in the names of stacked pictures leave some out.",
        "frames_as_slices": "Frames without positions were taken as slices of a volume.",
        "slices_displaced": "Positions are not quite even; slices lie off them by what is stated.",
        "irregular_resampled": "The slices were unevenly spaced and put onto an even grid.",
        "duplicate_instances": "Copies of the same slice were left out.",
        "per_slice_rescale": "Slope or intercept differs from slice to slice; each was applied.",
        "feather_in_pixels": "Without spacing, soft edges of the picture are in pixels.",
        "no_dicom_source": "DICOM objects were asked for, but the scan is not DICOM.",
        "no_dicom_seg": "No DICOM segmentation could be made of the masks.",
        # warnings of medmask blend
        "mask_empty": "The mask is 0 everywhere: only the second image is seen.",
        "mask_never_full": "The mask never reaches 1: the first image is nowhere seen alone.",
        "jpeg_mask": "The mask was compressed with loss: its edges are blurred.",
        "depth_matched": "The pictures have different depths; white was made white.",
        "shown_in_window": "A volume was shown in its window, to be blended with a picture.",
        "native_values": "Stored values mean different things; native values were blended.",
        "axes_reordered": "The arrays run different ways; they were put in order.",
        "resampled": "An image was interpolated onto the grid of the other one.",
        # flags: doubts about the result
        "empty_mask": "Nothing lies above the soft-tissue threshold.",
        "no_bone": "Nothing is left of bone.",
        "unstable_threshold": "A small shift of a threshold changes its mask by a third or more.",
        "bone_in_noise": "Noise alone lifts muscle above the bone threshold.",
        "hysteresis_floods": "Growing to a lower threshold makes the mask three times as large.",
        "metal": "The scan shows metal: its streaks may be taken for bone, or for air.",
        "touches_border": "Bone reaches a side of the image: some of it may lie outside.",
        "mostly_removed": "One step of the recipe takes most of the body's mask away.",
        "mask_fills_image": "The body covers nearly all of the image.",
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
