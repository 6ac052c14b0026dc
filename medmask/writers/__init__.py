"""Results to files, each written whole or not at all."""

from medmask.writers.atomic import remove_leftovers, write_atomically
from medmask.writers.dicom_seg import dicom_seg
from medmask.writers.json_file import json_bytes
from medmask.writers.nifti import (
    labels_nifti,
    levels_nifti,
    mask_nifti,
    opacity_nifti,
    volume_nifti,
)
from medmask.writers.png import png
from medmask.writers.secondary_capture import secondary_capture
from medmask.writers.tables import convert_csv, scans_csv
from medmask.writers.webp import webp, webp_masks

__all__ = [
    "convert_csv",
    "dicom_seg",
    "json_bytes",
    "labels_nifti",
    "levels_nifti",
    "mask_nifti",
    "opacity_nifti",
    "png",
    "remove_leftovers",
    "scans_csv",
    "secondary_capture",
    "volume_nifti",
    "webp",
    "webp_masks",
    "write_atomically",
]
