"""Pictures as volumes of one slice, or stacked; without millimetres unless these are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import IsAnnotation, MixedGeometry, TooLarge, UnsupportedFormat
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.hounsfield import as_hounsfield
from medmask.readers.modality import demand_no_mask_name
from medmask.readers.options import ReadOptions
from medmask.readers.pictures.decode import decode
from medmask.readers.pictures.grey import A_SCAN
from medmask.readers.pictures.order import gap_warning, in_natural_order
from medmask.readers.pictures.picture import Picture, open_pictures, peek_pictures
from medmask.readers.sniff import name_warning
from medmask.readers.values import only_values
from medmask.volume import Display, Volume

_MASK_VALUES: Final = (frozenset({0.0, 1.0}), frozenset({0.0, 255.0}))


@dataclass(frozen=True, eq=False)
class PictureFacts:
    """What headers of pictures tell.

    Attributes
    ----------
    grid : Grid
    voxel_bytes : int
        Memory of the grey values.
    encoding : str
    warnings : tuple of ScanWarning
    """

    grid: Grid
    voxel_bytes: int
    encoding: str
    warnings: tuple[ScanWarning, ...]


def read_pictures(files: Sequence[Path], options: ReadOptions) -> Volume:
    """Read a grey picture, or several as the slices of a volume.

    Parameters
    ----------
    files : sequence of Path
        By content PNG, JPEG or TIFF; stacked in the natural order of their names.
    options : ReadOptions

    Returns
    -------
    Volume
        uint8 or uint16; ``display`` spans the true depth of the values.

    Raises
    ------
    MixedGeometry
        If pictures of a stack differ in size or layout.
    MissingSlices
        If numbers in the names leave some out, and gaps are refused.
    UnsupportedFormat
        If there are several pages, and no stacks are asked for.
    IsAnnotation
        If it is a mask or a drawing with an opacity of its own.
    TooLarge
        If there are more voxels than memory allows.
    ScanError
        If a picture is not whole or not understood: see `open_pictures` and `decode`.
    """
    gaps = gap_warning(in_natural_order(files), options.irregular)
    pictures = _pictures(files, options, open_pictures)
    first, count = next(pictures)
    shape = _demand_memory(first, count, options)
    voxels = np.empty(shape, first.dtype)
    said: dict[str, ScanWarning] = {}
    is_colour = False
    each = chain([first], (picture for picture, _ in pictures))
    for slab, picture in zip(voxels, each, strict=True):
        grey = decode(picture)
        slab[...] = grey.pixels
        is_colour |= grey.is_colour
        for warning in (*name_warning(picture.path, picture.format), *grey.warnings):
            said.setdefault(warning.code, warning)
    _demand_no_mask(voxels, first.where, is_colour=is_colour)
    display, guessed = display_of(first, voxels)
    volume = Volume(
        voxels=voxels,
        grid=_grid(shape, options),
        modality=options.stated_modality() or "XR",
        display=display,
        warnings=(*gaps, *said.values(), *guessed),
    )
    return as_hounsfield(volume, first.where)


def inspect_pictures(files: Sequence[Path], options: ReadOptions) -> PictureFacts:
    """Return what the headers of pictures tell, without decoding them.

    Raises
    ------
    ScanError
        Whatever the headers alone can tell.
    """
    gaps = gap_warning(in_natural_order(files), options.irregular)
    said: dict[str, ScanWarning] = {}
    first: Picture | None = None
    count = 0
    for picture, each in _pictures(files, options, peek_pictures):
        first, count = first or picture, each
        for warning in name_warning(picture.path, picture.format):
            said.setdefault(warning.code, warning)
    assert first is not None
    shape = _demand_memory(first, count, options)
    size = shape[0] * shape[1] * shape[2] * first.dtype.itemsize
    return PictureFacts(_grid(shape, options), size, first.layout, (*gaps, *said.values()))


def _pictures(
    files: Sequence[Path], options: ReadOptions, opened: Callable[[Path], tuple[Picture, ...]]
) -> Iterator[tuple[Picture, int]]:
    """Yield pictures in the order of slices, each with how many there are, one in memory."""
    ordered = in_natural_order(files)
    first: Picture | None = None
    for path in ordered:
        demand_no_mask_name(path)
        pages = opened(path)
        if len(pages) > 1 and not (options.stacks and len(files) == 1):
            accepted = "one page, or one file of pages and `stacks: true`"
            raise UnsupportedFormat(path.name, f"{len(pages)} pages", accepted)
        for picture in pages:
            first = first or picture
            _demand_grey_levels(picture)
            _demand_same(picture, first)
            yield picture, len(ordered) * len(pages)


def _demand_grey_levels(picture: Picture) -> None:
    png = picture.png
    if png is not None and png.depth == 1 and png.colour_type == 0:
        raise IsAnnotation(picture.where, "one bit a pixel, as a mask", A_SCAN)


def _demand_same(picture: Picture, first: Picture) -> None:
    def facts(one: Picture) -> str:
        return f"{one.columns} x {one.rows}, {one.layout}"

    if facts(picture) != facts(first):
        found = f"{facts(picture)}, where {first.where} is {facts(first)}"
        raise MixedGeometry(picture.where, found, "pictures of one size and kind")


def _demand_memory(first: Picture, count: int, options: ReadOptions) -> tuple[int, int, int]:
    """Return the shape of the volume if it fits."""
    shape = (count, first.rows, first.columns)
    needed = count * first.rows * first.columns * first.dtype.itemsize
    if needed > options.largest_bytes:
        found = f"{count} pictures of {first.columns} x {first.rows}"
        raise TooLarge(first.where, found, f"at most {options.largest_bytes} bytes")
    return shape


def _demand_no_mask(voxels: NDArray[Any], where: str, *, is_colour: bool) -> None:
    if not is_colour and voxels.dtype != np.uint8:
        return
    values = only_values(voxels)
    if values in _MASK_VALUES:
        raise IsAnnotation(where, "only black and white, as a mask", A_SCAN)
    if is_colour and values:
        raise IsAnnotation(where, "only two colours, as a mask", A_SCAN)


def _grid(shape: tuple[int, int, int], options: ReadOptions) -> Grid:
    """Return a grid of the spacing given; one picture has no extent across."""
    if options.spacing_mm is None:
        return Grid.plain(shape)
    affine = Grid.plain(shape).affine @ np.diag([*options.spacing_mm, 1.0])
    return Grid(shape, affine, (shape[0] > 1, True, True), oriented=False)


def display_of(first: Picture, voxels: NDArray[Any]) -> tuple[Display, tuple[ScanWarning, ...]]:
    """Return the range of the true depth: 16 bits often hold 10 to 12.

    Parameters
    ----------
    first : Picture
        The header.
    voxels : ndarray of uint8 or uint16
        All samples.
    """
    is_inverted = first.tiff is not None and first.tiff.is_inverted
    if not first.is_deep:
        return Display(0, 255, is_inverted), ()
    highest = int(voxels.max())
    needed = max(8, highest.bit_length())
    stated = first.png.significant_bits if first.png is not None else None
    if stated is not None and stated >= 1:
        # An encoder that scaled its values up to 16 bits (11.3.2.7) goes beyond the stated ones
        depth = stated if highest < 1 << stated else 16
        return Display(0, float((1 << depth) - 1), is_inverted), ()
    display = Display(0, float((1 << needed) - 1), is_inverted)
    if needed == 16:
        return display, ()
    message = f"the depth was taken as {needed} bits, which the maximum {highest} needs"
    return display, (ScanWarning("depth_guessed", message),)
