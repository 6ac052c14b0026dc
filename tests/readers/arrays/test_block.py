import gzip
import zlib

import numpy as np
import pytest

from medmask.errors import BadChecksum, TimeSeries, TooLarge, Truncated
from medmask.readers.arrays.block import VoxelBlock, check_block, read_block, result_type
from medmask.readers.arrays.stream import Packing
from medmask.readers.options import ReadOptions

SERIES = np.random.default_rng(2).integers(-2000, 2000, (3, 4, 5, 6)).astype(np.int16)
FIRST, MEAN = ReadOptions(time_series="first"), ReadOptions(time_series="mean")
PACK = {
    Packing.PLAIN: bytes,
    Packing.GZIP: lambda content: gzip.compress(content, mtime=0),
    Packing.ZLIB: zlib.compress,
}


def block_of(tmp_path, voxels, *, packing=Packing.PLAIN, behind=b"", **facts):
    path = tmp_path / "voxels"
    path.write_bytes(PACK[packing](voxels.tobytes() + behind))
    return VoxelBlock(path, voxels.dtype, (4, 5, 6), packing=packing, **facts)


@pytest.mark.parametrize("packing", list(Packing))
@pytest.mark.parametrize("order", ["<i2", ">i2"])
def test_one_volume_is_read_as_it_is(tmp_path, packing, order):
    block = block_of(tmp_path, SERIES[1].astype(order), packing=packing)
    assert check_block(block, ReadOptions()) == ()
    voxels, warnings = read_block(block, ReadOptions())
    np.testing.assert_array_equal(voxels, SERIES[1])
    assert voxels.dtype == np.int16
    assert voxels.dtype.isnative
    assert warnings == ()


@pytest.mark.parametrize("packing", list(Packing))
def test_what_follows_the_voxels_is_left_out_with_a_warning(tmp_path, packing):
    block = block_of(tmp_path, SERIES[0], packing=packing, behind=bytes(7))
    voxels, (warning,) = read_block(block, ReadOptions())
    np.testing.assert_array_equal(voxels, SERIES[0])
    assert warning.code == "trailing_bytes"
    assert "7 bytes follow" in warning.message


@pytest.mark.parametrize("packing", [Packing.GZIP, Packing.ZLIB])
def test_every_cut_of_a_packed_stream_is_truncated(tmp_path, packing):
    block = block_of(tmp_path, SERIES[0], packing=packing)
    content = block.path.read_bytes()
    for length in range(12, len(content), 17):
        block.path.write_bytes(content[:length])
        with pytest.raises(Truncated):
            read_block(block, ReadOptions())


@pytest.mark.parametrize("packing", [Packing.GZIP, Packing.ZLIB])
def test_a_wrong_sum_is_held(tmp_path, packing):
    block = block_of(tmp_path, SERIES[0], packing=packing)
    content = bytearray(block.path.read_bytes())
    content[-5 if packing is Packing.GZIP else -1] ^= 1
    block.path.write_bytes(content)
    with pytest.raises(BadChecksum):
        read_block(block, ReadOptions())


def test_a_file_too_short_for_its_header_is_truncated(tmp_path):
    block = block_of(tmp_path, SERIES[0], offset=1)
    with pytest.raises(Truncated, match="6x5x4 voxels of 2 bytes from byte 1 on, in 240 bytes"):
        check_block(block, ReadOptions())


def test_several_volumes_are_refused_unless_the_options_say_which(tmp_path):
    block = block_of(tmp_path, SERIES, volumes=3)
    with pytest.raises(TimeSeries, match="3 x 6x5x4 voxels of 2 bytes: more than one volume"):
        check_block(block, ReadOptions())


def stored(interleaved):
    return np.ascontiguousarray(np.moveaxis(SERIES, 0, -1)) if interleaved else SERIES


@pytest.mark.parametrize("packing", list(Packing))
@pytest.mark.parametrize("interleaved", [False, True])
def test_the_first_of_a_series_keeps_its_type(tmp_path, packing, interleaved):
    facts = {"volumes": 3, "interleaved": interleaved, "packing": packing}
    block = block_of(tmp_path, stored(interleaved), **facts)
    assert [w.code for w in check_block(block, FIRST)] == ["first_of_series"]
    voxels, warnings = read_block(block, FIRST)
    np.testing.assert_array_equal(voxels, SERIES[0])
    assert (voxels.dtype, warnings) == (result_type(block, FIRST), ())


@pytest.mark.parametrize("interleaved", [False, True])
def test_the_mean_of_a_series_is_float32(tmp_path, interleaved):
    block = block_of(tmp_path, stored(interleaved), volumes=3, interleaved=interleaved)
    (warning,) = check_block(block, MEAN)
    assert (warning.code, "3 volumes" in warning.message) == ("mean_of_series", True)
    voxels, _ = read_block(block, MEAN)
    assert voxels.dtype == result_type(block, MEAN) == np.float32
    np.testing.assert_allclose(voxels, SERIES.astype(float).mean(axis=0), rtol=1e-6)


def test_a_series_that_ends_early_is_truncated_although_its_first_volume_is_whole(tmp_path):
    block = block_of(tmp_path, SERIES, packing=Packing.GZIP, volumes=4)
    with pytest.raises(Truncated):
        read_block(block, FIRST)


def test_the_mean_counts_its_sums_as_memory(tmp_path):
    block = block_of(tmp_path, SERIES, volumes=3)
    check_block(block, ReadOptions(time_series="first", largest_bytes=240))
    with pytest.raises(TooLarge):
        check_block(block, ReadOptions(time_series="mean", largest_bytes=240 * 4 - 1))
