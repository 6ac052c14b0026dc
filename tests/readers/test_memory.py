"""What reading holds at its peak: the volume, a slice, and little else."""

import tracemalloc

import numpy as np
import pytest
from PIL import Image

from medmask.readers import ReadOptions, read, sniff
from medmask.scan import Scan
from tests.dicom_files import write_series
from tests.itk_files import nrrd_bytes, put
from tests.nifti_files import write_nifti

VOXELS = np.random.default_rng(1).integers(-900, 900, (96, 256, 256)).astype(np.int16)
OPTIONS = ReadOptions(modality="MR", stacks=True)
FIRST = ReadOptions(modality="MR", time_series="first")
MEAN = ReadOptions(modality="MR", time_series="mean")


def stack(tmp_path):
    files = [tmp_path / f"{k}.png" for k in range(len(VOXELS))]
    for path, slab in zip(files, VOXELS, strict=True):
        Image.fromarray((slab + 1000).astype(np.uint16)).save(path, compress_level=1)
    return files


def peak_of(files, options):
    scan = Scan("a", "a", "a", sniff(files[0]), tuple(files))
    read(scan, options)  # what is made once stays out of the sum
    tracemalloc.start()
    volume = read(scan, options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, volume


@pytest.mark.parametrize(
    "write",
    [
        lambda path: [write_nifti(path / "a.nii", VOXELS)],
        lambda path: [write_nifti(path / "a.nii.gz", VOXELS)],
        lambda path: [put(path / "a.nrrd", nrrd_bytes(VOXELS.tobytes(), sizes="256 256 96"))],
        lambda path: write_series(path, VOXELS),
        stack,
    ],
    ids=["nifti", "nifti gzip", "nrrd", "dicom", "png stack"],
)
def test_reading_holds_the_volume_once(tmp_path, write):
    peak, volume = peak_of(write(tmp_path), OPTIONS)
    assert volume.voxels.dtype.itemsize == 2
    assert peak <= 1.3 * volume.voxels.nbytes + volume.voxels[0].nbytes


@pytest.mark.parametrize(("options", "beside"), [(FIRST, 0.0), (MEAN, 2.0)])
def test_a_series_holds_the_result_and_at_most_its_sums(tmp_path, options, beside):
    patches = ((40, "5h", (4, 256, 256, 12, 8)),)
    path = write_nifti(tmp_path / "a.nii.gz", VOXELS, patches=patches)
    peak, volume = peak_of([path], options)
    slice_bytes = 256 * 256 * 8
    assert peak <= (1.3 + beside) * volume.voxels.nbytes + 4 * slice_bytes
