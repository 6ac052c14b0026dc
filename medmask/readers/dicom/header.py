"""The facts of one DICOM instance or frame that grouping, geometry and intensities rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from medmask.errors import Damaged
from medmask.readers.dicom.elements import PixelSpan

Triple = tuple[float, float, float]
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one frame's pixels are stored; ``None`` where the header does not say.

    Attributes
    ----------
    rows, columns, samples, bits_allocated, bits_stored, high_bit : int or None
    frames : int
        Number of Frames, 1 if not given.
    signed : bool or None
    photometric : str
    span : PixelSpan or None
        Where the pixel data lie.
    """

    rows: int | None
    columns: int | None
    samples: int | None
    bits_allocated: int | None
    bits_stored: int | None
    high_bit: int | None
    frames: int
    signed: bool | None
    photometric: str
    span: PixelSpan | None


@dataclass(frozen=True, slots=True)
class Intensity:
    """What stored values mean.

    Attributes
    ----------
    slope, intercept : float or None
        (0028,1053) and (0028,1052).
    rescale_type : str
        (0028,1054), empty if not given.
    padding, padding_limit : float or None
        (0028,0120) to (0028,0125), stored values.
    window_center, window_width : float or None
        The first window.
    voi_function : str
        (0028,1056), ``LINEAR`` if not given.
    modality_lut, voi_lut : bool
        Whether a look-up table is there.
    """

    slope: float | None
    intercept: float | None
    rescale_type: str
    padding: float | None
    padding_limit: float | None
    window_center: float | None
    window_width: float | None
    voi_function: str
    modality_lut: bool
    voi_lut: bool


class FrameAxis(StrEnum):
    """What frames are.

    ``SLICES`` of a volume, in space as far as positions are known; moments in ``TIME`` of one
    plane; or ``OTHER``: views, detectors, tiles, or slices at several moments.
    """

    SLICES = "slices"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame of a multi-frame instance says of itself (functional groups, PS3.3 C.7.6.16).

    What it does not say is the instance's, see `Header`.

    Attributes
    ----------
    position, orientation, pixel_spacing, thickness, spacing_between
        As in `Header`.
    slope, intercept, rescale_type, window_center, window_width, voi_function
        As in `Intensity`.
    image_type : tuple of str
        Frame Type (0008,9007), empty if the frame has none of its own.
    echo_time : float or None
    acquisition, temporal : int or None
    stack_id, diffusion : str
        Empty where the frame does not say.
    """

    position: Triple | None = None
    orientation: tuple[float, ...] | None = None
    pixel_spacing: Pair | None = None
    thickness: float | None = None
    spacing_between: float | None = None
    slope: float | None = None
    intercept: float | None = None
    rescale_type: str = ""
    window_center: float | None = None
    window_width: float | None = None
    voi_function: str = ""
    image_type: tuple[str, ...] = ()
    echo_time: float | None = None
    acquisition: int | None = None
    temporal: int | None = None
    stack_id: str = ""
    diffusion: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What makes an instance one of several that hold the frames of one (PS3.3 C.7.6.16.2.2.4).

    Attributes
    ----------
    concatenation : str
        The UID that all pieces share.
    offset : int or None
        How many frames lie in the pieces before.
    total : int or None
        How many pieces there are.
    """

    concatenation: str
    offset: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """One instance, or one of its frames; lengths in mm, directions and positions in LPS+.

    Attributes
    ----------
    path : Path
    transfer_syntax, sop_class, sop_instance, modality : str
        Empty where the file does not say.
    study_uid, series_uid : str
        Of an instance that names no series, its own: see `names_no_series`.
    image_type : tuple of str
    acquisition, echo, temporal : int or None
    echo_time, trigger_time, kvp : float or None
        In ms, ms and kV.
    acquired, created, kernel : str
        When the slice was acquired and made, and the kernel it was reconstructed with; empty if
        not stated.
    stack_id : str
        Of a frame.
    diffusion : str
        Strength and direction of the gradient, empty if not stated.
    orientation : tuple of six float or None
        Direction of a row (towards higher columns), then of a column.
    position : tuple of three float or None
        Centre of the first pixel.
    pixel_spacing, imager_spacing : tuple of two float or None
        Between rows, then between columns.
    thickness, spacing_between : float or None
    layout : Layout
    intensity : Intensity
    frames : tuple of Frame
        What the frames of a multi-frame instance say, in the order of the pixels.
    frame : int or None
        Which of them this is the header of; ``None`` for the instance.
    frame_axis : FrameAxis
        What the frames follow each other along.
    piece : Piece or None
        Which piece of a concatenation the instance is.
    frame_of_reference : str
        Its UID, empty where the file does not say.
    has_overlays : bool
        Whether overlay planes (60xx) are drawn over it.
    not_an_image : str
        What the instance is instead of a scan, empty if it may be one.
    fault : Damaged or None
        What is wrong with the instance although it can be told which series it belongs to. It
        stays in its series, so that the series fails and does not lose a slice silently.
    """

    path: Path
    transfer_syntax: str
    sop_class: str
    sop_instance: str
    study_uid: str
    series_uid: str
    modality: str
    image_type: tuple[str, ...]
    acquisition: int | None
    echo: int | None
    temporal: int | None
    echo_time: float | None
    trigger_time: float | None
    kvp: float | None
    acquired: str
    created: str
    kernel: str
    stack_id: str
    diffusion: str
    orientation: tuple[float, ...] | None
    position: Triple | None
    pixel_spacing: Pair | None
    imager_spacing: Pair | None
    thickness: float | None
    spacing_between: float | None
    layout: Layout
    intensity: Intensity
    frames: tuple[Frame, ...]
    frame: int | None
    frame_axis: FrameAxis
    piece: Piece | None
    frame_of_reference: str
    has_overlays: bool
    not_an_image: str
    fault: Damaged | None

    @property
    def names_no_series(self) -> bool:
        """Whether the instance is a series by itself, as it does not say of which it is."""
        return self.series_uid == self.sop_instance

    @property
    def identity(self) -> tuple[str, int]:
        """What no two different instances or frames share."""
        return self.sop_instance or self.path.name, -1 if self.frame is None else self.frame
