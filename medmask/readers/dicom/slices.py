"""The headers of one scan's slices, from its files."""

from __future__ import annotations

from collections.abc import Sequence

from medmask.errors import IsAnnotation, MixedGeometry, MultiFrame, Skip
from medmask.outcome import ScanWarning
from medmask.readers.dicom.copies import without_copies
from medmask.readers.dicom.functional_groups import expanded
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.kinds import is_annotation
from medmask.readers.dicom.pieces import demand_all_pieces
from medmask.readers.dicom.stacks import frames_of


def slice_headers(
    headers: Sequence[Header], stack_key: str
) -> tuple[list[Header], tuple[ScanWarning, ...]]:
    """Return the headers of the slices of some files, each once.

    Parameters
    ----------
    headers : sequence of Header
        Of the files of one `Series`, in the order of their paths.
    stack_key : str
        Which stack of a multi-frame file, see `Series`.

    Returns
    -------
    list of Header
        Of instances, or of frames where an instance holds several.
    tuple of ScanWarning
        Of copies that were left out.

    Raises
    ------
    Damaged
        If an instance is.
    Skip
        If the files hold no scan.
    MixedGeometry
        If they are of several series.
    DuplicatePositions
        If one UID stands for two objects.
    MultiFrame
        If there is no such stack, or something else beside it.
    """
    _demand_images(headers)
    unique, copies = without_copies(headers)
    return _slices(unique, stack_key), copies


def _demand_images(headers: Sequence[Header]) -> None:
    """Demand instances without fault, all of one series and all images."""
    for header in headers:
        if header.fault is not None:
            raise header.fault
    first = headers[0]
    for header in headers:
        if header.not_an_image:
            error = IsAnnotation if is_annotation(header.sop_class) else Skip
            raise error(header.path.name, header.not_an_image, "an image")
        if (header.study_uid, header.series_uid) != (first.study_uid, first.series_uid):
            raise MixedGeometry(header.path.name, "an instance of another series", "one series")


def _slices(headers: Sequence[Header], stack_key: str) -> list[Header]:
    """Return the headers of slices: those of frames, where instances hold several."""
    several = [header for header in headers if len(header.frames) > 1 or header.piece is not None]
    if not several:
        return [slice_header for header in headers for slice_header in expanded(header)]
    pieces = demand_all_pieces(headers)
    if len(headers) > 1 and not pieces:
        found = f"{len(headers)} instances, of which one holds {len(several[0].frames)} frames"
        raise MultiFrame(several[0].path.name, found, "a multi-frame instance by itself")
    return list(frames_of(pieces or headers, stack_key))
