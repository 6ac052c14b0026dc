"""``scan.json`` as far as a scan's page needs it; what it does not say is unknown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasPath, BeforeValidator, Field, StringConstraints

from medmask.report.account import Account, Lenient

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Knot = tuple[float, float]


class Plane(Lenient):
    """Where the pictures of one plane lie; see `medmask.overlay.ContactSheet`."""

    name: str
    tile_px: tuple[int, int]
    margin_px: int
    columns: int
    extent: tuple[float, float]
    sides: tuple[str, str, str, str]
    slices: tuple[int, ...]
    of: int
    positions_mm: tuple[float | None, ...]
    grey: str
    masks: tuple[str, ...]


class Layer(Lenient):
    """One layer; see `medmask.overlay.ReviewLayer`."""

    name: str
    colour: Colour
    opacity: float
    style: Literal["fill", "contour"]
    visible: bool
    sheet: int
    fill: tuple[int, ...]
    outline: tuple[int, ...]

    @property
    def paint(self) -> str:
        """The rows of a colour matrix that make everything this colour."""
        shares = (round(int(self.colour[n : n + 2], 16) / 255, 5) for n in (1, 3, 5))
        return " ".join(f"0 0 0 0 {share}" for share in shares)

    @staticmethod
    def opaque(channels: tuple[int, ...]) -> str:
        """Return the last row of the matrix: opaque where these channels are more than half full.

        Where a sheet is enlarged its edges are smooth; a mask has none but sharp ones.
        """
        return " ".join([*("255" if n in channels else "0" for n in range(4)), "-127"])


class Window(Lenient):
    """The native interval shown first; see `medmask.volume.Display`."""

    low: float
    high: float
    inverted: bool = False
    curve: tuple[Knot, ...] = ()


class Sheets(Lenient):
    """The pictures of a scan."""

    curve: tuple[Knot, ...]
    window: Window
    layers: tuple[Layer, ...]
    planes: tuple[Plane, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The pictures' names below the scan's folder."""
        return tuple(name for plane in self.planes for name in (plane.grey, *plane.masks))


def _changes(mask: str) -> AliasPath:
    return AliasPath("figures", "changes", mask)


def _whole(review: object) -> object:
    """Return the part about sheets; a run that drew none has a thumbnail only."""
    return review if isinstance(review, dict) and "planes" in review else None


class Counts(Lenient):
    """The histogram, as it can be drawn."""

    low_level: float
    high_level: float
    voxels_per_level: tuple[float, ...]
    beyond: float = 0.0


class Stability(Lenient):
    """What moving a threshold does to its mask."""

    delta_levels: float = 0.0
    fewer: float | None = None
    more: float | None = None


class Threshold(Lenient):
    """One threshold and what else was considered."""

    strategy: str
    level: float
    native: float
    fallback: str | None = None
    candidates: dict[str, float | None] = Field({})
    stability: Stability = Stability()


class Scale(Lenient):
    """The line from levels to native values."""

    kind: str = ""
    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    knots: tuple[Knot, ...] = ()

    def native(self, level: float) -> float:
        """Return the native value at a level, on the line through both ends."""
        return self.slope * level + self.intercept


class Verdict(Lenient):
    """How an annotation's geometry stands to the scan's."""

    fit: str = ""
    message: str = ""


class Agreement(Lenient):
    """How near one of our masks comes to an annotation; see `medmask.quality.Agreement`."""

    hd95_mm: float | None = None
    mean_surface_mm: float | None = None


class Annotation(Lenient):
    """What became of one annotation."""

    name: str = ""
    kind: str = ""
    file: str | None = None
    voxels: int | None = None
    volume_ml: float | None = None
    verdict: Verdict = Verdict()
    dice_bone: float | None = None
    dice_soft_tissue: float | None = None
    agreement_bone: Agreement | None = None
    agreement_soft_tissue: Agreement | None = None


class Change(Lenient):
    """A mask after one step; see `medmask.quality.Change`."""

    step: str
    voxels: int
    volume_ml: float | None = None


class ScanAccount(Account):
    """All that a scan's page is drawn from, beside what the cohort has to say."""

    scale: Scale = Scale()
    soft_choice: Threshold | None = Field(
        None, validation_alias=AliasPath("thresholds", "soft_tissue")
    )
    bone_choice: Threshold | None = Field(None, validation_alias=AliasPath("thresholds", "bone"))
    body_changes: tuple[Change, ...] = Field((), validation_alias=_changes("body"))
    bone_changes: tuple[Change, ...] = Field((), validation_alias=_changes("bone"))
    histogram: Counts | None = None
    annotations: tuple[Annotation, ...] = ()
    sheets: Annotated[Sheets | None, BeforeValidator(_whole)] = Field(
        None, validation_alias="review"
    )
    medmask: str = Field("", validation_alias=AliasPath("provenance", "medmask"))
    seconds: dict[str, float] = Field({}, validation_alias=AliasPath("provenance", "seconds"))
