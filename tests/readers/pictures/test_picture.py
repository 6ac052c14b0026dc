import dataclasses
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from medmask.errors import BadChecksum, BadHeader, Damaged, Truncated
from medmask.readers.pictures.picture import open_pictures, peek_pictures
from tests.readers.pictures.test_image import GREY, chunk, png

NOISE = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)


def written(folder):
    """Pictures of every kind, by name."""
    Image.fromarray(NOISE).save(folder / "rgb.png")
    Image.fromarray(NOISE).convert("P").save(folder / "palette.png")
    Image.fromarray(NOISE).convert("RGBA").save(folder / "rgba.png")
    (folder / "sbit.png").write_bytes(
        png(GREY.astype(">u2"), depth=16, extra=chunk(b"sBIT", b"\x0c"))
    )
    Image.fromarray(NOISE).save(folder / "colour.jpg")
    Image.fromarray(NOISE[..., 0]).save(folder / "grey.jpg", progressive=True)
    Image.fromarray(NOISE[..., 0]).save(folder / "grey.tif", compression="tiff_lzw")
    tifffile.imwrite(folder / "pages.tif", np.stack([GREY, GREY]), byteorder=">")
    return sorted(folder.iterdir())


def facts(pictures, left_out=("content", "png")):
    kept = [f.name for f in dataclasses.fields(pictures[0]) if f.name not in left_out]
    return [[getattr(picture, name) for name in kept] for picture in pictures]


def test_headers_alone_tell_what_whole_files_tell(tmp_path):
    for path in written(tmp_path):
        peeked, opened = peek_pictures(path), open_pictures(path)
        assert facts(peeked) == facts(opened), path.name
        assert all(picture.content == b"" for picture in peeked)
        if opened[0].png is not None:
            assert peeked[0].png == dataclasses.replace(opened[0].png, picture=b"")


def test_pixels_are_not_even_read(tmp_path):
    for path in written(tmp_path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 255  # somewhere within the pixels
        path.write_bytes(content)
        before = path.name, facts(peek_pictures(path))
        assert before[1]
    with pytest.raises(BadChecksum, match="the CRC of chunk b'IDAT' is wrong"):
        open_pictures(tmp_path / "rgb.png")


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (png(GREY)[:20], Truncated, "the file ends before its last chunk"),
        (png(GREY)[:40], Truncated, "the file ends before its last chunk"),
        (png(GREY).replace(b"IHDR\0", b"IHDR\1"), BadChecksum, "the CRC of chunk b'IHDR'"),
        (png(GREY, depth=3), BadHeader, "depth 3, colour type 0"),
        (b"\xff\xd8\xff\xe0" + bytes(40), Damaged, "JPEG is not readable"),
        (struct.pack("<2sHI", b"II", 42, 4000), Truncated, "at byte 4000"),
    ],
)
def test_headers_that_cannot_be_are_refused_without_the_rest(tmp_path, content, error, sentence):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(error, match=sentence):
        peek_pictures(tmp_path / "a")
