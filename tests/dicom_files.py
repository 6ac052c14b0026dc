"""Small synthetic DICOM series on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def uid(text: str) -> str:
    """Return a valid UID that depends on the text alone."""
    return "2.25." + str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:15], "big"))


def slice_dataset(
    pixels: NDArray[Any],
    *,
    index: int = 0,
    spacing: tuple[float, float, float] = (2.5, 0.8, 0.7),
    origin: tuple[float, float, float] = (-10.0, -20.0, 30.0),
    orientation: tuple[float, ...] = AXIAL,
    slope: float | None = 1.0,
    intercept: float | None = -1024.0,
    series: str = "series",
    transfer_syntax: str = ExplicitVRLittleEndian,
    **tags: Any,
) -> Dataset:
    """Return one CT slice.

    Parameters
    ----------
    pixels : ndarray, shape (rows, columns)
        Stored values.
    index : int
        How many steps along the normal it lies from ``origin``.
    spacing : tuple of float
        Millimetres along (slice, row, column).
    origin : tuple of float
        LPS position of the first pixel of slice 0.
    orientation : tuple of float
        Image Orientation (Patient).
    slope, intercept : float or None
        Rescale; ``None`` leaves the element out.
    series : str
        Names the series; equal texts make equal UIDs.
    transfer_syntax : str
        Of the pixels as they are given in ``PixelData`` (native ones are encoded here).
    **tags
        Elements by keyword, ``None`` to leave one out.
    """
    pixels = np.asarray(pixels)
    bits = 8 * pixels.dtype.itemsize
    normal = np.cross(orientation[:3], orientation[3:])
    position = np.asarray(origin, float) + normal * spacing[0] * index
    order = ">" if transfer_syntax == ExplicitVRBigEndian else "<"
    elements: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": uid(f"{series}/{index}"),
        "Modality": "CT",
        "PatientName": "Test^Phantom",
        "PatientID": "P1",
        "StudyInstanceUID": uid("study"),
        "SeriesInstanceUID": uid(series),
        "FrameOfReferenceUID": uid("frame"),
        "AcquisitionNumber": 1,
        "InstanceNumber": index + 1,
        "SliceThickness": _decimal(spacing[0]),
        "ImagePositionPatient": [_decimal(c) for c in position],
        "ImageOrientationPatient": [_decimal(c) for c in orientation],
        "PixelSpacing": [_decimal(spacing[1]), _decimal(spacing[2])],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        "RescaleSlope": None if slope is None else _decimal(slope),
        "RescaleIntercept": None if intercept is None else _decimal(intercept),
        "PixelData": pixels.astype(pixels.dtype.newbyteorder(order)).tobytes(),
    }
    elements |= tags
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = transfer_syntax
    dataset.file_meta.MediaStorageSOPClassUID = elements["SOPClassUID"] or CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = elements["SOPInstanceUID"] or uid("none")
    with config.disable_value_validation():
        for keyword, value in elements.items():
            if value is not None:
                setattr(dataset, keyword, value)
    if "PixelData" in dataset:
        data = dataset.PixelData
        dataset.PixelData = data + b"\0" * (len(data) % 2)
        wide = dataset.BitsAllocated > 8
        dataset["PixelData"].VR = "OW" if wide and not _encapsulated(transfer_syntax) else "OB"
    return dataset


def write_slice(path: Path, dataset: Dataset) -> Path:
    """Write a data set as a DICOM file with preamble and meta group."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with config.disable_value_validation():
        dcmwrite(path, dataset, enforce_file_format=True)
    return path


def write_series(
    folder: Path,
    voxels: NDArray[Any],
    *,
    per_slice: dict[int, dict[str, Any]] | None = None,
    leave_out: tuple[int, ...] = (),
    **slice_options: Any,
) -> list[Path]:
    """Write a series, one file a slice, with names that run against the slice order.

    Parameters
    ----------
    folder : Path
        Where the files go.
    voxels : ndarray, shape (slices, rows, columns)
        Stored values; the first slice lies at ``origin``.
    per_slice : dict of int to dict, optional
        Options of `slice_dataset` for single slices.
    leave_out : tuple of int
        Slices that are not written.
    **slice_options
        Options of `slice_dataset` for all slices.

    Returns
    -------
    list of Path
        The files, in slice order.
    """
    count = len(voxels)
    files = []
    for index in range(count):
        if index in leave_out:
            continue
        options = {**slice_options, "index": index, **(per_slice or {}).get(index, {})}
        dataset = slice_dataset(voxels[index], **options)
        files.append(write_slice(folder / f"{count - index:04d}.dcm", dataset))
    return files


def multiframe_dataset(
    voxels: NDArray[Any],
    frames: list[dict[str, Any]],
    *,
    spacing: tuple[float, float] = (0.8, 0.7),
    orientation: tuple[float, ...] = AXIAL,
    **tags: Any,
) -> Dataset:
    """Return an enhanced multi-frame CT.

    Parameters
    ----------
    voxels : ndarray, shape (frames, rows, columns)
        Stored values, in the order of the pixel data.
    frames : list of dict
        For each frame ``z``, and where it needs them ``slope``, ``intercept``, ``stack``,
        ``frame_type``, ``temporal``, ``echo_time``, ``orientation``.
    spacing, orientation, **tags
        As for `slice_dataset`; spacing and orientation go into the shared groups.
    """
    dataset = slice_dataset(
        voxels[0],
        **{
            "SOPClassUID": EnhancedCTImageStorage,
            "SOPInstanceUID": uid("multiframe"),
            "NumberOfFrames": str(len(voxels)),
            "PixelData": np.ascontiguousarray(voxels).tobytes(),
            "slope": None,
            "intercept": None,
            "ImagePositionPatient": None,
            "ImageOrientationPatient": None,
            "PixelSpacing": None,
            "SliceThickness": None,
            "AcquisitionNumber": None,
            **tags,
        },
    )
    shared = Dataset()
    shared.PixelMeasuresSequence = [_item(PixelSpacing=list(map(_decimal, spacing)))]
    shared.PlaneOrientationSequence = [
        _item(ImageOrientationPatient=list(map(_decimal, orientation)))
    ]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [_frame_groups(frame) for frame in frames]
    return dataset


def _frame_groups(frame: dict[str, Any]) -> Dataset:
    groups = Dataset()
    if "z" in frame:
        position = ["-10", "-20", _decimal(frame["z"])]
        groups.PlanePositionSequence = [_item(ImagePositionPatient=position)]
    groups.PixelValueTransformationSequence = [
        _item(
            RescaleSlope=_decimal(frame.get("slope", 1.0)),
            RescaleIntercept=_decimal(frame.get("intercept", -1024.0)),
        )
    ]
    content = _item(StackID=frame.get("stack"), TemporalPositionIndex=frame.get("temporal"))
    groups.FrameContentSequence = [content]
    if "frame_type" in frame:
        groups.CTImageFrameTypeSequence = [_item(FrameType=frame["frame_type"])]
    if "echo_time" in frame:
        groups.MREchoSequence = [_item(EffectiveEchoTime=float(frame["echo_time"]))]
    if "orientation" in frame:
        cosines = list(map(_decimal, frame["orientation"]))
        groups.PlaneOrientationSequence = [_item(ImageOrientationPatient=cosines)]
    return groups


def _item(**tags: Any) -> Dataset:
    item = Dataset()
    for keyword, value in tags.items():
        if value is not None:
            setattr(item, keyword, value)
    return item


def lut_item(entries: Sequence[int], first: int, bits: int = 16, *, signed: bool = True) -> Dataset:
    """Return an item of a Modality or VOI LUT Sequence.

    Parameters
    ----------
    entries : sequence of int
    first : int
        The value that the first entry belongs to.
    bits : int
        Of an entry.
    signed : bool
        How ``first`` is written.
    """
    item = Dataset()
    item.add_new(0x00283002, "SS" if signed else "US", [len(entries), first, bits])
    item.add_new(0x00283006, "US", [int(entry) for entry in entries])
    return item


def encapsulated(frame: bytes) -> bytes:
    """Return one compressed frame as encapsulated pixel data."""
    return encapsulate([frame])


def _encapsulated(transfer_syntax: str) -> bool:
    return ".1.2.4." in transfer_syntax or transfer_syntax == "1.2.840.10008.1.2.5"


def _decimal(value: float) -> str:
    return f"{value:.10g}"
