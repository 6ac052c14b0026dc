"""Volume and histogram -> Scale: where 32 and 64 lie for one scan.

Each kind is a small class whose fields are its parameters in a recipe; `SCALES` maps the recipe's
word to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from medmask.errors import BadValues, NotHounsfield
from medmask.histogram import Histogram
from medmask.hounsfield import contradiction
from medmask.scale import Scale
from medmask.volume import Display, Family, Volume

HOUNSFIELD_ACCEPTED = (
    "a CT with its rescale to HU (air -1000, water 0), or a recipe with `scale: {kind: linear, "
    "native_at_32, native_at_64}`"
)


class ScaleKind(Protocol):
    """A way to declare a scale."""

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:
        """Return the scale of one volume; raise `BadValues` where there is none."""


@dataclass(frozen=True)
class Identity:
    """A level is a native value."""

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:  # noqa: ARG002
        """Return the identity, in the volume's unit."""
        return Scale.identity(volume.unit)


@dataclass(frozen=True)
class Linear:
    """The line through two stated points.

    Attributes
    ----------
    native_at_32, native_at_64 : float
        Native values at the levels 32 and 64; the first above the second inverts the picture.
    """

    native_at_32: float
    native_at_64: float

    def __post_init__(self) -> None:
        if self.native_at_32 == self.native_at_64:
            raise ValueError("native_at_32 and native_at_64 must differ")

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:  # noqa: ARG002
        """Return the line, in the volume's unit."""
        return Scale.through(self.native_at_32, self.native_at_64, volume.unit)


@dataclass(frozen=True)
class Window:
    """The interval that the file says is shown as black to white, on 0..255."""

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:  # noqa: ARG002
        """Return the display's scale.

        Raises
        ------
        BadValues
            If the file declares no display.
        """
        if volume.display is None:
            raise BadValues(
                f"scale of a {volume.modality}",
                "the file declares no display window",
                "`scale: {kind: linear, ...}` or `{kind: percentile}` for such scans",
            )
        return Scale.over("window", volume.display, volume.unit)


@dataclass(frozen=True)
class Percentile:
    """Two percentiles of the valid voxels on 0..255, for arbitrary units.

    Attributes
    ----------
    low, high : float
        Percentages of the valid voxels, ``0 <= low < high <= 100``.
    """

    low: float = 1.0
    high: float = 99.0

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 100:
            raise ValueError(
                f"percentiles need 0 <= low < high <= 100, got {self.low}, {self.high}"
            )

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:
        """Return the scale between the two percentiles.

        Raises
        ------
        BadValues
            If all valid voxels between the percentiles have one value.
        """
        ends = histogram.percentile(self.low), histogram.percentile(self.high)
        if not ends[0] < ends[1]:
            ends = histogram.native_min, histogram.native_max
        if not ends[0] < ends[1]:
            raise BadValues(
                f"scale of a {volume.modality}",
                f"all valid voxels have the value {histogram.native_min:g}",
                "at least two different values",
            )
        return Scale.over("percentile", Display(*ends), volume.unit)


@dataclass(frozen=True)
class Auto:
    """What the modality calls for.

    CT: 13 HU a level. Pictures and radiographs: their display on 0..255, which is the identity
    for 8 bits. Everything else has arbitrary units: percentiles.
    """

    def scale(self, volume: Volume, histogram: Histogram) -> Scale:
        """Return the modality's scale.

        Raises
        ------
        NotHounsfield
            If a CT has no unit HU, or values that cannot be HU.
        BadValues
            If the volume has one value only and arbitrary units.
        """
        if volume.family is Family.CT:
            _require_hounsfield(volume, histogram)
            return Scale.ct()
        if volume.display is not None:
            return Window().scale(volume, histogram)
        return Percentile().scale(volume, histogram)


def _require_hounsfield(volume: Volume, histogram: Histogram) -> None:
    """Refuse a CT whose values are not, or cannot be, Hounsfield units."""
    found = contradiction(histogram.native_min, histogram.native_max)
    if not found and volume.unit != "HU":
        ends = f"{histogram.native_min:g} to {histogram.native_max:g}"
        found = f"values from {ends} that no rescale to HU belongs to"
    if found:
        raise NotHounsfield("CT values", found, HOUNSFIELD_ACCEPTED)


SCALES: dict[str, type[ScaleKind]] = {
    "auto": Auto,
    "identity": Identity,
    "linear": Linear,
    "window": Window,
    "percentile": Percentile,
}
