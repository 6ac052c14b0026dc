"""A NIfTI header, checked before anything is believed of it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader, ColourImage, UnsupportedPixels
from medmask.readers.arrays.nifti_fields import FIELDS, HEADER_1, HEADER_2
from medmask.rescale import Rescale

_MAGICS: Final = {HEADER_1: slice(344, 348), HEADER_2: slice(4, 8)}
INTENT_LABEL: Final = 1002

_TYPES: Final = {  # nifti1.h, datatype codes of one number a voxel
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}
_COLOURS: Final = {128: "RGB", 2304: "RGBA"}
_OTHERS: Final = {
    1: "single bits",
    32: "complex numbers",
    1536: "128-bit floats",
    1792: "complex numbers",
    2048: "complex numbers",
}
_MILLIMETRES: Final = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}  # xyzt_units & 7, 0 is unknown


@dataclass(frozen=True, eq=False)
class NiftiHeader:
    """What a NIfTI file says of its voxels.

    Attributes
    ----------
    shape : tuple of int
        Voxels along (x, y, z), as in the file.
    volumes : int
        How many volumes there are.
    is_pair : bool
        Whether the voxels lie in a file of their own.
    dtype : dtype
        With the file's byte order.
    offset : int
        First byte of the voxels in their file.
    rescale : Rescale
    pixdim : ndarray, shape (3,)
        Spacing along (x, y, z) in the file's units.
    unit_mm : float
        Millimetres in one of the file's units.
    unit_known : bool
    qform, sform : ndarray, shape (4, 4), or None
        RAS+ affines in the file's units where their code is not 0.
    qform_code, sform_code : int
    intent_code : int
    """

    shape: tuple[int, int, int]
    volumes: int
    is_pair: bool
    dtype: np.dtype[Any]
    offset: int
    rescale: Rescale
    pixdim: NDArray[np.float64]
    unit_mm: float
    unit_known: bool
    qform: NDArray[np.float64] | None
    sform: NDArray[np.float64] | None
    qform_code: int
    sform_code: int
    intent_code: int


def header_bytes(head: bytes) -> int:
    """Return how long a header is, 348 or 540 bytes, by its first four bytes."""
    return HEADER_2 if struct.pack("<i", HEADER_2) in {head[:4], head[3::-1]} else HEADER_1


def parse_header(head: bytes, where: str) -> NiftiHeader:
    """Check a NIfTI-1 or NIfTI-2 header and return what it says.

    Parameters
    ----------
    head : bytes
        As many as `header_bytes` says.
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        If extents, data type, offset, units or affines cannot be.
    ColourImage, UnsupportedPixels
        If a voxel is not one number.

    References
    ----------
    nifti1.h and nifti2.h, https://nifti.nimh.nih.gov.
    """
    size = header_bytes(head)
    order: Literal["<", ">"] = "<" if struct.unpack_from("<i", head)[0] == size else ">"
    raw: np.void = np.frombuffer(head[:size], FIELDS[size].newbyteorder(order))[0]
    units = int(raw["xyzt_units"]) & 7
    if units not in _MILLIMETRES:
        raise BadHeader(where, f"xyzt_units say {units}", "metre, millimetre or micron")
    with np.errstate(invalid="ignore"):  # of signalling NaN, which is refused where it counts
        pixdim = np.asarray(raw["pixdim"], np.float64)
    qform_code, sform_code = int(raw["qform_code"]), int(raw["sform_code"])
    shape, volumes = _shape(raw, where)
    is_pair = bytes(head[_MAGICS[size]]).startswith((b"ni1", b"ni2"))
    return NiftiHeader(
        shape=shape,
        volumes=volumes,
        is_pair=is_pair,
        dtype=_dtype(raw, where).newbyteorder(order),
        offset=_offset(raw, 0 if is_pair else size + 4, where),
        rescale=_rescale(raw, where),
        pixdim=pixdim[1:4],
        unit_mm=_MILLIMETRES[units],
        unit_known=units != 0,
        qform=_qform(raw, pixdim, where) if qform_code > 0 else None,
        sform=_sform(raw, where) if sform_code > 0 else None,
        qform_code=qform_code,
        sform_code=sform_code,
        intent_code=int(raw["intent_code"]),
    )


def _shape(raw: np.void, where: str) -> tuple[tuple[int, int, int], int]:
    """Return voxels along (x, y, z), and how many volumes there are."""
    count, *extents = (int(n) for n in raw["dim"])
    if not 1 <= count <= 7:
        raise BadHeader(where, f"dim[0] is {count}", "1 to 7 dimensions")
    used = extents[:count]
    if min(used) < 1:
        raise BadHeader(where, f"dim is {used}", "at least one voxel along each dimension")
    if max([1, *used[4:]]) > 1:  # nifti1.h: the fifth dimension holds the values of one voxel
        found = f"dim is {used}: several values a voxel"
        raise UnsupportedPixels(where, found, "one intensity a voxel")
    x, y, z, volumes = [*used[:4], 1, 1, 1][:4]
    return (x, y, z), volumes


def _dtype(raw: np.void, where: str) -> np.dtype[Any]:
    code = int(raw["datatype"])
    if code in _COLOURS:
        raise ColourImage(where, f"{_COLOURS[code]} voxels", "one intensity a voxel")
    if code in _OTHERS:
        raise UnsupportedPixels(where, f"voxels are {_OTHERS[code]}", "integers or floats")
    if code not in _TYPES:
        raise BadHeader(where, f"datatype is {code}", "a datatype code of nifti1.h")
    return np.dtype(_TYPES[code])


def _offset(raw: np.void, least: int, where: str) -> int:
    offset = float(raw["vox_offset"])
    # nifti1.h: voxels of a single file begin behind header and extension flag
    if not np.isfinite(offset) or offset < least or offset != int(offset):
        raise BadHeader(where, f"vox_offset is {offset:g}", f"a whole number from {least} on")
    return int(offset)


def _rescale(raw: np.void, where: str) -> Rescale:
    slope, intercept = float(raw["scl_slope"]), float(raw["scl_inter"])
    # nifti1.h: slope 0 means no scaling, also of the intercept; NaN is how it is written as unset
    if slope == 0 or np.isnan(slope):
        return Rescale()
    if np.isinf(slope) or not np.isfinite(intercept):
        found = f"scl_slope {slope:g} and scl_inter {intercept:g}"
        raise BadHeader(where, found, "finite numbers")
    return Rescale(_shortest(slope), _shortest(intercept))


def _shortest(value: float) -> float:
    """Return a single-precision number as the decimal it was meant to be: 0.1 and not more."""
    single = np.float32(value)
    return float(str(single)) if float(single) == value else value


def _sform(raw: np.void, where: str) -> NDArray[np.float64]:
    affine = np.eye(4)
    with np.errstate(invalid="ignore"):  # of signalling NaN, which is refused below
        for row, name in enumerate(("srow_x", "srow_y", "srow_z")):
            affine[row] = np.asarray(raw[name], np.float64)
    return _lawful(affine, "sform", where)


def _qform(raw: np.void, pixdim: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """Return the affine of nifti1.h, method 2."""
    spacing = pixdim[1:4]
    if not (np.isfinite(spacing).all() and (spacing > 0).all()):
        found = f"pixdim is {spacing.tolist()} and the qform needs it"
        raise BadHeader(where, found, "three positive lengths")
    b, c, d = (float(raw[f"quatern_{letter}"]) for letter in "bcd")
    rest = 1.0 - (b * b + c * c + d * d)
    if not np.isfinite(rest) or rest < -1e-5:
        raise BadHeader(where, f"the quaternion ({b:g}, {c:g}, {d:g}) is none", "a unit quaternion")
    a = float(np.sqrt(max(rest, 0.0)))
    b, c, d = np.array([b, c, d]) / np.sqrt(a * a + b * b + c * c + d * d)
    qfac = -1.0 if pixdim[0] < 0 else 1.0  # nifti1.h: 0 is taken as 1
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = rotation * (spacing * [1.0, 1.0, qfac])
    affine[:3, 3] = [float(raw[f"qoffset_{letter}"]) for letter in "xyz"]
    return _lawful(affine, "qform", where)


def _lawful(affine: NDArray[np.float64], name: str, where: str) -> NDArray[np.float64]:
    if not np.isfinite(affine).all():
        raise BadHeader(where, f"the {name} holds NaN or infinity", "finite numbers")
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if lengths.min() <= 0 or abs(np.linalg.det(affine[:3, :3] / lengths)) < 1e-6:
        raise BadHeader(where, f"the {name} is singular", "three independent directions")
    return affine
