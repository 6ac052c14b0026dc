"""Decoding of those JPEG encodings that only GDCM, inside SimpleITK, decodes rightly."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medmask.readers.dicom.chatter import without_chatter

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_ANY_UID = "2.25.1"


@dataclass(frozen=True)
class EncodedFrame:
    """One compressed grey frame and what is needed to decode it.

    Attributes
    ----------
    transfer_syntax : str
    rows, columns, bits_allocated, bits_stored : int
    is_signed : bool
    content : bytes
        The code stream.
    """

    transfer_syntax: str
    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    content: bytes


def decode_with_itk(frame: EncodedFrame) -> NDArray[Any]:
    """Return stored values, shape (rows, columns).

    Parameters
    ----------
    frame : EncodedFrame

    Returns
    -------
    ndarray
        Stored values. SimpleITK would apply a rescale and invert MONOCHROME1 without being
        asked, so it is given a file of its own that has neither, nor any identity.

    Raises
    ------
    RuntimeError
        If the frame does not decode.
    """
    import pydicom
    import SimpleITK as sitk  # noqa: N813 - loading it takes as long as a small scan

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.dcm"
        pydicom.dcmwrite(path, _bare_instance(frame), enforce_file_format=True)
        reader: Any = sitk.ImageFileReader()  # type: ignore[no-untyped-call]
        reader.SetImageIO("GDCMImageIO")
        reader.SetFileName(str(path))
        with without_chatter():
            image = reader.Execute()
        values: NDArray[Any] = sitk.GetArrayFromImage(image)
    return np.squeeze(values, axis=0) if values.ndim == 3 else values


def _bare_instance(frame: EncodedFrame) -> Dataset:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID, SecondaryCaptureImageStorage

    instance = Dataset()
    instance.file_meta = FileMetaDataset()
    instance.file_meta.TransferSyntaxUID = UID(frame.transfer_syntax)
    instance.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    instance.file_meta.MediaStorageSOPInstanceUID = UID(_ANY_UID)
    instance.SOPClassUID = SecondaryCaptureImageStorage
    instance.SOPInstanceUID = UID(_ANY_UID)
    instance.StudyInstanceUID = _ANY_UID
    instance.SeriesInstanceUID = _ANY_UID
    instance.Modality = "OT"
    instance.SamplesPerPixel = 1
    instance.PhotometricInterpretation = "MONOCHROME2"
    instance.Rows = frame.rows
    instance.Columns = frame.columns
    instance.BitsAllocated = frame.bits_allocated
    instance.BitsStored = frame.bits_stored
    instance.HighBit = frame.bits_stored - 1
    instance.PixelRepresentation = int(frame.is_signed)
    instance.PixelData = encapsulate([frame.content])
    instance["PixelData"].VR = "OB"
    return instance
