import gzip

import numpy as np
import pytest
import SimpleITK as sitk

from medmask.errors import (
    BadChecksum,
    BadHeader,
    ColourImage,
    IsAnnotation,
    NotRegular,
    TimeSeries,
    TooLarge,
    Truncated,
    Unsupported,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.readers.arrays.nrrd import data_file
from medmask.readers.arrays.read import read_array
from medmask.readers.options import ReadOptions
from medmask.scan import Format
from tests.itk_files import itk_corners, itk_image, nrrd_bytes, our_corners, put

OPTIONS = ReadOptions(modality="MR")
VOXELS = np.random.default_rng(1).integers(-900, 900, (4, 5, 6)).astype(np.int16)
RAW = VOXELS.tobytes()


def read(path, options=OPTIONS):
    return read_array(path, Format.NRRD, options)


def by_hand(tmp_path, *lines, content=RAW, **changes):
    return put(tmp_path / "a.nrrd", nrrd_bytes(content, *lines, **changes))


def codes(volume):
    return [warning.code for warning in volume.warnings]


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("packed", [False, True])
def test_voxels_and_world_are_those_of_simpleitk(tmp_path, kind, packed):
    voxels = np.arange(120).reshape(4, 5, 6).astype(kind)
    image = itk_image(voxels)
    sitk.WriteImage(image, tmp_path / "a.nrrd", useCompression=packed)
    volume = read(tmp_path / "a.nrrd")
    assert volume.voxels.dtype == np.dtype(kind)
    np.testing.assert_array_equal(volume.voxels, voxels)
    np.testing.assert_allclose(our_corners(volume.grid), itk_corners(image), atol=1e-4)
    assert codes(volume) == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_detached_header_reads_the_file_beside_it(tmp_path, packed):
    sitk.WriteImage(itk_image(VOXELS), tmp_path / "a.nhdr", useCompression=packed)
    np.testing.assert_array_equal(read(tmp_path / "a.nhdr").voxels, VOXELS)
    assert data_file(tmp_path / "a.nhdr") == tmp_path / ("a.raw.gz" if packed else "a.raw")


def test_big_endian_voxels_are_turned(tmp_path):
    volume = read(by_hand(tmp_path, content=VOXELS.astype(">i2").tobytes(), endian="big"))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert volume.voxels.dtype.isnative


@pytest.mark.parametrize(
    ("space", "signs"),
    [
        ("left-posterior-superior", (1, 1, 1)),
        ("LPS", (1, 1, 1)),
        ("right-anterior-superior", (-1, -1, 1)),
        ("RAS", (-1, -1, 1)),
        ("left-anterior-superior", (1, -1, 1)),
    ],
)
def test_every_space_of_a_patient_becomes_lps(tmp_path, space, signs):
    grid = read(by_hand(tmp_path, space=space)).grid
    expected = np.array([-10 + 5 * 0.7, -20 + 4 * 0.8, 30 + 3 * 2.5]) * signs
    np.testing.assert_allclose(grid.world((3, 4, 5)), expected)
    assert grid.oriented


SHEARED = "(0.7,0,0) (0,0.8,0) (0,0.6,2.5)"


def test_shear_is_kept(tmp_path):
    grid = read(by_hand(tmp_path, space_directions=SHEARED)).grid
    assert grid.is_sheared
    np.testing.assert_allclose(grid.world((1, 0, 0)), [-10, -19.4, 32.5])


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1), ("cm", 10), ("um", 0.001)])
def test_units_of_space_become_millimetres(tmp_path, unit, factor):
    path = by_hand(tmp_path, space_units=" ".join([f'"{unit}"'] * 3))
    np.testing.assert_allclose(read(path).grid.spacing_mm, np.array([2.5, 0.8, 0.7]) * factor)


@pytest.mark.parametrize("space", ["scanner-xyz", "3D-right-handed", None])
def test_a_space_without_a_patient_has_no_orientation(tmp_path, space):
    more = {"space_dimension": "3"} if space is None else {}
    volume = read(by_hand(tmp_path, space=space, **more))
    assert not volume.grid.oriented
    np.testing.assert_allclose(volume.grid.spacing_mm, (2.5, 0.8, 0.7))
    assert codes(volume) == ["units_assumed", "no_orientation"]


PLAIN = {"space": None, "space_directions": None, "space_origin": None}


def test_spacings_alone_are_a_spacing(tmp_path):
    path = by_hand(tmp_path, **PLAIN, spacings="0.7 0.8 2.5", units='"mm" "mm" "mm"')
    volume = read(path)
    np.testing.assert_allclose(volume.grid.spacing_mm, (2.5, 0.8, 0.7))
    assert (volume.grid.oriented, codes(volume)) == (False, ["no_orientation"])


def test_without_any_spacing_there_is_none(tmp_path):
    volume = read(by_hand(tmp_path, **PLAIN))
    assert volume.grid.spacing_mm == (None, None, None)
    assert codes(volume) == ["no_orientation"]


def test_a_missing_origin_is_a_warning(tmp_path):
    volume = read(by_hand(tmp_path, space_origin=None))
    np.testing.assert_array_equal(volume.grid.world((0, 0, 0)), [0, 0, 0])
    assert codes(volume) == ["no_position"]


def test_two_axes_in_space_are_one_slice_of_unknown_extent(tmp_path):
    facts = {"dimension": "2", "sizes": "6 20", "kinds": "domain domain"}
    volume = read(by_hand(tmp_path, **facts, space_directions="(0,0.7,0) (0,0,-0.8)"))
    np.testing.assert_array_equal(volume.voxels, VOXELS.reshape(1, 20, 6))
    assert volume.grid.spacing_mm == (None, pytest.approx(0.8), pytest.approx(0.7))
    assert volume.grid.letter(1, end=True) == "I"


def test_bytes_to_skip_are_skipped(tmp_path):
    path = by_hand(tmp_path, content=b"12345" + RAW, byte_skip="5")
    np.testing.assert_array_equal(read(path).voxels, VOXELS)
    path = by_hand(tmp_path, content=b"1234567" + RAW, byte_skip="-1")
    np.testing.assert_array_equal(read(path).voxels, VOXELS)
    path = by_hand(tmp_path, content=gzip.compress(b"12" + RAW), byte_skip="2", encoding="gz")
    np.testing.assert_array_equal(read(path).voxels, VOXELS)


SERIES = {"dimension": "4", "space_directions": "none (0.7,0,0) (0,0.8,0) (0,0,2.5)"}
INNER = SERIES | {"sizes": "3 6 5 4", "kinds": "list domain domain domain"}
OUTER = SERIES | {"sizes": "6 5 4 3", "kinds": "domain domain domain list"}
OUTER |= {"space_directions": "(0.7,0,0) (0,0.8,0) (0,0,2.5) none"}
THREE = np.stack([VOXELS, VOXELS + 3, VOXELS + 6])


@pytest.mark.parametrize(("facts", "axis"), [(INNER, -1), (OUTER, 0)])
def test_a_list_of_volumes_is_a_series_wherever_its_axis_lies(tmp_path, facts, axis):
    content = np.ascontiguousarray(np.moveaxis(THREE, 0, axis)).tobytes()
    path = by_hand(tmp_path, content=content, **facts)
    with pytest.raises(TimeSeries, match="3 x 6x5x4 voxels of 2 bytes: more than one volume"):
        read(path)
    first = read(path, ReadOptions(modality="MR", time_series="first"))
    np.testing.assert_array_equal(first.voxels, VOXELS)
    mean = read(path, ReadOptions(modality="MR", time_series="mean"))
    np.testing.assert_array_equal(mean.voxels, VOXELS + np.float32(3))
    assert (codes(first), codes(mean)) == (["first_of_series"], ["mean_of_series"])


def test_a_list_of_one_is_one_volume(tmp_path):
    path = by_hand(tmp_path, **(INNER | {"sizes": "1 6 5 4"}))
    np.testing.assert_array_equal(read(path).voxels, VOXELS)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"type": "block"}, UnsupportedPixels, "blocks of bytes"),
        ({"type": "quaternion"}, BadHeader, "the type 'quaternion'"),
        ({"type": None}, BadHeader, "no field 'type'"),
        ({"endian": None}, BadHeader, "the field endian is ''"),
        ({"encoding": "bzip2"}, UnsupportedEncoding, "the encoding 'bzip2'; accepted: raw or gzip"),
        ({"encoding": "ascii"}, UnsupportedEncoding, "the encoding 'ascii'"),
        ({"line_skip": "2"}, UnsupportedEncoding, "lines to skip"),
        ({"byte_skip": "-2"}, BadHeader, "-2 bytes to skip"),
        ({"byte_skip": "-1", "sizes": "60 50 40"}, BadHeader, "bytes in a shorter file"),
        ({"space_directions": "(1,0) (0,1,0) (0,0,1)"}, BadHeader, "of different lengths"),
        ({"space_directions": "(1,0) (0,1) (1,1)"}, BadHeader, "directions of two numbers"),
        (PLAIN | {"spacings": "1 1"}, BadHeader, "2 spacings; accepted: one for each axis"),
        ({"space": "scanner-xyz", "space_directions": SHEARED}, Unsupported, "not at right angles"),
        ({"sizes": "6 5 0"}, BadHeader, r"'sizes' is \[6, 5, 0\]"),
        ({"sizes": "6 5"}, BadHeader, "dimension 3, 2 sizes, 3 kinds, 3 directions"),
        ({"sizes": "six"}, BadHeader, "'sizes' is 'six'; accepted: whole numbers"),
        ({"space": "RAST"}, Unsupported, "the space 'rast'"),
        ({"space_directions": "(1,0,0) (0,1,0) (1,1,0)"}, BadHeader, "the axes step"),
        ({"space_directions": "(1,0,0) (0,1,0) (0,0,nan)"}, BadHeader, "'space directions' is"),
        ({"space_directions": "1 0 0"}, BadHeader, "accepted: vectors such as"),
        ({"space_units": '"furlong" "mm" "mm"'}, BadHeader, "space units are"),
        ({"space_origin": "(1,2)"}, BadHeader, "the space origin is"),
        ({"data_file": "LIST"}, UnsupportedEncoding, "voxels in several files"),
        ({"data_file": "LIST\na.raw\nb.raw"}, UnsupportedEncoding, "voxels in several files"),
        ({"data_file": "a%03d.raw 1 9 1"}, UnsupportedEncoding, "voxels in several files"),
        ({"data_file": "/etc/passwd"}, BadHeader, "'passwd' in another place"),
        ({"data_file": "../a.raw"}, BadHeader, "'a.raw' in another place"),
        ({"data_file": "a.nrrd"}, BadHeader, "'a.nrrd' in another place"),
        ({"data_file": "gone.raw"}, NotRegular, "its data file gone.raw is not there"),
        ({"data_fail": "a.raw"}, BadHeader, "the line 'data fail: a.raw'"),
        ({"sizes": "3 10 4", "kinds": "RGB-color domain domain"}, ColourImage, "rgb-color"),
        ({"sizes": "3 10 4", "kinds": "vector domain domain"}, UnsupportedPixels, "kind vector"),
        ({"sizes": "5 6 4", "kinds": "domain list domain"}, UnsupportedPixels, "kind list"),
        ({"kinds": "domain list list"}, UnsupportedPixels, "1 axes of space among sizes"),
    ],
)
def test_headers_that_are_not_understood_are_refused_by_name(tmp_path, changes, error, sentence):
    if "kinds" in changes:
        changes = changes | PLAIN
    with pytest.raises(error, match=sentence):
        read(by_hand(tmp_path, **changes))


def test_a_field_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(BadHeader, match="the field 'type' twice"):
        read(by_hand(tmp_path, "type: short"))


def test_a_link_to_another_folder_is_not_followed(tmp_path):
    put(tmp_path / "elsewhere" / "a.raw", RAW)
    path = put(tmp_path / "in" / "a.nhdr", nrrd_bytes(b"", data_file="a.raw"))
    (tmp_path / "in" / "a.raw").symlink_to(tmp_path / "elsewhere" / "a.raw")
    with pytest.raises(NotRegular, match="is a link out of the folder"):
        read(path)


def test_sizes_are_held_against_bytes_and_memory(tmp_path):
    with pytest.raises(Truncated, match="6x5x4 voxels of 2 bytes"):
        read(by_hand(tmp_path, content=RAW[:-1]))
    with pytest.raises(TooLarge, match="60000x60000x60000 voxels"):
        read(by_hand(tmp_path, sizes="60000 60000 60000"))


def test_gzip_is_read_to_its_checksum(tmp_path):
    packed = bytearray(gzip.compress(RAW, mtime=0))
    for length in range(20, len(packed), 23):
        with pytest.raises(Truncated):
            read(by_hand(tmp_path, content=bytes(packed[:length]), encoding="gzip"))
    packed[-6] ^= 1
    with pytest.raises(BadChecksum):
        read(by_hand(tmp_path, content=bytes(packed), encoding="gzip"))


def test_segments_of_slicer_are_an_annotation(tmp_path):
    with pytest.raises(IsAnnotation, match="its header names segments"):
        read(by_hand(tmp_path, "Segment0_ID:=Segment_1", "Segmentation_MasterRepresentation:=x"))


def test_a_name_or_values_of_a_mask_are_an_annotation(tmp_path):
    with pytest.raises(IsAnnotation, match="its name says it is a mask"):
        read(put(tmp_path / "liver_seg.nrrd", nrrd_bytes(RAW)))
    with pytest.raises(IsAnnotation, match="its only values are 0, 1"):
        read(by_hand(tmp_path, content=(VOXELS > 0).astype(np.int16).tobytes()))


def test_other_keys_and_long_headers_are_lawful(tmp_path):
    lines = [f"DWMRI_gradient_{k:04}:=0 0 1" for k in range(2000)]
    np.testing.assert_array_equal(read(by_hand(tmp_path, *lines)).voxels, VOXELS)


def test_a_ct_in_nrrd_is_guessed_by_its_air(tmp_path):
    voxels = VOXELS.copy()
    voxels[0] = -1000
    volume = read(by_hand(tmp_path, content=voxels.tobytes()), ReadOptions())
    assert (volume.modality, volume.unit, codes(volume)) == ("CT", "HU", ["modality_guessed"])


def test_lines_may_end_as_on_windows(tmp_path):
    head, voxels = nrrd_bytes(RAW).split(b"\n\n", 1)
    path = put(tmp_path / "a.nrrd", head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + voxels)
    np.testing.assert_array_equal(read(path).voxels, VOXELS)


def test_the_shortest_header_there_is_makes_a_picture(tmp_path):
    head = b"NRRD0001\ntype: unsigned char\ndimension: 2\nsizes: 15 16\nencoding: raw\n\n"
    volume = read(put(tmp_path / "a.nrrd", head + RAW))
    np.testing.assert_array_equal(volume.voxels, np.frombuffer(RAW, "u1").reshape(1, 16, 15))
    assert codes(volume) == ["no_orientation"]


def test_a_header_without_end_is_refused_before_all_of_it_is_read(tmp_path):
    with pytest.raises(BadHeader, match="no end of the header in 4194304 bytes"):
        read(put(tmp_path / "a.nrrd", b"NRRD0005\n" + b"# more\n" * 700_000))
