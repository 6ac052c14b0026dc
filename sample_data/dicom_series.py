"""One CT series in DICOM, RLE Lossless, with file names that say nothing of the slices' order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, RLELossless, generate_uid

PATIENT_NAME = "Phantom^<b>Bold</b>"
INTERCEPT = -1024
STRIDE = 29  # coprime to the number of slices, so that every name is taken once


def write_series(
    folder: Path,
    hounsfield: NDArray[np.int16],
    spacing_mm: tuple[float, float, float],
    first_voxel_mm: tuple[float, float, float],
    padding_hu: int,
) -> None:
    """Write one file a slice, ``IM00001`` and so on, shuffled.

    Parameters
    ----------
    folder : Path
        Made if need be.
    hounsfield : ndarray of int16, shape (slices, rows, columns)
        From feet to head, front to back, right to left.
    spacing_mm : tuple of float
        Between slices, rows and columns.
    first_voxel_mm : tuple of float
        LPS+ position (x, y, z) of the first voxel's centre.
    padding_hu : int
        The value outside the reconstructed circle.
    """
    folder.mkdir(parents=True, exist_ok=True)
    x, y, z = first_voxel_mm
    for number, pixels in enumerate(hounsfield):
        instance = _instance(number, pixels.shape, padding_hu)
        instance.ImagePositionPatient = [x, y, z + number * spacing_mm[0]]
        instance.SliceLocation = z + number * spacing_mm[0]
        instance.SliceThickness = spacing_mm[0]
        instance.PixelSpacing = [spacing_mm[1], spacing_mm[2]]
        stored = np.ascontiguousarray(pixels - np.int16(INTERCEPT))
        instance.compress(
            RLELossless, stored, encoding_plugin="pydicom", generate_instance_uid=False
        )
        name = (number * STRIDE + 7) % len(hounsfield) + 1
        instance.save_as(folder / f"IM{name:05d}", enforce_file_format=True)


def _uid(what: str) -> UID:
    return generate_uid(entropy_srcs=["medmask sample_data", what])


def _instance(number: int, shape: tuple[int, ...], padding_hu: int) -> Dataset:
    """Return one slice's attributes, all but its place and its pixels."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(f"instance {number}")
    meta.TransferSyntaxUID = RLELossless
    meta.ImplementationClassUID = _uid("implementation")
    meta.ImplementationVersionName = "MEDMASK_SAMPLES"
    instance = Dataset()
    instance.file_meta = meta
    instance.SOPClassUID = meta.MediaStorageSOPClassUID
    instance.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    instance.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    instance.PatientName, instance.PatientID = PATIENT_NAME, "PHANTOM-0001"
    instance.PatientBirthDate, instance.PatientSex = "19700101", "O"
    instance.StudyDate, instance.StudyTime = "20200101", "120000"
    instance.StudyID, instance.AccessionNumber = "1", "A0001"
    instance.ReferringPhysicianName = "Doctor^Made Up"
    instance.StudyDescription, instance.SeriesDescription = "Phantom", "Thorax 3 mm"
    instance.Modality, instance.Manufacturer = "CT", "medmask"
    instance.ManufacturerModelName, instance.ConvolutionKernel = "Phantom", "NONE"
    instance.KVP, instance.PatientPosition = 120, "HFS"
    instance.StudyInstanceUID, instance.SeriesInstanceUID = _uid("study"), _uid("series")
    instance.FrameOfReferenceUID, instance.PositionReferenceIndicator = _uid("frame"), ""
    instance.SeriesNumber, instance.AcquisitionNumber = 2, 1
    instance.InstanceNumber = number + 1
    instance.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    instance.SamplesPerPixel, instance.PhotometricInterpretation = 1, "MONOCHROME2"
    instance.Rows, instance.Columns = shape
    instance.BitsAllocated, instance.BitsStored, instance.HighBit = 16, 16, 15
    instance.PixelRepresentation = 1
    instance.PixelPaddingValue = padding_hu - INTERCEPT
    instance.RescaleSlope, instance.RescaleIntercept, instance.RescaleType = 1, INTERCEPT, "HU"
    instance.WindowCenter, instance.WindowWidth = 40, 400
    return instance
