"""Input files -> the identifying values that their headers hold."""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pydicom
from PIL import Image

from medmask.errors import ScanError
from medmask.readers import sniff
from medmask.scan import Format

_TEXT: Final = frozenset({"PN", "LO", "SH", "LT", "ST", "UT", "UC", "AE", "DA", "DT", "UI", "UN"})
_HARMLESS: Final = frozenset(  # of the machine and the method; PS3.15 E.1 keeps or dictates them
    (
        *("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel"),
        *("SOPClassUID", "TransferSyntaxUID", "MediaStorageSOPClassUID", "ReferencedSOPClassUID"),
        *("ImplementationClassUID", "ImplementationVersionName", "CodingSchemeUID"),
        *("CodeMeaning", "CodeValue", "CodingSchemeDesignator", "MappingResource", "ContextUID"),
        *("LossyImageCompressionMethod", "ScanOptions", "FilterType", "RescaleType"),
        *("SequenceName", "WindowCenterWidthExplanation", "PositionReferenceIndicator"),
        *("FrameType", "DimensionIndexPointer", "ContentLabel", "ProtocolName", "BodyPartExamined"),
        *("PulseSequenceName", "ContextIdentifier", "ReceiveCoilName", "TransmitCoilName"),
        *("TransducerType", "LUTExplanation", "MappingResourceUID", "DimensionOrganizationUID"),
    )
)
_NIFTI_TEXT: Final = {"db_name": (14, 18), "descrip": (148, 80), "aux_file": (228, 24)}


def identifying(path: Path) -> Iterator[tuple[str, str]]:
    """Yield keywords and values that may tell who a file is of.

    Parameters
    ----------
    path : Path
        A DICOM instance, a NIfTI file, a picture or a JSON sidecar; others yield nothing.
    """
    try:
        kind = sniff(path)
    except (ScanError, OSError):
        kind = None
    if kind is Format.DICOM:
        yield from _of_dicom(path)
    elif kind is Format.NIFTI:
        yield from _of_nifti(path)
    elif kind in {Format.PNG, Format.TIFF, Format.JPEG}:
        yield from _of_picture(path)
    elif path.suffix.lower() == ".json":
        yield from _of_json(path)


def _of_dicom(path: Path) -> Iterator[tuple[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            for element in header.iterall():
                yield from _of_element(element)
        except Exception:  # noqa: BLE001 - what pydicom cannot read of a bad file tells nobody's name
            return


def _of_element(element: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    keyword = element.keyword or f"private {element.tag}"
    if element.VR not in _TEXT or keyword in _HARMLESS or element.value in (None, ""):
        return
    several = isinstance(element.value, pydicom.multival.MultiValue)
    for value in element.value if several else [element.value]:
        if isinstance(value, bytes):
            text = value.decode("latin-1")
            if not text.isprintable():
                continue
            yield keyword, text
        elif not (element.VR == "UI" and pydicom.uid.UID(value).name != str(value)):
            yield keyword, str(value)


def _of_nifti(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as stream:
            header = stream.read(348)
    except (OSError, EOFError):
        return
    for name, (start, length) in _NIFTI_TEXT.items():
        text = header[start : start + length].split(b"\0")[0].decode("latin-1").strip()
        if text:
            yield f"NIfTI {name}", text


def _of_picture(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with Image.open(path, formats=("PNG", "TIFF", "JPEG")) as image:
            facts = dict(image.info)
            exif = image.getexif()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return
    for name, value in (*facts.items(), *exif.items()):
        if isinstance(value, str):
            yield f"text {name}", value


def _of_json(path: Path) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        vr = pydicom.datadict.dictionary_VR(name) if pydicom.datadict.tag_for_keyword(name) else ""
        if isinstance(value, str) and vr in _TEXT and name not in _HARMLESS:
            yield name, value
