"""The DICOM instances that a scan was read from, for objects that refer to them."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

Position = tuple[float, float, float]


@dataclass(frozen=True)
class SliceSource:
    """What a slice was read from.

    Attributes
    ----------
    instance : int
        Index of its instance.
    frame : int or None
        From 0, where the instance has several.
    """

    instance: int
    frame: int | None


@dataclass(frozen=True, eq=False)
class DicomSource:
    """Headers of a scan's instances, in the order of its slices.

    Attributes
    ----------
    instances : tuple of pydicom.Dataset
        Without pixels, each once, in the order in which slices first need them. What every
        instance must have, be it empty, is there.
    slices : tuple of tuple of SliceSource
        What each slice of the scan's grid was read from: one, or two that it lies between.
    positions : tuple of (float, float, float), or None
        Image Position (Patient) of every slice; ``None`` for a picture that has no place in the
        patient.
    """

    instances: tuple[Any, ...]
    slices: tuple[tuple[SliceSource, ...], ...]
    positions: tuple[Position, ...] | None

    def __post_init__(self) -> None:
        if self.positions is not None and len(self.positions) != len(self.slices):
            raise ValueError(f"{len(self.positions)} positions of {len(self.slices)} slices")

    @property
    def first(self) -> Any:  # noqa: ANN401 - a pydicom data set
        """The header that stands for all in what they share: patient, study, series."""
        return self.instances[0]

    @property
    def identity(self) -> tuple[str, ...]:
        """Words that are the same for the same slices of the same instances alone."""
        uids = (str(instance.get("SOPInstanceUID", "")) for instance in self.instances)
        return (*uids, str(self.slices))


def uid_of(*words: str) -> str:
    """Return a UID that is the same for the same words and no other ones.

    Parameters
    ----------
    *words : str
        Such as the UID of the source, a digest of the recipe and the role of the object.

    References
    ----------
    DICOM PS3.5 B.2, UUID derived UID; RFC 9562, 5.8, UUID version 8.
    """
    digest = bytearray(hashlib.sha256("\n".join(words).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return f"2.25.{uuid.UUID(bytes=bytes(digest)).int}"
