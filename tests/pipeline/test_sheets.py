import io

import numpy as np
import pytest
from PIL import Image

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay import DEFAULT_LAYERS, CodeCurve, Coder, Subject, choose_display
from medmask.pipeline import sheets as module
from medmask.pipeline.sheets import Sheets
from medmask.volume import Volume
from tests.phantoms import grid_of


def noise(shape, labelled=True):
    """The heaviest of all scans: nothing in it repeats."""
    random = np.random.default_rng(0)
    voxels = random.integers(-1000, 2000, shape).astype(np.int16)
    grid = grid_of(shape, (1.0, 1.0, 1.0)) if shape[0] > 1 else Grid.plain(shape)
    volume = Volume(voxels, grid, "CT")
    labels = random.integers(0, 3, shape) if labelled else np.zeros(shape)
    return Subject(
        volume, choose_display(volume), LabelMap(labels.astype(np.uint8), grid), (), DEFAULT_LAYERS
    )


def drawn(subject, slices=24):
    curve = CodeCurve.of(subject.volume, subject.display, (-1000.0, 1999.0))
    return Sheets.of(subject, Coder.of(curve, subject.volume), slices)


def test_every_sheet_is_a_picture_of_the_size_that_its_layout_says():
    sheets = drawn(noise((6, 40, 50)))
    assert set(sheets.files) == {
        f"review/{plane}{what}.webp"
        for plane in ("axial", "coronal", "sagittal")
        for what in ("", "-masks-1")
    }
    for layout in sheets.layouts:
        for what in ("", "-masks-1"):
            content = sheets.files[f"review/{layout.plane.name}{what}.webp"]
            assert Image.open(io.BytesIO(content)).size == layout.shape[::-1]


def test_noise_in_scan_and_masks_keeps_to_the_weight():
    sheets = drawn(noise((120, 160, 160)))
    assert sheets.weight <= 350_000
    assert all(len(layout.at) >= 12 for layout in sheets.layouts)


def test_the_weight_is_kept_however_little_it_is(monkeypatch):
    monkeypatch.setattr(module, "VOLUME_BYTES", 20_000)
    assert drawn(noise((40, 80, 80))).weight <= 20_000


def test_quality_goes_before_size_and_size_before_slices(monkeypatch):
    subject = noise((8, 200, 200), labelled=False)
    monkeypatch.setattr(module, "VOLUME_BYTES", 10_000_000)
    best = drawn(subject)
    assert best.layouts[0].tile == (200, 200)
    monkeypatch.setattr(module, "VOLUME_BYTES", best.weight - 1)
    worse = drawn(subject)
    assert worse.layouts == best.layouts
    monkeypatch.setattr(module, "VOLUME_BYTES", best.weight // 3)
    smaller = drawn(subject)
    assert smaller.layouts[0].tile < best.layouts[0].tile
    assert smaller.layouts[0].at == best.layouts[0].at


def test_more_slices_may_weigh_more_in_proportion():
    sheets = drawn(noise((60, 60, 60)), slices=48)
    assert [len(layout.at) for layout in sheets.layouts] == [48, 48, 48]
    assert sheets.weight <= 700_000


@pytest.mark.parametrize("shape", [(1, 400, 300), (1, 5, 20000)])
def test_a_film_is_one_picture_that_the_format_can_hold(shape):
    sheets = drawn(noise(shape))
    assert set(sheets.files) == {"review/slice.webp", "review/slice-masks-1.webp"}
    (layout,) = sheets.layouts
    assert layout.tile == shape[1:] if shape[2] < 16000 else layout.tile[1] == 16000


def test_masks_come_back_voxel_by_voxel():
    subject = noise((1, 50, 60))
    sheets = drawn(subject)
    picture = np.asarray(Image.open(io.BytesIO(sheets.files["review/slice-masks-1.webp"])))
    labels = subject.labels.voxels[0]
    assert (picture[2:-2, 2:-2, 0] == np.where(labels == 1, 255, 0)).all()
    assert (picture[2:-2, 2:-2, 1] == np.where(labels == 2, 255, 0)).all()
