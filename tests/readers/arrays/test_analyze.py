import gzip

import nibabel
import numpy as np
import pytest

from medmask.errors import (
    BadHeader,
    ColourImage,
    NotRegular,
    TimeSeries,
    Truncated,
    UnsupportedPixels,
)
from medmask.readers.arrays.read import read_array
from medmask.readers.options import ReadOptions
from medmask.scan import Format
from tests.nifti_files import write_analyze

OPTIONS = ReadOptions(modality="MR")
VOXELS = np.random.default_rng(1).integers(-900, 900, (4, 5, 6)).astype(np.int16)
NAN = float("nan")


def read(header, options=OPTIONS):
    return read_array(header, Format.ANALYZE, options)


def patched(tmp_path, *patches):
    return write_analyze(tmp_path, VOXELS, patches=patches)[0]


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4", "f8"])
def test_voxels_and_spacing_are_those_of_nibabel_and_nothing_is_oriented(tmp_path, kind):
    header, _ = write_analyze(tmp_path, VOXELS.astype(kind))
    volume, oracle = read(header), nibabel.load(header)
    assert volume.voxels.dtype == np.dtype(kind)
    np.testing.assert_array_equal(volume.voxels, np.asarray(oracle.dataobj).T)
    np.testing.assert_allclose(volume.grid.spacing_mm, oracle.header.get_zooms()[::-1])
    assert not volume.grid.oriented
    assert [w.code for w in volume.warnings] == ["no_orientation"]


def test_a_big_endian_pair_is_read(tmp_path):
    image = nibabel.AnalyzeImage(VOXELS.T, np.eye(4), nibabel.AnalyzeHeader(endianness=">"))
    image.header.set_data_dtype(">i2")
    nibabel.save(image, tmp_path / "a.img")
    assert (tmp_path / "a.hdr").read_bytes()[:4] == b"\0\0\1\x5c"
    np.testing.assert_array_equal(read(tmp_path / "a.hdr").voxels, VOXELS)


def test_voxels_may_be_packed(tmp_path):
    header, voxels = write_analyze(tmp_path, VOXELS)
    voxels.with_name("a.img.gz").write_bytes(gzip.compress(voxels.read_bytes()))
    voxels.unlink()
    np.testing.assert_array_equal(read(header).voxels, VOXELS)


def test_a_negative_spacing_is_a_flip_and_no_length(tmp_path):
    volume = read(patched(tmp_path, (80, "f", (-0.7,))))
    np.testing.assert_allclose(volume.grid.spacing_mm, (2.5, 0.8, 0.7), rtol=1e-6)


def test_a_series_is_one(tmp_path):
    header, _ = write_analyze(tmp_path, VOXELS, patches=((40, "5h", (4, 6, 5, 2, 2)),))
    with pytest.raises(TimeSeries, match="2 x 6x5x2 voxels"):
        read(header)
    first = read(header, ReadOptions(modality="MR", time_series="first"))
    np.testing.assert_array_equal(first.voxels, VOXELS[:2])


@pytest.mark.parametrize(
    ("patches", "error", "sentence"),
    [
        ([(40, "h", (0,))], BadHeader, "dim is"),
        ([(46, "h", (0,))], BadHeader, "dim is"),
        ([(70, "2h", (777, 16))], BadHeader, "datatype 777 of 16 bits"),
        ([(72, "h", (8,))], BadHeader, "datatype 4 of 8 bits"),
        ([(70, "2h", (128, 24))], ColourImage, "RGB voxels"),
        ([(70, "2h", (32, 64))], UnsupportedPixels, "voxels are complex numbers"),
        ([(80, "f", (0.0,))], BadHeader, "the spacing is"),
        ([(80, "f", (NAN,))], BadHeader, "the spacing is"),
        ([(108, "f", (-4.0,))], BadHeader, "vox_offset is -4"),
        ([(112, "f", (0.25,))], UnsupportedPixels, "a scale of 0.25 where SPM keeps one"),
        ([(56, "4s", (b"mile",))], BadHeader, "lengths in 'mile'"),
        ([(42, "h", (600,))], Truncated, "600x5x4 voxels of 2 bytes"),
    ],
)
def test_headers_that_cannot_be_are_refused_by_name(tmp_path, patches, error, sentence):
    with pytest.raises(error, match=sentence):
        read(patched(tmp_path, *patches))


def test_half_a_pair_is_refused(tmp_path):
    header, voxels = write_analyze(tmp_path, VOXELS)
    voxels.unlink()
    with pytest.raises(NotRegular, match=r"a\.hdr: its data file a\.img is not there"):
        read(header)
    (tmp_path / "short.hdr").write_bytes(header.read_bytes()[:300])
    with pytest.raises(Truncated, match="300 bytes of header"):
        read(tmp_path / "short.hdr")
