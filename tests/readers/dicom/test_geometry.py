import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medmask.errors import (
    BadGeometry,
    DuplicatePositions,
    MissingGeometry,
    MixedGeometry,
    UnevenSlices,
)
from medmask.readers.dicom.geometry import stack
from medmask.readers.dicom.instance import read_header
from tests.dicom_files import slice_dataset, uid, write_series, write_slice

VOXELS = np.zeros((5, 4, 6), np.int16)


def stacked(files):
    return stack([read_header(path) for path in files])


def codes(made):
    return [warning.code for warning in made.warnings]


def test_slices_are_sorted_along_the_normal_and_not_by_name(tmp_path):
    files = write_series(tmp_path, VOXELS)
    made = stacked(sorted(files))
    assert [h.path for h in made.headers] == files
    assert made.warnings == ()


def test_the_affine_is_that_of_positions_spacings_and_directions(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS, spacing=(2.5, 0.8, 0.7), origin=(1, 2, 3)))
    assert made.grid.shape == (5, 4, 6)
    assert made.grid.affine.tolist() == [
        [0, 0, 0.7, 1],
        [0, 0.8, 0, 2],
        [2.5, 0, 0, 3],
        [0, 0, 0, 1],
    ]


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.3, 6))
def test_every_first_pixel_lies_where_its_header_says(tmp_path_factory, turn, lean, step):
    cosine, sine = np.cos(turn), np.sin(turn)
    row = (cosine, sine, 0.0)
    column = (-sine * np.cos(lean), cosine * np.cos(lean), np.sin(lean))
    files = write_series(
        tmp_path_factory.mktemp("s"), VOXELS, orientation=(*row, *column), spacing=(step, 1, 1)
    )
    made = stacked(files)
    for k, header in enumerate(made.headers):
        np.testing.assert_allclose(made.grid.world((k, 0, 0)), header.position, atol=1e-5)


def test_a_tilted_gantry_is_a_sheared_grid_with_a_warning(tmp_path):
    step = 2.5 * np.tan(np.radians(15))
    leaning = {
        k: {"ImagePositionPatient": ["0", f"{k * step:.6f}", f"{2.5 * k}"]} for k in range(5)
    }
    made = stacked(write_series(tmp_path, VOXELS, per_slice=leaning))
    assert codes(made) == ["gantry_tilt"]
    assert "15.0 degrees" in made.warnings[0].message
    assert made.grid.is_sheared
    np.testing.assert_allclose(made.grid.world((4, 0, 0)), [0, 4 * step, 10], atol=1e-5)


def test_rounded_positions_are_even(tmp_path):
    rounded = {
        k: {"ImagePositionPatient": ["0", "0", f"{2.5 * k + 0.0005 * (k % 2):.4f}"]}
        for k in range(5)
    }
    assert stacked(write_series(tmp_path, VOXELS, per_slice=rounded)).warnings == ()


def at_heights(tmp_path, heights):
    placed = {k: {"ImagePositionPatient": ["0", "0", f"{z}"]} for k, z in enumerate(heights)}
    voxels = np.zeros((len(heights), 4, 6), np.int16)
    return stacked(write_series(tmp_path, voxels, per_slice=placed))


def heights_apart(made):
    said = np.array([header.position for header in made.headers])
    return [np.linalg.norm(made.grid.world((k, 0, 0)) - p) for k, p in enumerate(said)]


def test_steps_within_one_percent_are_fitted_and_the_largest_displacement_said(tmp_path):
    made = at_heights(tmp_path, [0, 5, 10.04, 15, 20])
    assert codes(made) == ["slices_displaced"]
    assert "up to 0.020 mm from their own positions" in made.warnings[0].message
    assert max(heights_apart(made)) == pytest.approx(0.02)


def test_steps_that_alternate_by_rounding_are_one_even_step(tmp_path):
    made = at_heights(tmp_path, [0, 0.6, 1.2, 1.9, 2.5, 3.1, 3.8, 4.4, 5])
    assert codes(made) == ["slices_displaced"]
    assert made.grid.steps[0] == pytest.approx(0.625, abs=0.0125)
    assert all(source.lower == source.upper for source in made.sources)
    assert max(heights_apart(made)) <= 0.05


def test_a_gap_among_rounded_steps_leaves_the_slices_that_are_there_as_they_are(tmp_path):
    made = at_heights(tmp_path, [0, 2.503, 4.998, 10.001, 12.499])
    assert codes(made) == ["irregular_resampled"]
    assert [s.lower for s in made.sources if s.lower == s.upper] == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(made.grid.world((5, 0, 0)), [0, 0, 12.499], atol=0.005)


def test_uneven_slices_are_interpolated_unless_they_lie_on_the_grid(tmp_path):
    made = at_heights(tmp_path, [0, 4, 8.3, 13, 17])
    assert codes(made) == ["irregular_resampled"]
    assert [s.lower == s.upper for s in made.sources] == [True, True, False, False, False]


def test_a_missing_slice_is_uneven_and_named_with_positions_and_steps(tmp_path):
    headers = [read_header(path) for path in write_series(tmp_path, VOXELS, leave_out=(2,))]
    with pytest.raises(UnevenSlices, match=r"5\.000 mm between 32\.50 and 37\.50 mm") as caught:
        stack(headers, resample=False)
    assert "usually 2.500 mm" in str(caught.value)


def test_a_missing_slice_gets_its_place_on_the_even_grid(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS, leave_out=(2,)))
    assert made.grid.shape == (5, 4, 6)
    assert made.grid.steps[0] == pytest.approx(2.5)
    assert [(s.lower, s.upper) for s in made.sources] == [(0, 0), (1, 1), (1, 2), (2, 2), (3, 3)]
    assert codes(made) == ["irregular_resampled"]


def test_an_uneven_tilted_series_keeps_its_shear(tmp_path):
    lean = np.tan(np.radians(15))
    heights = [0, 2, 5, 7, 9]
    placed = {
        k: {"ImagePositionPatient": ["0", f"{z * lean:.6f}", f"{z}"]} for k, z in enumerate(heights)
    }
    made = stacked(write_series(tmp_path, VOXELS, per_slice=placed))
    assert codes(made) == ["gantry_tilt", "irregular_resampled"]
    np.testing.assert_allclose(made.grid.world((4, 0, 0)), [0, 8 * lean, 8], atol=1e-5)


def test_two_slices_at_one_position_are_refused(tmp_path):
    twice = {3: {"index": 2, "SOPInstanceUID": uid("other")}}
    with pytest.raises(DuplicatePositions, match=r"a second slice at 35\.00 mm"):
        stacked(write_series(tmp_path, VOXELS, per_slice=twice))


def test_a_slice_beside_the_line_is_refused(tmp_path):
    aside = {2: {"ImagePositionPatient": ["9", "-20", "35"]}}
    with pytest.raises(MixedGeometry, match="beside the line through first and last slice"):
        stacked(write_series(tmp_path, VOXELS, per_slice=aside))


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        ({"ImagePositionPatient": None}, MissingGeometry, r"position \(0020,0032\) is absent in 1"),
        ({"PixelSpacing": None}, MissingGeometry, r"pixel spacing \(0028,0030\) is absent in 1"),
        ({"ImageOrientationPatient": None}, MissingGeometry, "orientation"),
        ({"PixelSpacing": ["0.9", "0.9"]}, MixedGeometry, r"pixel spacing .* among slices"),
        (
            {"orientation": (1, 0, 0, 0, 0.984808, 0.173648)},
            MixedGeometry,
            r"turned by 10\.0 degrees",
        ),
        ({"ImageOrientationPatient": ["0"] * 6}, BadGeometry, "two unit vectors"),
        ({"PixelSpacing": ["-0.8", "0.7"]}, BadGeometry, "two positive lengths"),
    ],
)
@pytest.mark.parametrize("index", [0, 3])
def test_one_faulty_slice_fails_the_volume(tmp_path, fault, error, sentence, index):
    with pytest.raises(error, match=sentence):
        stacked(write_series(tmp_path, VOXELS, per_slice={index: fault}))


def test_one_slice_of_another_size_fails_the_volume(tmp_path):
    files = write_series(tmp_path, VOXELS[:4])
    small = slice_dataset(VOXELS[0, ::2, ::2], index=4)
    with pytest.raises(MixedGeometry, match="2x3 among slices of 4x6"):
        stacked([*files, write_slice(tmp_path / "small.dcm", small)])


def test_a_lone_slice_takes_its_thickness_with_a_warning(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS[:1]))
    assert codes(made) == ["slice_thickness_used"]
    assert made.grid.spacing_mm == (2.5, 0.8, 0.7)


def test_a_lone_slice_without_thickness_has_an_unknown_spacing(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS[:1], SliceThickness=None))
    assert made.grid.spacing_known == (False, True, True)
    assert made.grid.oriented


RADIOGRAPH = {
    "Modality": "DX",
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "SliceThickness": None,
}


def test_a_radiograph_knows_rows_and_columns_only(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS[:1], **RADIOGRAPH))
    assert made.grid.spacing_mm == (None, 0.8, 0.7)
    assert not made.grid.oriented
    assert made.warnings == ()


def test_detector_spacing_is_taken_with_a_warning(tmp_path):
    tags = {"PixelSpacing": None, "ImagerPixelSpacing": ["0.143", "0.139"]}
    made = stacked(write_series(tmp_path, VOXELS[:1], **RADIOGRAPH, **tags))
    assert codes(made) == ["detector_spacing"]
    assert made.grid.spacing_mm == (None, 0.143, 0.139)


def test_a_radiograph_without_any_spacing_has_none(tmp_path):
    made = stacked(write_series(tmp_path, VOXELS[:1], **RADIOGRAPH, PixelSpacing=None))
    assert made.grid.spacing_mm == (None, None, None)
