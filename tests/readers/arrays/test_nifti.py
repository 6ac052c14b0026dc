import gzip
import json
import struct

import nibabel
import numpy as np
import pytest

from medmask.errors import (
    BadChecksum,
    BadHeader,
    ColourImage,
    IsAnnotation,
    NoValidVoxels,
    TimeSeries,
    TooLarge,
    Truncated,
    UnsupportedPixels,
)
from medmask.readers.arrays.read import read_array
from medmask.readers.options import ReadOptions
from medmask.scan import Format
from medmask.volume import PaddingRange, SpaceCodes
from tests.nifti_files import RAS, nifti_bytes, write_nifti, write_nifti_pair

OPTIONS = ReadOptions(modality="MR")
VOXELS = np.random.default_rng(1).integers(-900, 900, (4, 5, 6)).astype(np.int16)
NAN = float("nan")


def codes(volume):
    return [warning.code for warning in volume.warnings]


def read_nifti(path, options):
    return read_array(path, Format.NIFTI, options)


def patched(tmp_path, *patches, voxels=VOXELS, **options):
    return write_nifti(tmp_path / "img.nii", voxels, patches=patches, **options)


@pytest.mark.parametrize("is_nifti2", [False, True])
@pytest.mark.parametrize("name", ["img.nii", "img.nii.gz"])
def test_voxels_and_world_are_those_of_nibabel(tmp_path, name, is_nifti2):
    path = write_nifti(tmp_path / name, VOXELS, is_nifti2=is_nifti2)
    volume, oracle = read_nifti(path, OPTIONS), nibabel.load(path)
    np.testing.assert_array_equal(volume.voxels, np.asarray(oracle.dataobj).T)
    assert volume.voxels.dtype == np.int16
    assert volume.voxels.flags.c_contiguous
    for index in ((0, 0, 0), (3, 4, 5), (1, 0, 2)):
        ras = nibabel.affines.apply_affine(oracle.affine, index[::-1])
        np.testing.assert_allclose(volume.grid.world(index), ras * [-1, -1, 1], atol=1e-5)
    assert volume.space_codes == SpaceCodes(1, 1)
    assert codes(volume) == []


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_number_type_of_either_byte_order_is_kept(tmp_path, kind, order):
    voxels = np.arange(60).reshape(3, 4, 5).astype(kind)
    header = nibabel.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(kind).newbyteorder(order))
    image = nibabel.Nifti1Image(voxels.T, RAS, header, dtype=kind)
    image.header.set_xyzt_units("mm")
    (tmp_path / "img.nii").write_bytes(image.to_bytes())
    volume = read_nifti(tmp_path / "img.nii", OPTIONS)
    assert volume.voxels.dtype == np.dtype(kind)
    np.testing.assert_array_equal(volume.voxels, voxels)


def test_scaling_is_a_line_and_not_applied(tmp_path):
    volume = read_nifti(patched(tmp_path, (112, "ff", (0.1, -5.0))), OPTIONS)
    assert (volume.rescale.slope, volume.rescale.intercept) == (0.1, -5.0)
    np.testing.assert_array_equal(volume.voxels, VOXELS)


@pytest.mark.parametrize("slope", [0.0, NAN])
def test_a_slope_of_zero_or_nan_is_no_scaling_also_of_the_intercept(tmp_path, slope):
    assert read_nifti(patched(tmp_path, (112, "ff", (slope, 7.0))), OPTIONS).rescale.is_identity


@pytest.mark.parametrize(
    ("unit", "factor", "expected"), [(1, 1000, []), (3, 0.001, []), (0, 1, ["units_assumed"])]
)
def test_units_are_turned_into_millimetres(tmp_path, unit, factor, expected):
    volume = read_nifti(patched(tmp_path, (123, "B", (unit,))), OPTIONS)
    np.testing.assert_allclose(volume.grid.steps, np.array([2.5, 0.8, 0.7]) * factor, rtol=1e-6)
    np.testing.assert_allclose(
        volume.grid.affine[:3, 3], np.array([-10, -20, 30]) * factor, rtol=1e-6
    )
    assert codes(volume) == expected


def test_a_qform_alone_is_used_and_is_nibabels(tmp_path):
    turned = RAS.copy()
    turned[:3, :3] = nibabel.eulerangles.euler2mat(0.3, -0.2, 0.1) @ np.diag([0.7, 0.8, -2.5])
    path = patched(tmp_path, (254, "h", (0,)), affine=turned)
    volume = read_nifti(path, OPTIONS)
    expected = (np.diag([-1, -1, 1, 1]) @ nibabel.load(path).affine)[:, [2, 1, 0, 3]]
    np.testing.assert_allclose(volume.grid.affine, expected, atol=1e-5)


def test_a_qfac_of_zero_is_one(tmp_path):
    plain = read_nifti(patched(tmp_path, (254, "h", (0,))), OPTIONS)
    zeroed = read_nifti(patched(tmp_path, (254, "h", (0,)), (76, "f", (0.0,))), OPTIONS)
    direction = zeroed.grid.affine[:3, 0] @ plain.grid.affine[:3, 0]
    assert abs(direction) == pytest.approx(2.5**2, rel=1e-5)


def test_without_codes_only_the_spacing_is_known(tmp_path):
    volume = read_nifti(patched(tmp_path, (252, "hh", (0, 0))), OPTIONS)
    assert not volume.grid.oriented
    np.testing.assert_allclose(volume.grid.spacing_mm, (2.5, 0.8, 0.7), rtol=1e-6)
    assert codes(volume) == ["no_orientation"]


def test_forms_that_differ_are_a_warning_and_the_sform_is_taken(tmp_path):
    volume = read_nifti(patched(tmp_path, (280, "f", (0.7,))), OPTIONS)
    assert codes(volume) == ["sform_qform_differ"]
    assert volume.grid.affine[0, 2] == pytest.approx(-0.7)


def test_a_sheared_sform_is_lawful(tmp_path):
    sheared = RAS.copy()
    sheared[1, 2] = 0.6
    volume = read_nifti(patched(tmp_path, (252, "h", (0,)), affine=RAS, voxels=VOXELS), OPTIONS)
    assert not volume.grid.is_sheared
    path = patched(tmp_path, (252, "h", (0,)), (280 + 16 + 8, "f", (0.6,)))
    volume = read_nifti(path, OPTIONS)
    assert volume.grid.is_sheared
    np.testing.assert_allclose(
        volume.grid.affine, (np.diag([-1, -1, 1, 1]) @ sheared)[:, [2, 1, 0, 3]], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("patches", "error", "sentence"),
    [
        ([(40, "h", (0,))], BadHeader, r"dim\[0\] is 0"),
        ([(40, "h", (9,))], BadHeader, r"dim\[0\] is 9"),
        ([(46, "h", (0,))], BadHeader, r"dim is \[6, 5, 0\]"),
        ([(46, "h", (-4,))], BadHeader, r"dim is \[6, 5, -4\]"),
        ([(40, "5h", (4, 6, 5, 2, 2))], TimeSeries, "more than one volume"),
        ([(70, "h", (777,))], BadHeader, "datatype is 777"),
        ([(70, "h", (128,))], ColourImage, "RGB voxels"),
        ([(70, "h", (32,))], UnsupportedPixels, "voxels are complex numbers"),
        ([(108, "f", (NAN,))], BadHeader, "vox_offset is nan"),
        ([(108, "f", (0.0,))], BadHeader, "vox_offset is 0; accepted: a whole number from 352 on"),
        ([(108, "f", (1e9,))], Truncated, "6x5x4 voxels of 2 bytes from byte 1000000000 on"),
        ([(112, "ff", (float("inf"), 0.0))], BadHeader, "scl_slope inf"),
        ([(123, "B", (7,))], BadHeader, "xyzt_units say 7"),
        ([(252, "hh", (1, 0)), (84, "f", (-0.8,))], BadHeader, "the qform needs it"),
        ([(252, "hh", (1, 0)), (80, "3f", (0, 0, 0))], BadHeader, "the qform needs it"),
        ([(252, "hh", (0, 0)), (84, "f", (NAN,))], BadHeader, "there is no other geometry"),
        ([(252, "hh", (1, 0)), (256, "3f", (1, 1, 1))], BadHeader, r"the quaternion \(1, 1, 1\)"),
        ([(280, "12f", (NAN,) * 12)], BadHeader, "the sform holds NaN"),
        ([(252, "hh", (0, 0)), (80, "3f", (1e-6,) * 3)], BadHeader, "voxels of 1e-06 x 1e-06 x"),
        ([(280, "12f", (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0))], BadHeader, "sform is singular"),
    ],
)
def test_headers_that_cannot_be_are_refused_by_name(tmp_path, patches, error, sentence):
    with pytest.raises(error, match=sentence):
        read_nifti(patched(tmp_path, *patches), OPTIONS)


def test_a_fourth_dimension_of_one_is_one_volume(tmp_path):
    volume = read_nifti(patched(tmp_path, (40, "5h", (4, 6, 5, 4, 1))), OPTIONS)
    np.testing.assert_array_equal(volume.voxels, VOXELS)


def test_a_claim_beyond_the_limit_is_refused_before_memory_is_taken(tmp_path):
    path = patched(tmp_path, (42, "3h", (30000, 30000, 30000)))
    with pytest.raises(TooLarge, match="30000x30000x30000 voxels of 2 bytes"):
        read_nifti(path, OPTIONS)


@pytest.mark.parametrize("name", ["img.nii", "img.nii.gz"])
def test_a_claim_that_the_file_cannot_hold_is_truncated(tmp_path, name):
    path = write_nifti(tmp_path / name, VOXELS, patches=((42, "3h", (900, 900, 900)),))
    with pytest.raises(Truncated, match="900x900x900 voxels"):
        read_nifti(path, OPTIONS)


def test_every_cut_of_a_gzip_file_is_truncated(tmp_path):
    content = gzip.compress(nifti_bytes(VOXELS), mtime=0)
    path = tmp_path / "img.nii.gz"
    for length in range(20, len(content) - 1, 41):
        path.write_bytes(content[:length])
        with pytest.raises(Truncated):
            read_nifti(path, OPTIONS)


def test_a_wrong_gzip_checksum_is_held(tmp_path):
    content = bytearray(gzip.compress(nifti_bytes(VOXELS), compresslevel=0, mtime=0))
    content[len(content) // 2] ^= 0x10
    (tmp_path / "img.nii.gz").write_bytes(content)
    with pytest.raises(BadChecksum, match="CRC"):
        read_nifti(tmp_path / "img.nii.gz", OPTIONS)


def test_bytes_behind_the_voxels_are_left_out_with_a_warning(tmp_path):
    path = tmp_path / "img.nii.gz"
    path.write_bytes(gzip.compress(nifti_bytes(VOXELS) + bytes(99)))
    volume = read_nifti(path, OPTIONS)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["trailing_bytes"]
    assert "99 bytes follow" in volume.warnings[0].message


def test_not_a_number_is_a_warning_and_nothing_else_is_an_error(tmp_path):
    voxels = VOXELS.astype(np.float32)
    voxels[0, 0, :3] = [NAN, np.inf, -np.inf]
    volume = read_nifti(write_nifti(tmp_path / "a.nii", voxels), OPTIONS)
    assert codes(volume) == ["non_finite_voxels"]
    assert "3 of 120 voxels" in volume.warnings[0].message
    with pytest.raises(NoValidVoxels, match="every voxel is NaN or infinite"):
        read_nifti(write_nifti(tmp_path / "b.nii", np.full_like(voxels, NAN)), OPTIONS)


def test_a_name_that_differs_is_a_warning(tmp_path):
    path = tmp_path / "img.nii"
    path.write_bytes(gzip.compress(nifti_bytes(VOXELS)))
    assert codes(read_nifti(path, OPTIONS)) == ["name_differs"]


CT = VOXELS.copy()
CT[0] = -1000
GUESS = ReadOptions()


def test_air_in_whole_numbers_is_guessed_to_be_ct(tmp_path):
    volume = read_nifti(write_nifti(tmp_path / "a.nii", CT), GUESS)
    assert (volume.modality, volume.unit) == ("CT", "HU")
    assert codes(volume) == ["modality_guessed"]
    assert "state it with --modality" in volume.warnings[0].message


@pytest.mark.parametrize("voxels", [VOXELS, CT + np.float32(0.5)])
def test_anything_else_is_guessed_to_be_unknown(tmp_path, voxels):
    voxels = np.clip(voxels, -899, None) if voxels is VOXELS else voxels
    volume = read_nifti(write_nifti(tmp_path / "a.nii", voxels), GUESS)
    assert (volume.modality, codes(volume)) == ("OT", ["modality_guessed"])


def test_a_sidecar_states_the_modality(tmp_path):
    path = write_nifti(tmp_path / "a.nii.gz", VOXELS)
    (tmp_path / "a.json").write_text(json.dumps({"Modality": "PT"}))
    volume = read_nifti(path, GUESS)
    assert (volume.modality, codes(volume)) == ("PT", [])


@pytest.mark.parametrize("sidecar", ["{", '["Modality"]', '{"Modality": 3}', "[" * 100_000])
def test_a_sidecar_that_states_nothing_leaves_a_guess(tmp_path, sidecar):
    path = write_nifti(tmp_path / "a.nii.gz", VOXELS)
    (tmp_path / "a.json").write_text(sidecar)
    assert codes(read_nifti(path, GUESS)) == ["modality_guessed"]


@pytest.mark.parametrize(
    ("name", "word"), [("sub-1_T1w.nii", "MR"), ("sub-1_ct.nii.gz", "CT"), ("s_pet.nii", "PT")]
)
def test_a_bids_suffix_states_the_modality(tmp_path, name, word):
    volume = read_nifti(write_nifti(tmp_path / name, CT), GUESS)
    assert (volume.modality, codes(volume)) == (word, [])


def test_ct_fill_below_the_scale_is_padding(tmp_path):
    voxels = CT.copy()
    voxels[1, :2] = -3024
    volume = read_nifti(write_nifti(tmp_path / "a.nii", voxels), GUESS)
    assert volume.padding == (PaddingRange(-32768, -1025),)


@pytest.mark.parametrize(
    "name", ["x_seg.nii", "totalseg.nii.gz", "bone-mask2.nii", "a_dseg.nii.gz", "ROI.nii"]
)
def test_a_name_that_says_mask_is_an_annotation(tmp_path, name):
    with pytest.raises(IsAnnotation, match="its name says it is a mask"):
        read_nifti(write_nifti(tmp_path / name, VOXELS), OPTIONS)


@pytest.mark.parametrize("values", [(0, 1), (0, 255), (0, 0)])
def test_two_values_are_an_annotation(tmp_path, values):
    voxels = np.where(VOXELS > 0, values[0], values[1]).astype(np.uint8)
    with pytest.raises(IsAnnotation, match="its only values are"):
        read_nifti(write_nifti(tmp_path / "a.nii", voxels), OPTIONS)


@pytest.mark.parametrize("values", [[0, 2], [0, 1, 5], [0, 1, 4, 5]])
def test_a_few_small_whole_numbers_are_a_label_map(tmp_path, values):
    voxels = np.random.default_rng(0).choice(values, (3, 4, 5)).astype(np.int16)
    path = tmp_path / "liver.nii.gz"
    write_nifti(path, voxels)
    with pytest.raises(
        IsAnnotation, match=f"whole numbers from 0 to {max(values)}, as a label map's"
    ):
        read_array(path, Format.NIFTI, ReadOptions())
    read_array(path, Format.NIFTI, ReadOptions(modality="NM"))


def test_the_intent_of_labels_is_an_annotation(tmp_path):
    with pytest.raises(IsAnnotation, match="intent code"):
        read_nifti(patched(tmp_path, (68, "h", (1002,))), OPTIONS)


def test_an_extension_that_lies_about_its_size_costs_nothing(tmp_path):
    content = bytearray(nifti_bytes(VOXELS))
    struct.pack_into("<f", content, 108, 368.0)
    lie = content[:348] + b"\1\0\0\0" + struct.pack("<ii", 0x7FFFFFF0, 6) + b"hello\0\0\0"
    (tmp_path / "a.nii").write_bytes(lie + content[352:])
    np.testing.assert_array_equal(read_nifti(tmp_path / "a.nii", OPTIONS).voxels, VOXELS)


def test_a_series_gives_its_first_volume_or_its_mean(tmp_path):
    voxels = np.concatenate([VOXELS, VOXELS + 2])
    path = write_nifti(tmp_path / "a.nii.gz", voxels, patches=((40, "5h", (4, 6, 5, 4, 2)),))
    first = read_nifti(path, ReadOptions(modality="MR", time_series="first"))
    np.testing.assert_array_equal(first.voxels, VOXELS)
    assert codes(first) == ["first_of_series"]
    mean = read_nifti(path, ReadOptions(modality="MR", time_series="mean"))
    np.testing.assert_array_equal(mean.voxels, VOXELS + np.float32(1))
    assert codes(mean) == ["mean_of_series"]


def test_several_values_a_voxel_are_no_series(tmp_path):
    path = patched(tmp_path, (40, "6h", (5, 6, 5, 2, 1, 2)))
    with pytest.raises(UnsupportedPixels, match="several values a voxel"):
        read_nifti(path, ReadOptions(time_series="first"))


@pytest.mark.parametrize("is_nifti2", [False, True])
def test_a_pair_is_the_same_volume_as_one_file(tmp_path, is_nifti2):
    header, voxels = write_nifti_pair(tmp_path, VOXELS, is_nifti2=is_nifti2)
    pair = read_nifti(header, OPTIONS)
    single = read_nifti(write_nifti(tmp_path / "b.nii", VOXELS, is_nifti2=is_nifti2), OPTIONS)
    np.testing.assert_array_equal(pair.voxels, single.voxels)
    np.testing.assert_allclose(pair.grid.affine, single.grid.affine, rtol=1e-6)
    assert codes(pair) == []
    voxels.write_bytes(voxels.read_bytes()[:-1])
    with pytest.raises(Truncated, match=r"a\.img: 6x5x4 voxels"):
        read_nifti(header, OPTIONS)


def test_the_header_of_a_pair_is_known_by_its_ending(tmp_path):
    header, _ = write_nifti_pair(tmp_path, VOXELS)
    path = header.rename(tmp_path / "a.nii")
    with pytest.raises(
        BadHeader, match=r"the header of a pair; accepted: a name that ends in \.hdr"
    ):
        read_nifti(path, OPTIONS)
