import numpy as np
import pytest

from medmask.annotation import Fit
from medmask.errors import (
    BadHeader,
    MissingGeometry,
    NoOverlap,
    ObliqueContours,
    OtherFrameOfReference,
    Truncated,
)
from medmask.grid import Grid
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import contour, square, structure_set, write_drawing
from tests.annotations.scans import SHAPE, ct, drawn, masks, place


def read(tmp_path, rois, **options):
    path = write_drawing(tmp_path / "rs.dcm", structure_set(rois, **options))
    return drawn(path, AnnotationKind.RTSTRUCT, ct(tmp_path))


def box(k, j, i):
    """A contour on slice k around the centres of rows j and columns i, half a pixel off them."""
    (j0, j1), (i0, i1) = j, i
    corners = ((j0, i0), (j0, i1), (j1, i1), (j1, i0))
    return contour([place(k, row + 0.5, column + 0.5) for row, column in corners])


def filled(*blocks):
    mask = np.zeros(SHAPE, bool)
    for k, j, i in blocks:
        mask[k, j[0] + 1 : j[1] + 1, i[0] + 1 : i[1] + 1] ^= True
    return mask


def test_a_contour_marks_the_pixels_whose_centres_it_holds(tmp_path):
    block = (1, (2, 6), (3, 8))
    reading = read(tmp_path, {"GTV": [box(*block)]})
    (annotation,) = reading.annotations
    np.testing.assert_array_equal(annotation.mask(annotation.voxels), filled(block))
    assert (annotation.name, annotation.colour) == ("GTV", "#ff8000")
    assert annotation.verdict.fit is Fit.IDENTICAL


def test_holes_and_islands_are_what_they_look_like(tmp_path):
    outer, hole, island = (2, (0, 10), (0, 9)), (2, (2, 8), (2, 7)), (2, (4, 6), (4, 5))
    reading = read(tmp_path, {"ring": [box(*one) for one in (outer, hole, island)]})
    np.testing.assert_array_equal(*masks(reading).values(), filled(outer, hole, island))


def test_regions_that_overlap_stay_apart(tmp_path):
    one, two = (1, (0, 6), (0, 6)), (1, (3, 9), (3, 9))
    found = masks(read(tmp_path, {"a": [box(*one)], "b": [box(*two)]}))
    np.testing.assert_array_equal(found["a"], filled(one))
    np.testing.assert_array_equal(found["b"], filled(two))


@pytest.mark.parametrize("off", [-0.2, 0.05, 0.2])
def test_contours_a_little_off_their_slice_lie_upon_it(tmp_path, off):
    block = (1, (2, 6), (3, 8))
    reading = read(tmp_path, {"GTV": [box(block[0] + off / 2.5, *block[1:])]})
    np.testing.assert_array_equal(*masks(reading).values(), filled(block))
    assert reading.annotations[0].verdict.displacement_mm == pytest.approx(abs(off))


def test_contours_between_slices_go_to_the_nearest_and_say_so(tmp_path):
    j, i = (2, 6), (3, 8)
    contours = [box(k + 0.4, j, i) for k in (0, 1, 2)]
    reading = read(tmp_path, {"GTV": contours})
    np.testing.assert_array_equal(*masks(reading).values(), filled(*[(k, j, i) for k in (0, 1, 2)]))
    (annotation,) = reading.annotations
    assert annotation.verdict.fit is Fit.RESAMPLED
    assert "up to 1.000 mm beside the scan's slices" in annotation.verdict.message
    assert annotation.verdict.volume_change == pytest.approx(0)


def test_slices_between_contours_on_slices_stay_empty(tmp_path):
    j, i = (2, 6), (3, 8)
    reading = read(tmp_path, {"GTV": [box(0, j, i), box(2, j, i)]})
    np.testing.assert_array_equal(*masks(reading).values(), filled((0, j, i), (2, j, i)))
    assert "1 slices between them have none" in reading.annotations[0].verdict.message


def test_contours_on_sagittal_planes_are_filled_there(tmp_path):
    corners = [(0.5, 2.5), (0.5, 7.5), (2.5, 7.5), (2.5, 2.5)]  # slices, rows
    reading = read(tmp_path, {"GTV": [contour([place(k, j, 4) for k, j in corners])]})
    (mask,) = masks(reading).values()
    expected = np.zeros(SHAPE, bool)
    expected[1:3, 3:8, 4] = True
    np.testing.assert_array_equal(mask, expected)


def test_contours_on_oblique_planes_are_refused_by_name(tmp_path):
    leaning = contour([place(0, 1, 1), place(0, 1, 9), place(3, 9, 9), place(3, 9, 1)])
    with pytest.raises(ObliqueContours, match=r"GTV: a contour leans by 3\.00 steps"):
        read(tmp_path, {"GTV": [leaning]})


def test_one_oblique_region_does_not_cost_the_others(tmp_path):
    leaning = contour([place(0, 1, 1), place(0, 1, 9), place(3, 9, 9), place(3, 9, 1)])
    reading = read(tmp_path, {"bad": [leaning], "good": [box(1, (2, 6), (3, 8))]})
    assert [one.name for one in reading.annotations] == ["good"]
    assert [error.code for error in reading.refused] == ["oblique_contours"]


def test_points_and_open_lines_are_left_out_with_a_warning(tmp_path):
    dots = [contour([place(1, 1, 1)], "POINT"), contour([place(1), place(1, 3)], "OPEN_PLANAR")]
    reading = read(tmp_path, {"GTV": [box(1, (2, 6), (3, 8)), *dots], "iso": dots[:1]})
    assert [one.name for one in reading.annotations] == ["GTV"]
    assert [warning.code for warning in reading.warnings] == ["open_contours"] * 2
    assert "2 contours enclose nothing" in reading.warnings[0].message


def test_the_share_beyond_the_scan_is_stated(tmp_path):
    half_out = (1, (2, 6), (6, 14))  # columns 7 to 14, of which 7 to 10 are the scan's
    reading = read(tmp_path, {"GTV": [box(*half_out)]})
    verdict = reading.annotations[0].verdict
    assert verdict.fit is Fit.PARTLY_OUTSIDE
    assert verdict.share_lost == 0.5


def test_contours_beyond_the_scan_are_refused_with_both_places(tmp_path):
    with pytest.raises(NoOverlap, match=r"lie at .* the scan at L -10\.0 to -3\.0 mm"):
        read(tmp_path, {"GTV": [square(500.0)]})


def test_contours_in_another_frame_of_reference_are_refused(tmp_path):
    with pytest.raises(OtherFrameOfReference, match="Frame of Reference"):
        read(tmp_path, {"GTV": [square(32.5)]}, frame="elsewhere")


def test_contours_need_a_scan_with_a_place(tmp_path):
    scan = ct(tmp_path)
    path = write_drawing(tmp_path / "rs.dcm", structure_set())
    with pytest.raises(MissingGeometry, match="no place in the world"):
        drawn(path, AnnotationKind.RTSTRUCT, scan, grid=Grid.plain(SHAPE))


def test_a_contour_of_fewer_points_than_it_says_is_refused(tmp_path):
    short = square(32.5)
    short.NumberOfContourPoints = "9"
    with pytest.raises(Truncated, match="12 numbers in a contour of 9 points"):
        read(tmp_path, {"GTV": [short]})


def test_contours_that_are_no_numbers_are_refused(tmp_path):
    wrong = square(32.5)
    path = write_drawing(tmp_path / "rs.dcm", structure_set({"GTV": [wrong]}))
    path.write_bytes(path.read_bytes().replace(b"-9\\-19\\32.5", b"-9\\nan\\32.5"))
    with pytest.raises(BadHeader, match="no numbers"):
        drawn(path, AnnotationKind.RTSTRUCT, ct(tmp_path))
