import numpy as np
import pytest
from PIL import Image

from medmask.errors import UnclearMask
from medmask.pipeline.weights import weights_of
from medmask.readers import ReadOptions, read_raster, sniff
from tests.nifti_files import write_nifti

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def weights(path, white=None):
    return weights_of(read_raster(path, sniff(path), ReadOptions()), white)


def picture(folder, pixels, name="m.png"):
    Image.fromarray(np.asarray(pixels)).save(folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("kind", "yes"), [(np.uint8, 1), (np.uint8, 255), (np.uint16, 1), (np.uint16, 65535)]
)
def test_a_mask_of_two_values_is_yes_and_no(tmp_path, kind, yes):
    mask = weights(picture(tmp_path, ((RAMP > 40) * yes).astype(kind)))
    assert mask.meaning == f"no and yes: 0 and {yes}"
    np.testing.assert_array_equal(mask.values[0], RAMP > 40)


@pytest.mark.parametrize(("kind", "yes"), [(np.int16, 1), (np.uint8, 255), (np.float32, 1.0)])
def test_a_volume_of_two_values_is_yes_and_no(tmp_path, kind, yes):
    mask = weights(write_nifti(tmp_path / "m.nii", ((RAMP > 40) * yes).astype(kind)[None]))
    np.testing.assert_array_equal(mask.values[0], RAMP > 40)


def test_one_bit_is_yes_and_no(tmp_path):
    mask = weights(picture(tmp_path, RAMP > 40))
    np.testing.assert_array_equal(mask.values[0], RAMP > 40)


@pytest.mark.parametrize(("kind", "factor"), [(np.uint8, 1), (np.uint16, 257)])
def test_grey_up_to_white_is_a_share_divided_once(tmp_path, kind, factor):
    mask = weights(picture(tmp_path, RAMP.astype(kind) * kind(factor)))
    np.testing.assert_allclose(mask.values[0], RAMP / 255, atol=1e-7)
    assert (mask.values.min(), mask.values.max()) == (0, 1)


def test_fractions_are_taken_as_they_are(tmp_path):
    mask = weights(write_nifti(tmp_path / "m.nii", (RAMP / np.float32(300))[None]))
    assert mask.values.max() == pytest.approx(0.85)
    assert [w.code for w in mask.warnings] == ["mask_never_full"]


def test_opacity_is_a_mask_where_the_colours_say_nothing(tmp_path):
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[..., 3] = RAMP
    np.testing.assert_allclose(weights(picture(tmp_path, pixels)).values[0], RAMP / 255, atol=1e-7)


def test_grey_that_does_not_reach_white_is_told(tmp_path):
    mask = weights(picture(tmp_path, RAMP // 8 * 6))
    assert [w.code for w in mask.warnings] == ["mask_never_full"]
    assert mask.values.max() == pytest.approx(186 / 255)


def test_a_jpeg_has_blurred_edges(tmp_path):
    mask = weights(picture(tmp_path, ((RAMP > 40) * 255).astype(np.uint8), "m.jpg"))
    assert "jpeg_mask" in [w.code for w in mask.warnings]
    assert mask.values.max() == 1


def test_nothing_is_a_mask_of_nothing(tmp_path):
    assert [w.code for w in weights(picture(tmp_path, RAMP * 0)).warnings] == ["mask_empty"]


@pytest.mark.parametrize(
    ("pixels", "found"),
    [
        (RAMP % 4, "values 0 to 3 may mean labels or shares"),
        ((RAMP > 40) * np.uint8(7), "the values 0 and 7 may mean"),
        ((RAMP > 40) * np.uint8(128), "the values 0 and 128 may mean"),
        (RAMP // 3, "values 0 to 85 may mean"),
        (RAMP.astype(np.uint16), "values 0 to 255 may mean"),
        (np.dstack([RAMP, RAMP, RAMP.T]), "coloured; accepted: a grey mask"),
        (np.dstack([RAMP, RAMP, RAMP, RAMP.T]), "both its grey and its opacity vary"),
    ],
)
def test_what_is_unclear_is_refused_by_name(tmp_path, pixels, found):
    with pytest.raises(UnclearMask, match=rf"m\.png: {found}"):
        weights(picture(tmp_path, pixels))


@pytest.mark.parametrize(
    ("voxels", "found"),
    [
        (RAMP.astype(np.int16) - 3, "values -3 to 252 may mean"),
        (np.where(RAMP > 40, np.nan, 1).astype(np.float32), "NaN or infinity"),
        (RAMP.astype(np.float32), "values 0 to 255 may mean"),
    ],
)
def test_volumes_that_are_no_masks_are_refused(tmp_path, voxels, found):
    with pytest.raises(UnclearMask, match=found):
        weights(write_nifti(tmp_path / "m.nii", voxels[None]))


def test_what_1_is_may_be_stated(tmp_path):
    path = picture(tmp_path, RAMP // 3)
    assert weights(path, 85).values.max() == 1
    with pytest.raises(UnclearMask, match="values 0 to 85; accepted: 0 to 80"):
        weights(path, 80)
