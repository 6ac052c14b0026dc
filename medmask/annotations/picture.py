"""Pictures drawn for pictures: with an opacity of their own, as masks, as labels by colour."""

from __future__ import annotations

import io
import warnings
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medmask.annotation import OPAQUE
from medmask.annotations.drawing import Drawing, Mark, Sheet
from medmask.annotations.lay import lay
from medmask.annotations.result import Reading
from medmask.errors import BadValues, Damaged, OtherShape, TooLarge
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.border import reading
from medmask.readers.pictures.picture import LARGEST_PIXELS, PILLOW
from medmask.scan import AnnotationFile, Format, Scan

MOST_COLOURS: Final = 32  # drawn by hand; more are shades of few
_LABELS_BELOW: Final = 64  # values of a picture of labels, which are far from white
_HALF: Final = 128


def read_picture(file: AnnotationFile, _scan: Scan, grid: Grid) -> Reading:
    """Return a picture as annotations of a picture of its own size.

    A picture with opacity is drawn as it covers, each of its colours an annotation; black and
    white is a mask; few dark values or a palette are labels; other greys of a PNG or TIFF are
    opacities. A JPEG, whose rims turn grey, is cut at half.

    Parameters
    ----------
    file : AnnotationFile
    grid : Grid
        Of a scan of one slice.

    Raises
    ------
    OtherShape
        If the sizes differ: nothing is stretched.
    BadValues
        If it has too many colours to be a drawing.
    Damaged
        If it does not decode.
    """
    where = file.files[0].name
    with reading(where):
        content = file.files[0].read_bytes()
    image = _opened(content, file.format, where)
    columns, rows = image.size
    if grid.shape != (1, rows, columns):
        slices, high, wide = grid.shape
        found = f"{columns} x {rows} pixels for a scan of {wide} x {high} x {slices}"
        raise OtherShape(where, found, "the scan's own size; nothing is stretched")
    sheets, marks, said = _drawn(image, file, where)
    own = Grid(grid.shape, grid.affine, grid.spacing_known, grid.oriented)
    return Reading(tuple(lay(Drawing(own, sheets, marks), grid, file)), said)


def _opened(content: bytes, kind: Format, where: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=[kind.value.upper()])
            if image.size[0] * image.size[1] > LARGEST_PIXELS:
                found = f"{image.size[0]} x {image.size[1]} pixels"
                raise TooLarge(where, found, f"at most {LARGEST_PIXELS} pixels")
            image.load()
            return image
    except PILLOW as error:
        raise Damaged(where, f"it does not decode: {error}", "a whole picture") from error


Drawn = tuple[tuple[Sheet, ...], tuple[Mark, ...], tuple[ScanWarning, ...]]


def _drawn(image: Image.Image, file: AnnotationFile, where: str) -> Drawn:
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if has_alpha:
        pixels = np.asarray(image.convert("RGBA"))
        if (pixels[..., 3] != OPAQUE).any():
            return _with_opacity(pixels, file, where)
        image = image.convert("RGB")
    if image.mode == "P":
        return _palette(image, file)
    pixels = np.asarray(image.convert("L") if image.mode == "1" else image)
    if pixels.ndim == 3:
        pixels = np.asarray(image.convert("RGB"))
        if all(np.array_equal(pixels[..., 0], pixels[..., k]) for k in (1, 2)):
            pixels = pixels[..., 0]
        else:
            return _coloured(pixels, file, where)
    return _grey(pixels, file, where)


def _with_opacity(pixels: NDArray[np.uint8], file: AnnotationFile, where: str) -> Drawn:
    """Draw each colour with the opacity it was given."""
    alpha = pixels[..., 3]
    codes = _codes(pixels[..., :3])
    colours = [int(code) for code in np.unique(codes[alpha > 0])]
    if len(colours) > MOST_COLOURS:
        weights = alpha.astype(np.float64)
        mean = (pixels[..., :3] * weights[..., None]).sum(axis=(0, 1)) / weights.sum()
        code = int(_codes(np.rint(mean).astype(np.uint8)))
        text = f"{where}: {len(colours)} colours were drawn in their mean"
        warning = ScanWarning("colours_merged", text)
        return (alpha[None].copy(),), (Mark(file.name, 0, None, _hex(code)),), (warning,)
    sheets = tuple(np.where(codes == code, alpha, 0)[None].astype(np.uint8) for code in colours)
    return sheets, _named(colours, file, sheets=True), ()


def _coloured(pixels: NDArray[np.uint8], file: AnnotationFile, where: str) -> Drawn:
    """Take each colour but black as a label."""
    codes = _codes(pixels)
    colours = [int(code) for code in np.unique(codes) if code]
    if len(colours) > MOST_COLOURS:
        found = f"{len(colours)} colours without opacity"
        raise BadValues(where, found, f"a drawing of at most {MOST_COLOURS} colours, or opacity")
    sheet = np.zeros(codes.shape, np.uint8)
    for value, code in enumerate(colours, 1):
        sheet[codes == code] = value
    return (sheet[None],), _named(colours, file, sheets=False), ()


def _named(colours: list[int], file: AnnotationFile, *, sheets: bool) -> tuple[Mark, ...]:
    """Name marks by their colours, where there are several."""
    several = len(colours) > 1
    return tuple(
        Mark(
            f"{file.name} {_hex(code)}" if several else file.name,
            k if sheets else 0,
            None if sheets else k + 1,
            _hex(code),
        )
        for k, code in enumerate(colours)
    )


def _palette(image: Image.Image, file: AnnotationFile) -> Drawn:
    """Take the indices of a palette as labels, in the palette's colours."""
    sheet = np.asarray(image)[None].astype(np.uint8)
    table = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    values = [int(value) for value in np.unique(sheet) if value]
    marks = tuple(
        Mark(
            file.name if len(values) == 1 else f"{file.name} {value}",
            0,
            value,
            _hex(int(_codes(table[value]))) if value < len(table) else None,
        )
        for value in values
    )
    return (sheet,), marks or (Mark(file.name, 0, 1),), ()


def _grey(pixels: NDArray[Any], file: AnnotationFile, where: str) -> Drawn:
    values = np.unique(pixels)
    low, high = int(values[0]), int(values[-1])
    if low < 0 or high > 65535:
        raise BadValues(where, f"values from {low} to {high}", "8 or 16 bits")
    others = [int(value) for value in values if value]
    if file.format is Format.JPEG:
        return _cut_at_half(pixels, file, where)
    if len(others) <= 1:
        mask = (pixels != 0).astype(np.uint8)
        return (mask[None],), (Mark(file.name, 0, 1),), ()
    if high < _LABELS_BELOW:
        named = tuple(Mark(f"{file.name} {value}", 0, value) for value in others)
        return (pixels[None].astype(np.uint8),), named, ()
    most = 255 if high <= 255 else 65535
    opacity = np.rint(pixels * (OPAQUE / most)).astype(np.uint8)
    return (opacity[None],), (Mark(file.name, 0, None),), ()


def _cut_at_half(pixels: NDArray[Any], file: AnnotationFile, where: str) -> Drawn:
    grey = int(np.count_nonzero((pixels > 0) & (pixels < 255)))
    mask = (pixels >= _HALF).astype(np.uint8)
    said: tuple[ScanWarning, ...] = ()
    if grey:
        text = f"{where}: {grey} pixels of a JPEG mask are neither black nor white; cut at half"
        said = (ScanWarning("grey_rims", text),)
    return (mask[None],), (Mark(file.name, 0, 1),), said


def _codes(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    codes: NDArray[np.uint32] = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return codes


def _hex(code: int) -> str:
    return f"#{code:06x}"
