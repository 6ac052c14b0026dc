import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from medmask.errors import (
    BadChecksum,
    BadHeader,
    ColourImage,
    Damaged,
    IsAnnotation,
    MissingSlices,
    MixedGeometry,
    TooLarge,
    Truncated,
    UnsupportedPixels,
)
from medmask.readers.options import ReadOptions
from medmask.readers.pictures.image import inspect_pictures, read_pictures
from medmask.volume import Display

OPTIONS = ReadOptions()
GREY = np.add.outer(np.arange(24), np.arange(20)).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels_or_data, *, depth=8, colour=0, extra=b"", shape=None, interlace=0):
    """Return a PNG written by hand: no filter, one IDAT."""
    if isinstance(pixels_or_data, np.ndarray):
        shape = shape or pixels_or_data.shape[:2]
        rows = [b"\0" + row.tobytes() for row in pixels_or_data]
        data = zlib.compress(b"".join(rows))
    else:
        data = pixels_or_data
    header = struct.pack(">II5B", shape[1], shape[0], depth, colour, 0, 0, interlace)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def read(tmp_path, content, name="a.png"):
    (tmp_path / name).write_bytes(content)
    return read_pictures((tmp_path / name,), OPTIONS)


def saved(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def codes(volume):
    return [warning.code for warning in volume.warnings]


def test_an_eight_bit_picture_is_one_slice_without_millimetres(tmp_path):
    volume = read(tmp_path, png(GREY))
    assert volume.voxels.dtype == np.uint8
    np.testing.assert_array_equal(volume.voxels, GREY[None])
    assert volume.grid.spacing_mm == (None, None, None)
    assert (volume.modality, volume.display) == ("XR", Display(0, 255))
    assert codes(volume) == []


@pytest.mark.parametrize(
    ("top", "extra", "depth", "expected"),
    [
        (65535, b"", 16, []),
        (4095, b"", 12, ["depth_guessed"]),
        (1000, b"", 10, ["depth_guessed"]),
        (9, b"", 8, ["depth_guessed"]),
        (1000, chunk(b"sBIT", b"\x0c"), 12, []),
        (65535, chunk(b"sBIT", b"\x0c"), 16, []),
    ],
)
def test_sixteen_bits_keep_their_values_and_their_true_depth(tmp_path, top, extra, depth, expected):
    pixels = np.linspace(0, top, 480).astype(np.uint16).reshape(24, 20)
    volume = read(tmp_path, png(pixels.astype(">u2"), depth=16, extra=extra))
    assert volume.voxels.dtype == np.uint16
    np.testing.assert_array_equal(volume.voxels[0], pixels)
    assert volume.display == Display(0, 2**depth - 1)
    assert codes(volume) == expected


@pytest.mark.parametrize(("depth", "factor"), [(2, 85), (4, 17)])
def test_fewer_bits_are_spread_over_all_levels(tmp_path, depth, factor):
    values = np.arange(2**depth, dtype=np.uint8).repeat(2).reshape(2, -1)
    each = 8 // depth
    grouped = values.reshape(2, -1, each)
    packed = sum(grouped[..., k] << (depth * (each - 1 - k)) for k in range(each)).astype(np.uint8)
    volume = read(tmp_path, png(packed, depth=depth, shape=values.shape))
    np.testing.assert_array_equal(volume.voxels[0], values * factor)


def test_equal_channels_are_grey(tmp_path):
    volume = read(tmp_path, saved(Image.fromarray(GREY).convert("RGB")))
    np.testing.assert_array_equal(volume.voxels[0], GREY)


def test_opaque_alpha_is_no_alpha(tmp_path):
    for mode in ("LA", "RGBA"):
        volume = read(tmp_path, saved(Image.fromarray(GREY).convert(mode)))
        np.testing.assert_array_equal(volume.voxels[0], GREY)
        assert codes(volume) == []


def test_a_coloured_layer_of_varying_opacity_is_an_annotation(tmp_path):
    layer = np.zeros((24, 20, 4), np.uint8)
    layer[5:9, 5:9] = [255, 0, 0, 128]
    with pytest.raises(IsAnnotation, match="a layer whose opacity varies"):
        read(tmp_path, saved(Image.fromarray(layer)))


def test_a_white_brush_on_nothing_is_an_annotation(tmp_path):
    brush = np.zeros((24, 20, 2), np.uint8)
    brush[5:9, 5:9] = 255
    with pytest.raises(IsAnnotation, match="a layer whose opacity varies"):
        read(tmp_path, saved(Image.fromarray(brush, "LA")))


def test_grey_under_varying_opacity_is_taken_with_a_warning(tmp_path):
    both = np.stack([GREY, GREY[::-1]], axis=-1)
    volume = read(tmp_path, saved(Image.fromarray(both, "LA")))
    np.testing.assert_array_equal(volume.voxels[0], GREY)
    assert codes(volume) == ["transparency_ignored"]


def test_a_grey_palette_gives_its_grey_values(tmp_path):
    image = Image.fromarray((GREY % 16).astype(np.uint8)).convert("P")
    image.putpalette([level for k in range(256) for level in (255 - k,) * 3])
    volume = read(tmp_path, saved(image, transparency=bytes([0, 128])))
    np.testing.assert_array_equal(volume.voxels[0], 255 - GREY % 16)
    assert codes(volume) == ["transparency_ignored"]


def coloured():
    pixels = np.stack([GREY, GREY, GREY[::-1]], axis=-1)
    return Image.fromarray(pixels)


def palette():
    image = Image.fromarray((GREY % 4).astype(np.uint8)).convert("P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    return image


@pytest.mark.parametrize("image", [coloured(), palette()])
def test_colour_is_luminance_with_a_warning(tmp_path, image):
    volume = read(tmp_path, saved(image))
    np.testing.assert_array_equal(volume.voxels[0], np.asarray(image.convert("RGB").convert("L")))
    assert codes(volume) == ["colour_to_grey"]


def test_a_jpeg_in_colour_is_luminance_too(tmp_path):
    content = saved(coloured(), "JPEG", quality=95)
    volume = read(tmp_path, content, "a.jpg")
    expected = Image.open(io.BytesIO(content)).convert("RGB").convert("L")
    np.testing.assert_array_equal(volume.voxels[0], np.asarray(expected))
    assert codes(volume) == ["colour_to_grey"]


def test_inks_are_refused(tmp_path):
    content = saved(Image.merge("CMYK", [Image.fromarray(GREY)] * 4), "JPEG")
    with pytest.raises(ColourImage, match="a JPEG in CMYK"):
        read(tmp_path, content, "a.jpg")


def test_a_mask_in_colour_is_an_annotation(tmp_path):
    pixels = np.zeros((24, 20, 3), np.uint8)
    pixels[5:9, 5:9] = [255, 0, 0]
    with pytest.raises(IsAnnotation, match="only two colours, as a mask"):
        read(tmp_path, saved(Image.fromarray(pixels)))


DEEP = np.random.default_rng(4).integers(0, 65536, (24, 20, 4)).astype(np.uint16)


def deep(channels, colour, extra=b""):
    return png(channels.astype(">u2"), depth=16, colour=colour, extra=extra)


def test_sixteen_bits_in_equal_channels_are_grey(tmp_path):
    volume = read(tmp_path, deep(DEEP[..., [1, 1, 1]], 2))
    np.testing.assert_array_equal(volume.voxels[0], DEEP[..., 1])
    assert (volume.display, codes(volume)) == (Display(0, 65535), [])


def test_sixteen_bits_of_colour_are_luminance(tmp_path):
    volume = read(tmp_path, deep(DEEP[..., :3], 2))
    exact = DEEP[..., :3] @ [0.299, 0.587, 0.114]
    assert np.abs(volume.voxels[0] - exact).max() < 1.1
    assert codes(volume) == ["colour_to_grey"]


def test_sixteen_bits_under_an_opaque_alpha_are_kept(tmp_path):
    opaque = np.full((24, 20), 65535, np.uint16)
    for colour, channels in ((4, [1]), (6, [1, 1, 1])):
        volume = read(tmp_path, deep(np.dstack([DEEP[..., channels], opaque]), colour))
        np.testing.assert_array_equal(volume.voxels[0], DEEP[..., 1])
        assert codes(volume) == []


def test_sixteen_bits_of_grey_under_a_varying_alpha_are_kept(tmp_path):
    volume = read(tmp_path, deep(DEEP[..., :2], 4))
    np.testing.assert_array_equal(volume.voxels[0], DEEP[..., 0])
    assert codes(volume) == ["transparency_ignored"]


def test_sixteen_bit_channels_of_which_not_all_count_are_refused(tmp_path):
    with pytest.raises(UnsupportedPixels, match="of which 12 bits are said to count"):
        read(tmp_path, deep(DEEP[..., :3], 2, chunk(b"sBIT", b"\x0c\x0c\x0c")))


def test_a_constant_veil_is_no_layer(tmp_path):
    veiled = np.dstack([np.stack([GREY] * 3, axis=-1), np.full_like(GREY, 128)])
    volume = read(tmp_path, saved(Image.fromarray(veiled)))
    np.testing.assert_array_equal(volume.voxels[0], GREY)
    assert codes(volume) == ["transparency_ignored"]


@pytest.mark.parametrize("top", [1, 255])
def test_black_and_white_is_an_annotation(tmp_path, top):
    with pytest.raises(IsAnnotation, match="only black and white"):
        read(tmp_path, png(((GREY > 20) * top).astype(np.uint8)))


def test_one_bit_a_pixel_is_an_annotation(tmp_path):
    with pytest.raises(IsAnnotation, match="one bit a pixel"):
        read(tmp_path, png(np.zeros((8, 1), np.uint8), depth=1, shape=(8, 8)))


def test_a_jpeg_is_read_whatever_its_name(tmp_path):
    volume = read(tmp_path, saved(Image.fromarray(GREY), "JPEG", quality=100))
    assert np.abs(volume.voxels[0].astype(int) - GREY).max() <= 2
    assert codes(volume) == ["name_differs"]


def test_a_cut_jpeg_is_truncated(tmp_path):
    content = saved(Image.fromarray(GREY), "JPEG")
    with pytest.raises(Truncated, match="no end-of-image marker"):
        read(tmp_path, content[:-30], "a.jpg")


@pytest.mark.parametrize("kind", [b"IDAT", b"IHDR", b"tEXt"])
def test_a_wrong_sum_of_any_chunk_is_held(tmp_path, kind):
    content = bytearray(png(GREY, extra=chunk(b"tEXt", b"Comment\0x")))
    content[content.index(kind) + 4] ^= 1
    with pytest.raises(BadChecksum, match=f"the CRC of chunk b'{kind.decode()}' is wrong"):
        read(tmp_path, bytes(content))


def test_every_cut_of_a_png_is_truncated(tmp_path):
    content = png(GREY)
    for length in range(8, len(content), 11):
        with pytest.raises(Truncated):
            read(tmp_path, content[:length])


def test_rows_that_are_missing_in_a_whole_stream_are_truncated(tmp_path):
    short = zlib.compress(b"".join(b"\0" + row.tobytes() for row in GREY[:10]))
    with pytest.raises(Truncated, match="210 of 504 bytes of pixel data"):
        read(tmp_path, png(short, shape=(24, 20)))


def test_a_stream_without_its_end_is_truncated(tmp_path):
    whole = zlib.compress(b"".join(b"\0" + row.tobytes() for row in GREY))
    with pytest.raises((Truncated, BadChecksum)):
        read(tmp_path, png(whole[:-4], shape=(24, 20)))


def test_more_rows_than_stated_are_a_bad_header(tmp_path):
    with pytest.raises(BadHeader, match="more pixel data than 20 x 10 pixels"):
        read(tmp_path, png(GREY, shape=(10, 20)))


def test_broken_pixel_data_under_a_right_sum_are_held(tmp_path):
    with pytest.raises(BadChecksum, match="pixel data are broken"):
        read(tmp_path, png(b"\x78\x9c" + bytes(range(200)), shape=(24, 20)))


def test_an_interlaced_png_is_read_whole(tmp_path):
    # Adam7 of 1 x 1 has one pass of one pixel
    volume = read(tmp_path, png(np.full((1, 1), 77, np.uint8), interlace=1))
    assert volume.voxels.tolist() == [[[77]]]


@pytest.mark.parametrize(
    ("shape", "error"),
    [((30000, 30000), TooLarge), ((2, 2**31 - 1), TooLarge), ((24, 0), BadHeader)],
)
def test_extents_are_judged_before_anything_is_decoded(tmp_path, shape, error):
    with pytest.raises(error):
        read(tmp_path, png(zlib.compress(bytes(100)), shape=shape))


def test_a_text_chunk_that_would_expand_costs_nothing(tmp_path):
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 24), 9))
    np.testing.assert_array_equal(read(tmp_path, png(GREY, extra=bomb)).voxels[0], GREY)


def test_a_jpeg_that_does_not_decode_is_damaged(tmp_path):
    content = saved(Image.fromarray(GREY), "JPEG")
    start = content.index(b"\xff\xda")
    with pytest.raises(Damaged):
        read(tmp_path, content[: start - 40] + content[-2:], "a.jpg")


STACK = ReadOptions(stacks=True, spacing_mm=(2.5, 0.8, 0.7))


def stack_of(tmp_path, pictures, names):
    for name, pixels in zip(names, pictures, strict=True):
        (tmp_path / name).write_bytes(pixels if isinstance(pixels, bytes) else png(pixels))
    return tuple(sorted((tmp_path / name for name in names), reverse=True))


def test_pictures_are_stacked_in_the_natural_order_of_their_names(tmp_path):
    pictures = [GREY + k for k in range(4)]
    files = stack_of(tmp_path, pictures, ["s1.png", "s2.png", "s10.png", "t0.png"])
    volume = read_pictures(files, STACK)
    np.testing.assert_array_equal(volume.voxels, np.stack(pictures))
    assert volume.grid.spacing_mm == (2.5, 0.8, 0.7)
    assert not volume.grid.oriented
    assert codes(volume) == []
    facts = inspect_pictures(files, STACK)
    assert facts.grid.matches(volume.grid)
    assert facts.voxel_bytes == volume.voxels.nbytes


def test_a_stack_without_spacing_has_none(tmp_path):
    files = stack_of(tmp_path, [GREY, GREY], ["1.png", "2.png"])
    assert read_pictures(files, ReadOptions(stacks=True)).grid.spacing_mm == (None, None, None)


def test_one_picture_takes_the_spacing_of_rows_and_columns_alone(tmp_path):
    files = stack_of(tmp_path, [GREY], ["1.png"])
    assert read_pictures(files, STACK).grid.spacing_mm == (None, 0.8, 0.7)


def test_black_slices_in_a_stack_are_no_masks(tmp_path):
    files = stack_of(tmp_path, [GREY * 0, GREY], ["1.png", "2.png"])
    assert read_pictures(files, STACK).voxels.shape == (2, 24, 20)


def test_a_stack_of_masks_is_an_annotation(tmp_path):
    mask = (GREY > 20).astype(np.uint8)
    with pytest.raises(IsAnnotation, match="only black and white"):
        read_pictures(stack_of(tmp_path, [mask, mask * 0], ["1.png", "2.png"]), STACK)


def test_the_depth_of_a_stack_is_that_of_all_its_slices(tmp_path):
    slices = [png((GREY.astype(np.uint16) * k).astype(">u2"), depth=16) for k in (1, 90)]
    volume = read_pictures(stack_of(tmp_path, slices, ["1.png", "2.png"]), STACK)
    assert (volume.display, codes(volume)) == (Display(0, 4095), ["depth_guessed"])


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (png(GREY[:20]), r"2\.png: 20 x 20, PNG, 8 bit grey, where 1\.png is 20 x 24, PNG, 8 bit"),
        (png(GREY.astype(">u2"), depth=16), "20 x 24, PNG, 16 bit grey, where"),
        (saved(coloured()), "PNG, 8 bit RGB, where"),
    ],
)
def test_pictures_that_do_not_fit_together_are_refused(tmp_path, other, sentence):
    files = stack_of(tmp_path, [GREY, other], ["1.png", "2.png"])
    for work in (read_pictures, inspect_pictures):
        with pytest.raises(MixedGeometry, match=sentence):
            work(files, STACK)


def test_a_broken_slice_is_named(tmp_path):
    files = stack_of(tmp_path, [GREY, png(GREY)[:-9]], ["1.png", "2.png"])
    with pytest.raises(Truncated, match=r"2\.png"):
        read_pictures(files, STACK)


@pytest.mark.parametrize("names", [["s1", "s2", "s4"], ["a-02-x", "a-04-x", "a-08-x"]])
def test_numbers_that_are_left_out_in_a_stack_are_a_warning_or_refused(tmp_path, names):
    files = stack_of(tmp_path, [GREY] * 3, [f"{name}.png" for name in names])
    for warnings in (read_pictures(files, STACK).warnings, inspect_pictures(files, STACK).warnings):
        assert [warning.code for warning in warnings] == ["stack_gap"]
        assert f"{names[2]}.png follows {names[1]}.png" in warnings[0].message
    strict = ReadOptions(stacks=True, irregular="refuse")
    with pytest.raises(MissingSlices, match="a slice may be missing"):
        read_pictures(files, strict)


@pytest.mark.parametrize(
    "names", [["s1", "s3", "s5"], ["9", "10", "11"], ["a1", "b2", "c9"], ["x", "y", "z"]]
)
def test_other_names_tell_of_no_gap(tmp_path, names):
    files = stack_of(tmp_path, [GREY] * 3, [f"{name}.png" for name in names])
    assert codes(read_pictures(files, STACK)) == []


def test_a_stack_beyond_the_limit_is_refused(tmp_path):
    files = stack_of(tmp_path, [GREY] * 3, ["1.png", "2.png", "3.png"])
    with pytest.raises(TooLarge, match="3 pictures of 20 x 24"):
        read_pictures(files, ReadOptions(stacks=True, largest_bytes=1439))


def test_a_picture_that_is_said_to_be_a_ct_has_no_hounsfield_units(tmp_path):
    (tmp_path / "a.png").write_bytes(png(GREY))
    volume = read_pictures((tmp_path / "a.png",), ReadOptions(modality="CT"))
    assert (volume.unit, volume.warnings[-1].code) == ("", "not_hounsfield")


@pytest.mark.parametrize("name", ["labels.png", "hand_mask.png", "a-seg.jpg"])
def test_a_name_that_says_mask_is_an_annotation(tmp_path, name):
    with pytest.raises(IsAnnotation, match="its name says it is a mask"):
        read(tmp_path, png(GREY), name)


def test_headers_alone_tell_a_name_that_differs(tmp_path):
    (tmp_path / "a.jpg").write_bytes(png(GREY))
    facts = inspect_pictures((tmp_path / "a.jpg",), OPTIONS)
    assert [w.code for w in facts.warnings] == ["name_differs"]


def test_a_file_beyond_the_limit_is_not_read(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        file.write(png(GREY))
        file.truncate((1 << 30) + 1)  # a hole: it takes no space
    with pytest.raises(TooLarge, match="a picture of 1073741825 bytes"):
        read_pictures((tmp_path / "a.png",), OPTIONS)


def test_a_png_without_pixels_is_refused(tmp_path):
    header = chunk(b"IHDR", struct.pack(">II5B", 20, 24, 8, 0, 0, 0, 0))
    with pytest.raises(BadHeader, match=r"no header \(IHDR\) or no pixels \(IDAT\)"):
        read(tmp_path, b"\x89PNG\r\n\x1a\n" + header + chunk(b"IEND", b""))
