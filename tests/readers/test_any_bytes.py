"""Whatever a file holds, reading it ends in a volume or in an error of the scan."""

import gzip
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from medmask.errors import ScanError
from medmask.readers import ReadOptions, companions, read, sniff
from medmask.scan import Format, Scan
from tests.itk_files import meta_bytes, nrrd_bytes
from tests.nifti_files import nifti_bytes, write_analyze, write_nifti_pair
from tests.readers.pictures.test_image import png

VOXELS = np.random.default_rng(1).integers(-900, 900, (4, 5, 6)).astype(np.int16)
RAW = VOXELS.tobytes()
DEEP = np.random.default_rng(1).integers(0, 65536, (24, 20, 3))


def tiff(**facts):
    out = io.BytesIO()
    pixels = DEEP[..., 0].astype(np.uint16)
    tifffile.imwrite(out, pixels, photometric="minisblack", metadata=None, **facts)
    return out.getvalue()


def header_of(write):
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder), VOXELS)[0].read_bytes()


WHOLE = {
    "a.nrrd": nrrd_bytes(RAW),
    "b.nrrd": nrrd_bytes(gzip.compress(RAW), encoding="gzip"),
    "a.mha": meta_bytes(RAW),
    "a.nii": nifti_bytes(VOXELS),
    "a.nii.gz": gzip.compress(nifti_bytes(VOXELS)),
    "a.hdr": header_of(write_nifti_pair),
    "b.hdr": header_of(write_analyze),
    "a.tif": tiff(),
    "b.tif": tiff(compression="zlib", tile=(16, 16)),
    "a.png": png(DEEP.astype(">u2"), depth=16, colour=2),
}
changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6)


@pytest.mark.parametrize("name", WHOLE)
@given(changes=changes, head=st.booleans(), kept=st.one_of(st.just(1.0), st.floats(0, 1)))
def test_no_other_error_leaves_the_readers(name, changes, head, kept):
    content = bytearray(WHOLE[name])
    reach = min(len(content), 400) if head else len(content)
    for place, value in changes:
        content[min(int(place * reach), len(content) - 1)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content[: int(kept * len(content))])
        path.with_name("a.img").write_bytes(RAW)
        path.with_name("b.img").write_bytes(RAW)
        message = outcome_of(path)
    assert folder not in message


def outcome_of(path):
    """Return the sentence of an error of the scan; nothing for a volume, or for no image."""
    try:
        kind = sniff(path)
        if kind is None or kind is Format.DICOM:
            return ""
        scan = Scan("a", "a", "a", kind, (path, *companions(path, kind)))
        volume = read(scan, ReadOptions(time_series="mean", largest_bytes=1 << 22))
    except ScanError as error:
        return str(error)
    assert volume.voxels.shape == volume.grid.shape
    return ""
