"""Small NRRD and MetaImage files: written by hand, or by SimpleITK as the oracle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

NRRD_FIELDS = {
    "type": "short",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "6 5 4",
    "space directions": "(0.7,0,0) (0,0.8,0) (0,0,2.5)",
    "kinds": "domain domain domain",
    "endian": "little",
    "encoding": "raw",
    "space origin": "(-10,-20,30)",
}
META_FIELDS = {
    "ObjectType": "Image",
    "NDims": "3",
    "BinaryData": "True",
    "BinaryDataByteOrderMSB": "False",
    "CompressedData": "False",
    "TransformMatrix": "1 0 0 0 1 0 0 0 1",
    "Offset": "-10 -20 30",
    "ElementSpacing": "0.7 0.8 2.5",
    "DimSize": "6 5 4",
    "ElementType": "MET_SHORT",
}


def nrrd_bytes(content: bytes, *lines: str, **changes: str | None) -> bytes:
    """Return a NRRD file; a change of ``None`` leaves a field out, ``_`` stands for a blank."""
    given = {name.replace("_", " "): value for name, value in changes.items()}
    fields = {name: text for name, text in (NRRD_FIELDS | given).items() if text is not None}
    head = ["NRRD0005", "# by hand", *(f"{n}: {t}" for n, t in fields.items()), *lines]
    return "\n".join(head).encode() + b"\n\n" + content


def meta_bytes(content: bytes, data_file: str = "LOCAL", **changes: str | None) -> bytes:
    """Return a MetaImage file; a change of ``None`` leaves a field out."""
    fields = {name: text for name, text in (META_FIELDS | changes).items() if text is not None}
    head = "".join(f"{name} = {text}\n" for name, text in fields.items())
    return f"{head}ElementDataFile = {data_file}\n".encode() + content


def itk_image(voxels: NDArray[Any]) -> sitk.Image:
    """Return an oblique image of SimpleITK."""
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-10.0, 20.0, 30.0))
    turn = sitk.Euler3DTransform((0, 0, 0), 0.3, -0.2, 0.5)
    image.SetDirection(turn.GetMatrix())
    return image


def itk_corners(image: sitk.Image) -> NDArray[np.float64]:
    """Return where SimpleITK puts the eight corner voxels, (slice, row, column) in C order."""
    last = [n - 1 for n in image.GetSize()]
    at = [(x, y, z) for z in (0, last[2]) for y in (0, last[1]) for x in (0, last[0])]
    return np.array([image.TransformIndexToPhysicalPoint(index) for index in at])


def our_corners(grid: Any) -> NDArray[np.float64]:
    """Return where a grid puts the same corners."""
    k, j, i = (n - 1 for n in grid.shape)
    return grid.world([(z, y, x) for z in (0, k) for y in (0, j) for x in (0, i)])


def put(path: Path, content: bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
