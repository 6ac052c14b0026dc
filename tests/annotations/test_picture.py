import numpy as np
import pytest
from PIL import Image

from medmask.annotations import read_annotation
from medmask.errors import BadValues, Damaged, OtherShape
from medmask.grid import Grid
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan

GRID = Grid.plain((1, 20, 30))
SCAN = Scan("a", "a", "a.png", Format.PNG, ())


def read(path, picture, **options):
    picture.save(path, **options)
    kind = Format.JPEG if path.suffix == ".jpg" else Format.PNG
    file = AnnotationFile(path.name, AnnotationKind.PICTURE, kind, (path,), "drawn")
    return read_annotation(file, SCAN, GRID)


def disc():
    row, column = np.ogrid[:20, :30]
    return (row - 10) ** 2 + (column - 14) ** 2 < 40


def test_opacity_is_kept_and_colours_are_annotations_of_their_own(tmp_path):
    pixels = np.zeros((20, 30, 4), np.uint8)
    pixels[2:6, 2:6] = (255, 0, 0, 128)
    pixels[10:15, 10:20] = (0, 0, 255, 255)
    reading = read(tmp_path / "a.png", Image.fromarray(pixels))
    blue, red = reading.annotations
    assert (blue.colour, red.colour) == ("#0000ff", "#ff0000")
    np.testing.assert_array_equal(blue.voxels[0] + red.voxels[0], pixels[..., 3])
    assert (red.voxel_count, blue.voxel_count) == (16, 50)


def test_many_shades_are_drawn_in_their_mean_and_say_so(tmp_path):
    pixels = np.zeros((20, 30, 4), np.uint8)
    pixels[..., 0] = np.arange(600).reshape(20, 30) % 256
    pixels[5:, :, 3] = 200
    reading = read(tmp_path / "a.png", Image.fromarray(pixels))
    assert [warning.code for warning in reading.warnings] == ["colours_merged"]
    np.testing.assert_array_equal(reading.annotations[0].voxels[0], pixels[..., 3])


@pytest.mark.parametrize("white", [1, 255])
def test_black_and_one_other_grey_are_a_mask(tmp_path, white):
    picture = Image.fromarray(disc().astype(np.uint8) * np.uint8(white))
    (annotation,) = read(tmp_path / "a.png", picture).annotations
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_one_bit_pixels_are_a_mask(tmp_path):
    (annotation,) = read(tmp_path / "a.png", Image.fromarray(disc())).annotations
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_sixteen_bits_are_a_mask_too(tmp_path):
    picture = Image.fromarray(disc().astype(np.uint16) * np.uint16(65535))
    (annotation,) = read(tmp_path / "a.png", picture).annotations
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_few_dark_values_are_labels(tmp_path):
    values = disc().astype(np.uint8) + (np.arange(30) > 15).astype(np.uint8)
    found = read(tmp_path / "a.png", Image.fromarray(values)).annotations
    assert [one.name for one in found] == ["drawn 1", "drawn 2"]
    np.testing.assert_array_equal(found[1].mask(found[1].voxels[0]), values == 2)


def test_a_palette_gives_labels_their_colours(tmp_path):
    picture = Image.fromarray(disc().astype(np.uint8) * np.uint8(7)).convert("P")
    picture.putpalette([0, 0, 0] * 7 + [10, 200, 30])
    picture = Image.fromarray(disc().astype(np.uint8) * np.uint8(7), "P")
    picture.putpalette([0, 0, 0] * 7 + [10, 200, 30])
    (annotation,) = read(tmp_path / "a.png", picture).annotations
    assert annotation.colour == "#0ac81e"
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_colours_without_opacity_are_labels(tmp_path):
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[disc()] = (0, 128, 0)
    (annotation,) = read(tmp_path / "a.png", Image.fromarray(pixels)).annotations
    assert annotation.colour == "#008000"
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_other_greys_are_opacities(tmp_path):
    soft = (np.arange(600).reshape(20, 30) % 256).astype(np.uint8)
    (annotation,) = read(tmp_path / "a.png", Image.fromarray(soft)).annotations
    assert annotation.value is None
    np.testing.assert_array_equal(annotation.voxels[0], soft)


def test_the_grey_rims_of_a_jpeg_are_cut_at_half_with_a_warning(tmp_path):
    picture = Image.fromarray(disc().astype(np.uint8) * np.uint8(255))
    reading = read(tmp_path / "a.jpg", picture, quality=80)
    assert [warning.code for warning in reading.warnings] == ["grey_rims"]
    (annotation,) = reading.annotations
    np.testing.assert_array_equal(annotation.mask(annotation.voxels[0]), disc())


def test_a_mask_of_another_size_is_refused_with_both(tmp_path):
    with pytest.raises(OtherShape, match="30 x 19 pixels for a scan of 30 x 20 x 1"):
        read(tmp_path / "a.png", Image.fromarray(disc()[1:].astype(np.uint8)))


def test_a_photograph_is_no_drawing(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    with pytest.raises(BadValues, match="colours without opacity"):
        read(tmp_path / "a.png", Image.fromarray(pixels))


def test_a_cut_picture_is_refused(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(disc().astype(np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    file = AnnotationFile("a.png", AnnotationKind.PICTURE, Format.PNG, (path,), "drawn")
    with pytest.raises(Damaged, match="does not decode"):
        read_annotation(file, SCAN, GRID)
