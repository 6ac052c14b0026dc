"""Whatever stands in an annotation's file, it is drawn or refused by name."""

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medmask.annotations.references import references_of
from medmask.errors import ScanError
from medmask.scan import AnnotationKind
from tests.annotations.dicom_drawings import segmentation, structure_set, write_drawing
from tests.annotations.scans import SHAPE, ct, drawn, grid_of_series, place

CHANGES = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 6)), max_size=4)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawings")
    mask = np.ones(SHAPE[1:], np.uint8)
    seg = write_drawing(folder / "seg.dcm", segmentation([(1, place(k), mask) for k in (0, 1)]))
    rs = write_drawing(folder / "rs.dcm", structure_set(instances=["1.2"]))
    scan = ct(folder)
    return scan, grid_of_series(scan), {"SEG": seg.read_bytes(), "RTSTRUCT": rs.read_bytes()}


@pytest.mark.parametrize("kind", ["SEG", "RTSTRUCT"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
def test_any_bytes_are_read_or_refused_by_name(made, tmp_path, kind, changes):
    scan, grid, contents = made
    content = bytearray(contents[kind])
    for share, put, cut in changes:
        at = 132 + int(share * (len(content) - 132))
        content[at : at + cut] = put
    path = tmp_path / "x.dcm"
    path.write_bytes(content)
    for read in (
        lambda: drawn(path, AnnotationKind[kind], scan, grid=grid),
        lambda: references_of(path),
    ):
        with contextlib.suppress(ScanError):
            read()
