"""DICOM annotations as data sets: whole ones only, and of the scan's own patient and frame."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medmask.errors import BadHeader, OtherFrameOfReference, OtherPatient
from medmask.readers import read_header
from medmask.readers.border import FOREIGN, reading
from medmask.scan import Format, Scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_SHORTEST_WORD: Final = 3  # letters of a name by which somebody can be told
_IDENTITY: Final = ("PatientID", "FrameOfReferenceUID")


def read_data_set(path: Path, *, pixels: bool) -> Dataset:
    """Return a DICOM annotation's data set, if it is whole.

    Parameters
    ----------
    path : Path
    pixels : bool
        Whether its pixel data are wanted.

    Raises
    ------
    Damaged
        If the file is cut or is no DICOM.
    NotRegular
        If it is gone.
    """
    header = read_header(path)  # pydicom takes a cut data set for a shorter one
    if header.fault is not None:
        raise header.fault
    return _read(path, stop_before_pixels=not pixels)


def demand_same_subject(dataset: Dataset, scan: Scan, where: str) -> None:
    """Demand that an annotation names no other patient and no other frame of reference.

    Parameters
    ----------
    dataset : Dataset
        The annotation's.
    scan : Scan
        A scan that is no DICOM names neither, and what lies where must tell.
    where : str
        Names the annotation in errors.

    Raises
    ------
    OtherPatient, OtherFrameOfReference
        If both name one, and not the same. The names themselves are not printed.
    """
    if scan.format is not Format.DICOM:
        return
    other = _read(scan.files[0], specific_tags=list(_IDENTITY), stop_before_pixels=True)
    mine, theirs = text_of(dataset, "PatientID"), text_of(other, "PatientID")
    if mine and theirs and mine != theirs:
        found = "its Patient ID (0010,0020) is not the scan's"
        raise OtherPatient(where, found, "an annotation of the scan's own patient")
    frames = frames_of_reference(dataset)
    theirs = text_of(other, "FrameOfReferenceUID")
    if frames and theirs and theirs not in frames:
        found = "its Frame of Reference UID (0020,0052) is not the scan's"
        accepted = "an annotation in the scan's own frame of reference; none is registered here"
        raise OtherFrameOfReference(where, found, accepted)


def frames_of_reference(dataset: Dataset) -> frozenset[str]:
    """Return the frames of reference in which an annotation is drawn, none if it does not say."""
    items = (*sequence(dataset, "StructureSetROISequence"), dataset)
    named = {text_of(item, "ReferencedFrameOfReferenceUID") for item in items[:-1]}
    return frozenset(named - {""} or {text_of(dataset, "FrameOfReferenceUID")} - {""})


def sequence(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Return the items of a sequence, none if it is not there."""
    return tuple(dataset.get(keyword) or ())


def text_of(dataset: Dataset, keyword: str) -> str:
    """Return an element as text, empty if it is not there."""
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip(" \0")


def whole_number(dataset: Dataset, keyword: str, where: str) -> int | None:
    """Return an element as a whole number, ``None`` if it is not there.

    Raises
    ------
    BadHeader
        If it is none.
    """
    value = dataset.get(keyword)
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise BadHeader(where, f"{keyword} is no whole number", "one whole number") from error


def numbers(dataset: Dataset, keyword: str, count: int, where: str) -> tuple[float, ...] | None:
    """Return an element as numbers, ``None`` if it is not there.

    Raises
    ------
    BadHeader
        If there are more or fewer, or one is none.
    """
    value: Any = dataset.get(keyword)
    if value is None or value == "":
        return None
    several = [value] if count == 1 else value
    try:
        found = tuple(float(one) for one in several)
    except (TypeError, ValueError) as error:
        raise BadHeader(where, f"{keyword} is no number", f"{count} numbers") from error
    if len(found) != count or any(not abs(one) < float("inf") for one in found):
        raise BadHeader(where, f"{keyword} is {list(found)}", f"{count} finite numbers")
    return found


def without_identity(name: str, dataset: Dataset, instead: str) -> str:
    """Return a name that its author typed, unless it holds the patient's name or id.

    Parameters
    ----------
    name : str
    dataset : Dataset
        With the patient's name and id, if it has them.
    instead : str
        What it is called then, or if it is empty.
    """
    clear = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", name).split())[:64]
    words = re.split(r"[\^= ,]+", text_of(dataset, "PatientName"))
    telling = [*words, text_of(dataset, "PatientID")]
    lower = clear.casefold()
    known = [word for word in telling if len(word) >= _SHORTEST_WORD]
    return instead if not clear or any(word.casefold() in lower for word in known) else clear


@contextmanager
def understood(where: str) -> Iterator[None]:
    """Translate what pydicom raises on values that are none, which it converts when asked for.

    Parameters
    ----------
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        Without the value itself, which may be anybody's.
    """
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with pydicom.config.disable_value_validation():
                yield
        except FOREIGN as error:
            found = f"an element is not readable ({type(error).__name__})"
            raise BadHeader(where, found, "elements as in PS3.5 6.2") from error


def _read(path: Path, **options: Any) -> Dataset:  # noqa: ANN401 - pydicom's own options
    import pydicom

    with reading(path.name), understood(path.name):
        return pydicom.dcmread(path, force=True, **options)
