"""Small DICOM segmentations and structure sets, written by pydicom."""

import numpy as np
from pydicom import config, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, SegmentationStorage

from tests.dicom_files import uid

SQUARE = ((-9.0, -19.0), (-6.0, -19.0), (-6.0, -16.0), (-9.0, -16.0))  # x, y in mm


def item(**tags):
    dataset = Dataset()
    for keyword, value in tags.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return dataset


def _started(sop_class, name, frame):
    dataset = item(
        SOPClassUID=sop_class,
        SOPInstanceUID=uid(name),
        PatientName="Test^Phantom",
        PatientID="P1",
        StudyInstanceUID=uid("study"),
        SeriesInstanceUID=uid(f"series of {name}"),
        FrameOfReferenceUID=uid(frame),
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = uid(name)
    return dataset


def write_drawing(path, dataset):
    path.parent.mkdir(parents=True, exist_ok=True)
    with config.disable_value_validation():
        dcmwrite(path, dataset, enforce_file_format=True)
    return path


def contour(points, kind="CLOSED_PLANAR"):
    flat = [f"{value:.10g}" for point in points for value in point]
    return item(ContourGeometricType=kind, NumberOfContourPoints=str(len(points)), ContourData=flat)


def square(z, corners=SQUARE):
    return contour([(x, y, z) for x, y in corners])


def structure_set(rois=None, *, instances=(), z=32.5, frame="frame", **tags):
    """One region, a square at a height, unless regions are given as {name: contours}."""
    rois = {"GTV": [square(z)]} if rois is None else rois
    dataset = _started(RTStructureSetStorage, "structures", frame)
    dataset.Modality = "RTSTRUCT"
    images = [item(ReferencedSOPInstanceUID=instance) for instance in instances]
    if images:
        series = item(SeriesInstanceUID=uid("its series"), ContourImageSequence=images)
        study = item(RTReferencedSeriesSequence=[series])
        dataset.ReferencedFrameOfReferenceSequence = [
            item(FrameOfReferenceUID=uid(frame), RTReferencedStudySequence=[study])
        ]
    dataset.StructureSetROISequence = [
        item(ROINumber=str(k), ROIName=name, ReferencedFrameOfReferenceUID=uid(frame))
        for k, name in enumerate(rois, 1)
    ]
    dataset.ROIContourSequence = [
        item(ReferencedROINumber=str(k), ROIDisplayColor=["255", "128", "0"], ContourSequence=drawn)
        for k, drawn in enumerate(rois.values(), 1)
    ]
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def segmentation(frames, *, kind="BINARY", names=("liver",), frame="frame", **tags):
    """Frames are (segment, position in mm, pixels); the grid is that of `slice_dataset`."""
    shape = np.shape(frames[0][2])
    dataset = _started(SegmentationStorage, "segments", frame)
    dataset.Modality = "SEG"
    bits = 1 if kind == "BINARY" else 8
    pixels = np.array([one for _, _, one in frames])
    stored = np.packbits(pixels.ravel() != 0, bitorder="little") if bits == 1 else pixels
    data = stored.astype(np.uint8).tobytes()
    for keyword, value in {
        "SegmentationType": kind,
        "NumberOfFrames": str(len(frames)),
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": shape[0],
        "Columns": shape[1],
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": 0,
        "PixelData": data + b"\0" * (len(data) % 2),
    }.items():
        setattr(dataset, keyword, value)
    dataset["PixelData"].VR = "OB"
    if kind == "FRACTIONAL":
        dataset.MaximumFractionalValue = 255
    dataset.SegmentSequence = [
        item(SegmentNumber=k, SegmentLabel=name) for k, name in enumerate(names, 1)
    ]
    measures = item(PixelSpacing=["0.8", "0.7"], SpacingBetweenSlices="2.5")
    turned = item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])
    dataset.SharedFunctionalGroupsSequence = [
        item(PixelMeasuresSequence=[measures], PlaneOrientationSequence=[turned])
    ]
    dataset.PerFrameFunctionalGroupsSequence = [
        item(
            PlanePositionSequence=[
                item(ImagePositionPatient=[f"{value:.6f}" for value in position])
            ],
            SegmentIdentificationSequence=[item(ReferencedSegmentNumber=segment)],
        )
        for segment, position, _ in frames
    ]
    for keyword, value in tags.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset
