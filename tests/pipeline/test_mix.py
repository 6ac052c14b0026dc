import numpy as np
import pytest
from PIL import Image

from medmask.errors import Mismatch
from medmask.pipeline.encode import encoded
from medmask.pipeline.mix import MixOptions, mix
from medmask.readers import ReadOptions, read_raster, sniff
from tests.nifti_files import RAS, write_nifti

RNG = np.random.default_rng(3)
SHAPE = (9, 7)
HALF = np.arange(7) > 2  # columns seen from the first image


def raster(path):
    return read_raster(path, sniff(path), ReadOptions())


def saved(folder, name, pixels):
    Image.fromarray(pixels).save(folder / name)
    return raster(folder / name)


def picture(folder, name, kind=np.uint8, channels=()):
    top = np.iinfo(kind).max
    pixels = RNG.integers(0, top, (*SHAPE, *channels), kind, endpoint=True)
    pixels[0, 0] = top  # a 16-bit picture whose depth need not be guessed
    return saved(folder, name, pixels)


def mask_of(folder):
    return saved(folder, "m.png", np.broadcast_to(HALF * np.uint8(255), SHAPE).copy())


def mixed(first, second, mask=None, **options):
    return mix(first, second, mask, MixOptions(**options))


def codes(result):
    return [warning.code for warning in result.warnings]


def test_each_side_of_a_mask_shows_its_picture(tmp_path):
    first, second = picture(tmp_path, "a.png"), picture(tmp_path, "b.png")
    result = mixed(first, second, mask_of(tmp_path)).raster
    np.testing.assert_array_equal(
        result.samples, np.where(HALF[:, None], first.samples, second.samples)
    )


def test_a_blended_16_bit_picture_keeps_16_bits(tmp_path):
    first, second = (picture(tmp_path, f"{n}.png", np.uint16) for n in "ab")
    half = saved(tmp_path, "m.png", np.full(SHAPE, 128, np.uint8))
    result = mixed(first, second, half, mask_white=256).raster
    assert result.samples.dtype == np.uint16
    exact = (first.samples.astype(float) + second.samples) / 2
    assert np.abs(result.samples - exact).max() <= 0.5


def test_colour_over_grey_is_colour(tmp_path):
    first, second = picture(tmp_path, "a.png", channels=(3,)), picture(tmp_path, "b.png")
    result = mixed(first, second, mask_of(tmp_path)).raster
    assert result.samples.shape == (1, *SHAPE, 3)
    assert (result.samples[..., ~HALF, 0] == second.samples[..., ~HALF, 0]).all()


def test_the_alpha_of_the_first_picture_is_the_mask_if_there_is_no_other(tmp_path):
    first, second = picture(tmp_path, "a.png", channels=(4,)), picture(tmp_path, "b.png")
    result = mixed(first, second).raster
    m = first.alpha[..., None] / 255
    expected = m * first.samples + (1 - m) * second.samples
    assert np.abs(result.samples - expected).max() <= 0.51
    assert result.alpha is None


def test_8_bit_colours_over_a_16_bit_film_reach_its_white(tmp_path):
    pixels = np.full((*SHAPE, 4), 255, np.uint8)
    film = np.full(SHAPE, 4095, np.uint16)
    film[0, 0] = 0
    result = mixed(saved(tmp_path, "a.png", pixels), saved(tmp_path, "b.png", film))
    assert result.raster.samples.dtype == np.uint16
    assert (result.raster.samples == 4095).all()
    assert "depth_matched" in codes(result)


def test_shapes_that_differ_are_refused_with_both(tmp_path):
    first = saved(tmp_path, "a.png", np.zeros((5, 7), np.uint8))
    second, mask = picture(tmp_path, "b.png"), mask_of(tmp_path)
    with pytest.raises(Mismatch, match=r"a\.png has 7 x 5 pixels and b\.png has 7 x 9 pixels"):
        mixed(first, second, mask)
    with pytest.raises(Mismatch, match=r"a\.png has 7 x 5 pixels"):
        mixed(first, second, mask, resample=True)
    with pytest.raises(Mismatch, match=r"a\.png has 7 x 5 pixels and b\.png has 7 x 9"):
        mixed(second, second, first)


def test_a_picture_without_alpha_needs_a_mask(tmp_path):
    with pytest.raises(Mismatch, match=r"a\.png has no alpha channel; accepted: --mask"):
        mixed(picture(tmp_path, "a.png"), picture(tmp_path, "b.png"))


def test_a_feather_is_half_on_the_edge_and_nothing_far_from_it(tmp_path):
    wide = np.broadcast_to((np.arange(60) >= 30) * np.uint8(255), (9, 60)).copy()
    black = saved(tmp_path, "b.png", wide * 0)
    result = mixed(
        saved(tmp_path, "a.png", wide), black, saved(tmp_path, "m.png", wide), feather_px=2
    )
    row = result.weights.values[0, 4]
    assert row[29] + row[30] == pytest.approx(1)
    assert row[:21].max() == 0
    assert row[39:].min() == 1
    with pytest.raises(Mismatch, match=r"--feather-mm 2, but b\.png has no spacing"):
        mixed(black, black, black, feather_mm=2)


VOXELS = (4, 9, 7)


def volume(folder, name, voxels, **more):
    return raster(write_nifti(folder / name, voxels, **more))


def test_volumes_are_blended_as_stored_where_numbers_mean_the_same(tmp_path):
    first, second = (
        volume(tmp_path, f"{n}.nii", RNG.integers(-1000, 2000, VOXELS).astype(np.int16))
        for n in "ab"
    )
    half = volume(tmp_path, "m.nii", np.broadcast_to(HALF, VOXELS).astype(np.uint8))
    result = mixed(first, second, half).raster
    assert result.samples.dtype == np.int16
    np.testing.assert_array_equal(
        result.volume.voxels, np.where(HALF, first.volume.voxels, second.volume.voxels)
    )


def test_a_feather_in_mm_is_round_in_the_world(tmp_path):
    ones = volume(tmp_path, "a.nii", np.ones(VOXELS, np.uint8))
    mask = np.zeros(VOXELS, np.uint8)
    mask[2, 4, 3] = 1
    soft = mixed(ones, ones, volume(tmp_path, "m.nii", mask), feather_mm=1.2).weights.values
    # neighbours 2.5, 0.8 and 0.7 mm away: what is nearer gets more
    assert soft[1, 4, 3] < soft[2, 3, 3] < soft[2, 4, 2]


def test_another_grid_is_refused_or_resampled(tmp_path):
    moved = RAS.copy()
    moved[2, 3] += 2.5  # one slice up
    first = volume(tmp_path, "a.nii", np.full(VOXELS, 100, np.int16), affine=moved)
    second = volume(tmp_path, "b.nii", np.zeros(VOXELS, np.int16))
    every = volume(tmp_path, "m.nii", np.ones(VOXELS, np.uint8))
    with pytest.raises(Mismatch, match=r"different grids: first voxels 2\.5 mm apart; accepted"):
        mixed(first, second, every)
    result = mixed(first, second, every, resample=True)
    assert result.raster.volume.voxels[:, 0, 0].tolist() == [0, 100, 100, 100]
    assert "it covers 75.0 % of the image" in result.warnings[-1].message


def test_arrays_that_run_another_way_are_put_in_order(tmp_path):
    voxels = RNG.integers(0, 99, VOXELS).astype(np.int16)
    turned = RAS.copy()
    turned[:, 3] += turned[:, 1] * (VOXELS[1] - 1)
    turned[:, 1] *= -1
    first = volume(tmp_path, "a.nii", voxels[:, ::-1], affine=turned)
    second = volume(tmp_path, "b.nii", voxels * 0)
    result = mixed(first, second, volume(tmp_path, "m.nii", np.ones(VOXELS, np.uint8)))
    np.testing.assert_array_equal(result.raster.volume.voxels, voxels)
    assert codes(result) == ["axes_reordered"]


def test_numbers_of_two_meanings_are_blended_as_native_values(tmp_path):
    slope = ((112, "f", (2.0,)), (116, "f", (-1000.0,)))
    first = volume(tmp_path, "a.nii", np.full(VOXELS, 600, np.int16), patches=slope)
    second = volume(tmp_path, "b.nii", np.full(VOXELS, 100, np.int16))
    quarter = volume(tmp_path, "m.nii", np.full(VOXELS, 0.25, np.float32))
    result = mixed(first, second, quarter)
    assert (result.raster.volume.voxels == 125).all()  # 0.25 * 200 + 0.75 * 100
    assert result.raster.samples.dtype == np.float32
    assert "native_values" in codes(result)


def test_a_drawing_over_a_volume_of_one_slice_shows_it_in_its_window(tmp_path):
    film = volume(tmp_path, "b.nii", np.linspace(0, 4000, 63).astype(np.int16).reshape(1, *SHAPE))
    result = mixed(picture(tmp_path, "a.png", channels=(4,)), film)
    assert result.raster.samples.dtype == np.uint8
    assert "shown_in_window" in codes(result)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("c.png", "a PNG holds one slice, not 4"),
        ("c.jpg", "accepted are the endings .png, .nii.gz, .nii"),
    ],
)
def test_what_a_file_cannot_hold_is_refused(tmp_path, name, sentence):
    one = volume(tmp_path, "a.nii", np.zeros(VOXELS, np.uint8))
    with pytest.raises(Exception, match=sentence):
        encoded(one, tmp_path / name)


def test_signed_numbers_and_colours_go_to_no_file_that_would_change_them(tmp_path):
    signed = volume(tmp_path, "a.nii", np.zeros((1, *SHAPE), np.int16))
    with pytest.raises(Mismatch, match="a PNG cannot hold int16 values"):
        encoded(signed, tmp_path / "c.png")
    with pytest.raises(Mismatch, match="a volume holds no colours"):
        encoded(picture(tmp_path, "b.png", channels=(3,)), tmp_path / "c.nii")
