"""Where a NIfTI header holds what is read of it.

nibabel knows as much, but loading it takes 0.16 s (with pydicom, which it loads), and headers are
looked at before there is any voxel to be read.

References
----------
nifti1.h and nifti2.h, https://nifti.nimh.nih.gov.
"""

from __future__ import annotations

from typing import Final

import numpy as np

HEADER_1: Final = 348  # bytes
HEADER_2: Final = 540

_NIFTI_1: Final = {
    "dim": ("8i2", 40),
    "intent_code": ("i2", 68),
    "datatype": ("i2", 70),
    "pixdim": ("8f4", 76),
    "vox_offset": ("f4", 108),
    "scl_slope": ("f4", 112),
    "scl_inter": ("f4", 116),
    "xyzt_units": ("u1", 123),
    "qform_code": ("i2", 252),
    "sform_code": ("i2", 254),
    "quatern_b": ("f4", 256),
    "quatern_c": ("f4", 260),
    "quatern_d": ("f4", 264),
    "qoffset_x": ("f4", 268),
    "qoffset_y": ("f4", 272),
    "qoffset_z": ("f4", 276),
    "srow_x": ("4f4", 280),
    "srow_y": ("4f4", 296),
    "srow_z": ("4f4", 312),
}
_NIFTI_2: Final = {
    "datatype": ("i2", 12),
    "dim": ("8i8", 16),
    "pixdim": ("8f8", 104),
    "vox_offset": ("i8", 168),
    "scl_slope": ("f8", 176),
    "scl_inter": ("f8", 184),
    "qform_code": ("i4", 344),
    "sform_code": ("i4", 348),
    "quatern_b": ("f8", 352),
    "quatern_c": ("f8", 360),
    "quatern_d": ("f8", 368),
    "qoffset_x": ("f8", 376),
    "qoffset_y": ("f8", 384),
    "qoffset_z": ("f8", 392),
    "srow_x": ("4f8", 400),
    "srow_y": ("4f8", 432),
    "srow_z": ("4f8", 464),
    "xyzt_units": ("i4", 500),
    "intent_code": ("i4", 504),
}


def _fields(places: dict[str, tuple[str, int]], size: int) -> np.dtype[np.void]:
    return np.dtype(
        {
            "names": list(places),
            "formats": [kind for kind, _ in places.values()],
            "offsets": [offset for _, offset in places.values()],
            "itemsize": size,
        }
    )


FIELDS: Final = {  # by the size of the header
    HEADER_1: _fields(_NIFTI_1, HEADER_1),
    HEADER_2: _fields(_NIFTI_2, HEADER_2),
}
