import numpy as np
import pytest

from medmask.annotation import Fit
from medmask.errors import NoOverlap, Truncated
from medmask.readers import ReadOptions
from medmask.readers.dicom import plan_series
from medmask.scan import AnnotationKind, Format, Scan
from tests.annotations.scans import drawn, masks
from tests.dicom_files import slice_dataset, write_series, write_slice

PIXELS = np.full((9, 11), 1064, np.int16)


def with_plane(dataset, bits, origin=(1, 1), group=0x6000, **tags):
    """Draw bits over an image; a keyword of None leaves an element out."""
    packed = np.packbits(np.asarray(bits, np.uint8).ravel(), bitorder="little").tobytes()
    elements = {
        "rows": (0x0010, "US", bits.shape[0]),
        "columns": (0x0011, "US", bits.shape[1]),
        "kind": (0x0040, "CS", "G"),
        "origin": (0x0050, "SS", list(origin)),
        "allocated": (0x0100, "US", 1),
        "position": (0x0102, "US", 0),
        "data": (0x3000, "OW", packed + b"\0" * (len(packed) % 2)),
    }
    for name, (element, vr, usual) in elements.items():
        value = tags.get(name, usual)
        if value is not None:
            dataset.add_new((group << 16) | element, vr, value)
    return dataset


def random_bits(shape=PIXELS.shape, seed=0):
    return np.random.default_rng(seed).integers(0, 2, shape)


def read(tmp_path, *datasets):
    files = [write_slice(tmp_path / f"{k}.dcm", one) for k, one in enumerate(datasets)]
    scan = Scan("a", "a", "a", Format.DICOM, tuple(files))
    grid = plan_series(scan.files, ReadOptions()).stack.grid
    return drawn(files[0], AnnotationKind.OVERLAY_PLANE, scan, grid=grid)


def one_plane(tmp_path, bits, **tags):
    return read(tmp_path, with_plane(slice_dataset(PIXELS), bits, **tags))


def test_the_bits_lie_upon_the_pixels(tmp_path):
    bits = random_bits()  # 99 bits: rows do not start on bytes
    np.testing.assert_array_equal(*masks(one_plane(tmp_path, bits)).values(), bits[None] == 1)


@pytest.mark.parametrize("origin", [(3, 4), (-2, -3), (7, 9)])
def test_a_plane_has_a_size_and_an_origin_of_its_own(tmp_path, origin):
    bits = random_bits((5, 6), seed=1)
    (mask,) = masks(one_plane(tmp_path, bits, origin=origin)).values()
    around = np.zeros((30, 30), bool)
    around[10 + origin[0] - 1 :, 10 + origin[1] - 1 :][:5, :6] = bits
    np.testing.assert_array_equal(mask[0], around[10:19, 10:21])


def test_the_share_beyond_the_image_is_stated(tmp_path):
    reading = one_plane(tmp_path, np.ones((4, 4), int), origin=(-1, 1))
    (annotation,) = reading.annotations
    assert annotation.verdict.fit is Fit.PARTLY_OUTSIDE
    assert annotation.verdict.share_lost == 0.5


def test_a_plane_beside_the_image_is_refused(tmp_path):
    with pytest.raises(NoOverlap, match="lie outside the image"):
        one_plane(tmp_path, np.ones((4, 4), int), origin=(100, 100))


def test_a_plane_without_data_is_a_warning(tmp_path):
    reading = one_plane(tmp_path, random_bits(), data=None)
    assert reading.annotations == ()
    assert [warning.code for warning in reading.warnings] == ["overlay_without_data"]


def test_a_plane_with_too_few_bits_is_refused(tmp_path):
    with pytest.raises(Truncated, match="4 bytes for 1 frames of 11 x 9 bits"):
        one_plane(tmp_path, random_bits(), data=b"\0" * 4)


def test_groups_are_planes_of_their_own(tmp_path):
    one, two = random_bits(seed=2), random_bits(seed=3)
    dataset = with_plane(with_plane(slice_dataset(PIXELS), one), two, group=0x6002)
    found = masks(read(tmp_path, dataset))
    np.testing.assert_array_equal(found["overlay 1"][0], one == 1)
    np.testing.assert_array_equal(found["overlay 2"][0], two == 1)


def test_one_broken_plane_does_not_cost_the_others(tmp_path):
    dataset = with_plane(slice_dataset(PIXELS), random_bits())
    reading = read(tmp_path, with_plane(dataset, random_bits(), group=0x6002, data=b"\0\0"))
    assert [one.name for one in reading.annotations] == ["overlay 1"]
    assert [error.code for error in reading.refused] == ["truncated"]


def test_planes_in_unused_bits_of_the_pixels_are_read(tmp_path):
    bits = random_bits(seed=4)
    stored = (PIXELS + (bits << 15)).astype(np.uint16)
    dataset = slice_dataset(stored, BitsStored=12, HighBit=11)
    plane = with_plane(dataset, bits, allocated=16, position=15, data=None)
    np.testing.assert_array_equal(*masks(read(tmp_path, plane)).values(), bits[None] == 1)


def test_each_image_of_a_series_carries_its_own_plane(tmp_path):
    files = write_series(tmp_path / "ct", np.stack([PIXELS] * 3))
    bits = random_bits(seed=5)
    write_slice(files[1], with_plane(slice_dataset(PIXELS, index=1), bits))
    scan = Scan("a", "a", "a", Format.DICOM, tuple(files))
    (mask,) = masks(drawn(files[1], AnnotationKind.OVERLAY_PLANE, scan)).values()
    np.testing.assert_array_equal(mask[1], bits == 1)
    assert not mask[[0, 2]].any()
