"""Which images a DICOM annotation says that it was drawn on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medmask.annotations.data_set import (
    frames_of_reference,
    read_data_set,
    sequence,
    text_of,
    understood,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class References:
    """UIDs that an annotation names.

    Attributes
    ----------
    series, instances, frames_of_reference : frozenset of str
    """

    series: frozenset[str]
    instances: frozenset[str]
    frames_of_reference: frozenset[str]

    @property
    def names_images(self) -> bool:
        """Whether it says which images it was drawn on."""
        return bool(self.series or self.instances)


def references_of(path: Path) -> References:
    """Return what a segmentation or structure set refers to.

    Parameters
    ----------
    path : Path

    Raises
    ------
    Damaged
        If the file is.

    References
    ----------
    DICOM PS3.3 C.12.2, Common Instance Reference; C.8.8.5, Structure Set; C.7.6.16.2.6, Derivation
    Image.
    """
    with understood(path.name):
        return _references(read_data_set(path, pixels=False))


def _references(dataset: Dataset) -> References:
    series: set[str] = set()
    instances: set[str] = set()
    for item in (*_common(dataset), *_structure_set(dataset)):
        series.add(text_of(item, "SeriesInstanceUID"))
        for keyword in ("ReferencedInstanceSequence", "ContourImageSequence"):
            for image in sequence(item, keyword):
                instances.add(text_of(image, "ReferencedSOPInstanceUID"))
    for group in (
        *sequence(dataset, "PerFrameFunctionalGroupsSequence"),
        *sequence(dataset, "SharedFunctionalGroupsSequence"),
    ):
        for derivation in sequence(group, "DerivationImageSequence"):
            for image in sequence(derivation, "SourceImageSequence"):
                instances.add(text_of(image, "ReferencedSOPInstanceUID"))
    return References(
        frozenset(series - {""}), frozenset(instances - {""}), frames_of_reference(dataset)
    )


def _common(dataset: Dataset) -> Iterator[Dataset]:
    yield from sequence(dataset, "ReferencedSeriesSequence")
    for study in sequence(dataset, "StudiesContainingOtherReferencedInstancesSequence"):
        yield from sequence(study, "ReferencedSeriesSequence")


def _structure_set(dataset: Dataset) -> Iterator[Dataset]:
    for frame in sequence(dataset, "ReferencedFrameOfReferenceSequence"):
        for study in sequence(frame, "RTReferencedStudySequence"):
            yield from sequence(study, "RTReferencedSeriesSequence")
