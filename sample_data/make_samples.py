"""Make the sample scans and their true label maps: ``python sample_data/make_samples.py [OUT]``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ct_thorax
import mr_head
import numpy as np
from annotation import ring_and_arrow
from dicom_series import write_series
from hand_film import COLUMNS, RAYS, ROWS, film
from numpy.typing import NDArray
from picture_files import nifti_bytes, write_nifti, write_png
from shapes import Mask

CT_FIRST_VOXEL_MM = (-181.25, -171.25, -812.5)
MR_FIRST_VOXEL_MM = (-104.0, -96.5, -70.25)


def main(out: Path) -> None:
    """Write everything below a folder: ``scans`` to run on, ``truth`` to compare with."""
    make_hand(out)
    make_ct(out)
    make_mr(out)
    make_truncated(out)


def make_hand(out: Path) -> None:
    """Write the hand film in 8 and in 12 of 16 bits, an annotation on it, and its truth."""
    levels, hand, bone = film()
    write_png(out / "scans/hand-xray.png", np.rint(levels).astype(np.uint8))
    twelve_bits = np.rint(levels * (4095.0 / 255.0)).astype(np.uint16)
    write_png(out / "scans/hand-xray-16bit.png", twelve_bits, significant_bits=12)
    write_png(out / "truth/hand-xray.png", labels(hand, bone))
    joint = RAYS[3].bones()[1].end
    write_png(out / "scans/hand-xray_annotation.png", ring_and_arrow(ROWS, COLUMNS, joint))


def make_ct(out: Path) -> None:
    """Write the thorax as a DICOM series and as NIfTI with other axes, and the truth on both."""
    hounsfield, body, bone = ct_thorax.thorax()
    truth = labels(body, bone)
    write_series(
        out / "scans/ct-thorax-like",
        hounsfield,
        ct_thorax.SPACING_MM,
        CT_FIRST_VOXEL_MM,
        ct_thorax.PADDING,
    )
    affine = affine_lps(ct_thorax.SPACING_MM, CT_FIRST_VOXEL_MM)
    write_nifti(out / "truth/ct-thorax-like_on-dicom-grid.nii.gz", truth.T, affine)
    write_nifti(out / "scans/ct-thorax-like.nii.gz", *turned(hounsfield.T, affine))
    write_nifti(out / "truth/ct-thorax-like_on-nifti-grid.nii.gz", *turned(truth.T, affine))


def make_mr(out: Path) -> None:
    """Write the head and its truth: 0 and 1 only, as bone is dark in MR."""
    magnitude, head = mr_head.head()
    affine = affine_lps(mr_head.SPACING_MM, MR_FIRST_VOXEL_MM)
    write_nifti(out / "scans/mr-head-like_T1w.nii.gz", magnitude.T, affine)
    write_nifti(out / "truth/mr-head-like_T1w.nii.gz", head.astype(np.uint8).T, affine)


def make_truncated(out: Path) -> None:
    """Write the first three fifths of a file, as a broken transfer leaves it."""
    voxels = np.random.default_rng(20200103).integers(0, 1000, (32, 32, 16)).astype(np.int16)
    whole = nifti_bytes(voxels, np.diag([2.0, 2.0, 2.0, 1.0]))
    path = out / "scans/truncated.nii.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole[: len(whole) * 3 // 5])


def labels(body: Mask, bone: Mask) -> NDArray[np.uint8]:
    """Return 0 for background, 1 for soft tissue, 2 for bone."""
    truth = body.astype(np.uint8)
    truth[bone] = 2
    return truth


def affine_lps(
    spacing_mm: tuple[float, float, float], first_voxel_mm: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return the map from (column, row, slice) to LPS+ mm of an axial volume, feet first."""
    affine = np.diag([*spacing_mm[::-1], 1.0])
    affine[:3, 3] = first_voxel_mm
    return affine


def turned(
    voxels: NDArray[Any], affine: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return the same world with its axes as (slice, column, row), two of them reversed."""
    moved = np.ascontiguousarray(voxels.transpose(2, 0, 1)[::-1, :, ::-1])
    index = np.zeros((4, 4))  # from the new (i, j, k) to the old one
    index[2, 0], index[0, 1], index[1, 2], index[3, 3] = -1.0, 1.0, -1.0, 1.0
    index[2, 3], index[1, 3] = voxels.shape[2] - 1, voxels.shape[1] - 1
    return moved, affine @ index


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
