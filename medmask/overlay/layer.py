"""How a picture is shown and what is laid over it: the recipe's ``overlay`` section."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, get_args

Shown = Literal["bone", "soft_tissue", "annotations"]
Style = Literal["fill", "contour", "hatch"]

_COLOURS: dict[Shown, str] = {
    "bone": "#ffb400",
    "soft_tissue": "#00a0ff",
    "annotations": "#ff4fa3",
}
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class WindowLevel:
    """The native interval shown from black to white.

    Attributes
    ----------
    level : float
        Its middle, in native units (HU for CT).
    width : float
        Its width in native units, more than 0.
    """

    level: float
    width: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.level):
            raise ValueError(f"window level {self.level}; accepted: a number")
        if not (math.isfinite(self.width) and self.width > 0):
            raise ValueError(f"window width {self.width}; accepted: a number above 0")


@dataclass(frozen=True)
class LayerStyle:
    """How one kind of mask is drawn.

    Attributes
    ----------
    show : {"bone", "soft_tissue", "annotations"}
        Which masks.
    colour : str or None
        ``#rrggbb``; None takes the subject's own colour.
    opacity : float
        0 (not seen) to 1 (covers the picture).
    style : {"fill", "contour", "hatch"}
        The whole mask, the pixels along the inside of its edge, or these and lines across it, for
        what must not hide the scan.
    feather_mm : float
        Standard deviation of the Gaussian that softens a filled mask's edge, in mm; in pixels of
        a scan whose spacing is unknown.
    """

    show: Shown
    colour: str | None = None
    opacity: float = 0.4
    style: Style = "fill"
    feather_mm: float = 0.0

    def __post_init__(self) -> None:
        if self.show not in _COLOURS:
            raise ValueError(f"layer {self.show!r}; accepted: {', '.join(_COLOURS)}")
        if self.colour is not None and not _HEX.fullmatch(self.colour):
            raise ValueError(f"colour {self.colour!r}; accepted: #rrggbb, such as #ffb400")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"opacity {self.opacity}; accepted: 0 to 1")
        if self.style not in get_args(Style):
            raise ValueError(f"style {self.style!r}; accepted: {', '.join(get_args(Style))}")
        if not (math.isfinite(self.feather_mm) and self.feather_mm >= 0):
            raise ValueError(f"feather_mm {self.feather_mm}; accepted: 0 or more")
        if self.feather_mm and self.style != "fill":
            raise ValueError(
                f"feather_mm {self.feather_mm:g} on a {self.style}, whose lines are sharp; "
                f"accepted: feather_mm with `style: fill`"
            )

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0..255."""
        code = self.colour or _COLOURS[self.show]
        return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


DEFAULT_LAYERS = (
    LayerStyle("bone", "#ffb400", 0.4, "fill"),
    LayerStyle("soft_tissue", "#00a0ff", 0.25, "contour"),
    LayerStyle("annotations", None, 0.9, "contour"),
)


@dataclass(frozen=True)
class OverlayStyle:
    """How a scan's picture is drawn.

    Attributes
    ----------
    window : WindowLevel or None
        None takes what the file says, else what suits the modality.
    layers : tuple of LayerStyle
        From the bottom up: a later layer lies over an earlier one.
    """

    window: WindowLevel | None = None
    layers: tuple[LayerStyle, ...] = DEFAULT_LAYERS
