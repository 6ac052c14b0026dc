import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from medmask.errors import (
    BadHeader,
    ColourImage,
    Damaged,
    IsAnnotation,
    MixedGeometry,
    Truncated,
    UnsupportedEncoding,
    UnsupportedFormat,
    UnsupportedPixels,
)
from medmask.readers.options import ReadOptions
from medmask.readers.pictures.image import read_pictures
from medmask.readers.pictures.tiff import parse_tiff
from medmask.volume import Display

OPTIONS = ReadOptions()
GREY = np.add.outer(np.arange(24), np.arange(20)).astype(np.uint8)
DEEP = np.random.default_rng(3).integers(0, 65536, (24, 20)).astype(np.uint16)
RGB = np.stack([GREY, GREY, GREY[::-1]], axis=-1)


def tiff(pixels, **facts):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, **({"photometric": "minisblack", "metadata": None} | facts))
    return out.getvalue()


def by_pillow(pixels, **facts):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "TIFF", **facts)
    return out.getvalue()


def read(tmp_path, content, options=OPTIONS):
    (tmp_path / "a.tif").write_bytes(content)
    return read_pictures((tmp_path / "a.tif",), options)


def patched(content, tag, value, kind=3):
    """Return a little-endian TIFF with one tag of its first page set to one number."""
    content = bytearray(content)
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    for k in range(count):
        entry = at + 2 + 12 * k
        if struct.unpack_from("<H", content, entry)[0] == tag:
            struct.pack_into("<HII", content, entry + 2, kind, 1, value)
    return bytes(content)


def codes(volume):
    return [warning.code for warning in volume.warnings]


@pytest.mark.parametrize("pixels", [GREY, DEEP])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("facts", [{}, {"rowsperstrip": 7}, {"tile": (16, 16)}])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_grey_of_any_layout_is_read_as_it_is(tmp_path, pixels, order, facts, compression):
    if compression:
        facts = facts | {"compression": compression}
    volume = read(tmp_path, tiff(pixels, byteorder=order, **facts))
    assert volume.voxels.dtype == pixels.dtype
    np.testing.assert_array_equal(volume.voxels[0], pixels)
    assert volume.grid.spacing_mm == (None, None, None)
    assert codes(volume) == []


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
@pytest.mark.parametrize("pixels", [GREY, DEEP])
def test_every_lossless_compression_is_read(tmp_path, compression, pixels):
    volume = read(tmp_path, by_pillow(pixels, compression=compression))
    np.testing.assert_array_equal(volume.voxels[0], pixels)


@pytest.mark.parametrize(("pixels", "top"), [(GREY, 255), (DEEP, 65535)])
def test_where_zero_is_white_values_stay_and_the_display_is_turned(tmp_path, pixels, top):
    volume = read(tmp_path, tiff(pixels, photometric="miniswhite"))
    np.testing.assert_array_equal(volume.voxels[0], pixels)
    assert volume.display == Display(0, top, inverted=True)


def test_the_depth_of_sixteen_bits_is_guessed_with_a_warning(tmp_path):
    volume = read(tmp_path, tiff(DEEP // 16))
    assert (volume.display, codes(volume)) == (Display(0, 4095), ["depth_guessed"])


def test_equal_channels_are_grey_and_colour_is_luminance(tmp_path):
    grey = read(tmp_path, tiff(np.stack([GREY] * 3, axis=-1), photometric="rgb"))
    np.testing.assert_array_equal(grey.voxels[0], GREY)
    assert codes(grey) == []
    coloured = read(tmp_path, tiff(RGB, photometric="rgb"))
    expected = np.asarray(Image.fromarray(RGB).convert("L"))
    np.testing.assert_array_equal(coloured.voxels[0], expected)
    assert codes(coloured) == ["colour_to_grey"]


def test_a_palette_is_looked_up(tmp_path):
    image = Image.fromarray(GREY % 16).convert("P")
    image.putpalette([level for k in range(256) for level in (255 - k,) * 3])
    out = io.BytesIO()
    image.save(out, "TIFF")
    np.testing.assert_array_equal(read(tmp_path, out.getvalue()).voxels[0], 255 - GREY % 16)


def test_pages_are_refused_unless_stacks_are_asked_for(tmp_path):
    pages = np.stack([GREY, GREY + 1, GREY + 2])
    content = tiff(pages)
    with pytest.raises(UnsupportedFormat, match="3 pages; accepted: one page, or"):
        read(tmp_path, content)
    volume = read(tmp_path, content, ReadOptions(stacks=True, spacing_mm=(2.0, 1.0, 1.0)))
    np.testing.assert_array_equal(volume.voxels, pages)
    assert volume.grid.spacing_mm == (2.0, 1.0, 1.0)


def test_pages_that_differ_are_no_stack(tmp_path):
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        writer.write(GREY, photometric="minisblack", metadata=None)
        writer.write(GREY[:9], photometric="minisblack", metadata=None)
    with pytest.raises(MixedGeometry, match="20 x 9, TIFF"):
        read(tmp_path, out.getvalue(), ReadOptions(stacks=True))


def test_a_stack_behind_one_directory_is_refused(tmp_path):
    content = tiff(GREY, description="ImageJ=1.54\nimages=12\nslices=12\n")
    with pytest.raises(UnsupportedFormat, match="an ImageJ stack of 12 pictures"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (tiff(DEEP.astype(np.int16)), UnsupportedPixels, "1 signed samples of 16 bits"),
        (tiff(DEEP.astype(np.float32)), UnsupportedPixels, "1 floating samples of 32 bits"),
        (tiff(np.stack([DEEP] * 3, -1), photometric="rgb"), UnsupportedPixels, "3 samples of 16"),
        (by_pillow(GREY > 20), IsAnnotation, "one bit a pixel"),
        (patched(tiff(GREY), 262, 5), ColourImage, "a TIFF in CMYK"),
        (patched(tiff(GREY), 259, 7), UnsupportedEncoding, "compression 7; accepted: plain, LZW"),
        (patched(tiff(GREY), 256, 0), BadHeader, "0 x 24 pixels"),
        (patched(tiff(GREY), 278, 5), BadHeader, "1 strips or tiles and 1 sizes; accepted: 5"),
        (patched(patched(tiff(GREY), 257, 40), 278, 40), Truncated, "480 of 800 bytes of pixels"),
        (patched(tiff(GREY), 279, 10**6, 4), Truncated, "pixels up to byte"),
        (patched(tiff(GREY), 256, 3, 11), BadHeader, "tag 256 is of type 11"),
        (b"II*\0" + bytes(4), BadHeader, "no directory"),
        (b"II*\0" + struct.pack("<I", 99), Truncated, "at byte 99"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(tmp_path, content, error, sentence):
    with pytest.raises(error, match=sentence):
        read(tmp_path, content)


def test_another_orientation_is_refused(tmp_path):
    content = tiff(GREY, extratags=[(274, 3, 1, 6, True)])
    with pytest.raises(UnsupportedPixels, match="orientation 6; accepted: 1"):
        read(tmp_path, content)


def test_directories_in_a_circle_are_refused():
    content = bytearray(tiff(np.stack([GREY, GREY])))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    with pytest.raises(BadHeader, match="run in a circle"):
        parse_tiff(io.BytesIO(content), "a.tif")


def test_every_cut_is_refused(tmp_path):
    content = tiff(GREY)
    for length in range(8, len(content), 13):
        with pytest.raises(Damaged):
            read(tmp_path, content[:length])


def test_a_wrong_sum_of_a_deflated_strip_is_held(tmp_path, capfd):
    content = bytearray(tiff(DEEP, compression="zlib"))
    page = tifffile.TiffFile(io.BytesIO(bytes(content))).pages[0]
    content[page.dataoffsets[0] + page.databytecounts[0] - 1] ^= 1
    with pytest.raises(Damaged, match="the pixels do not decode"):
        read(tmp_path, bytes(content))
    capfd.readouterr()


def test_the_grey_under_an_opaque_alpha_is_kept(tmp_path):
    opaque = np.dstack([GREY, GREY, GREY, np.full_like(GREY, 255)])
    volume = read(tmp_path, by_pillow(opaque))
    np.testing.assert_array_equal(volume.voxels[0], GREY)
    opaque[5:9, 5:9, 3] = 7
    with pytest.raises(IsAnnotation, match="a layer whose opacity varies"):
        read(tmp_path, by_pillow(opaque))


def test_tiles_without_extent_are_refused(tmp_path):
    content = patched(tiff(GREY, tile=(16, 16)), 322, 0)
    with pytest.raises(BadHeader, match="tiles of 0 x 16"):
        read(tmp_path, content)
