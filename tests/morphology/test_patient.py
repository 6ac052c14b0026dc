import numpy as np
import pytest

from medmask.grid import Grid
from medmask.morphology import PackedMask, Patient, Site
from medmask.volume import Volume
from tests.ct_phantoms import (
    CARBON,
    FAT,
    FOAM,
    Scene,
    arms,
    ball,
    box,
    head,
    headrest,
    legs,
    rod,
    table,
    trunk,
)


def patient_of(scene, **how):
    """Return the patient found, and where the flesh is that lies above -190 HU."""
    volume = scene.scanned(**how)
    above = volume.above(-190)
    found = Patient().apply(PackedMask.of(above), Site(volume.grid)).unpacked()
    return found, above & scene.body


def strayed_ml(scene, found, wanted):
    """Return how much is found that is none of the patient, and how much of him is missed."""
    ml = scene.grid.voxel_ml
    return np.count_nonzero(found & ~scene.body) * ml, np.count_nonzero(wanted & ~found) * ml


def on_a_table(top, **how):
    scene = Scene.empty((24, 200, 250))
    trunk(scene)
    table(scene, top, **how)
    return scene


@pytest.mark.parametrize("top", [90.0, 95.0, 101.0])
@pytest.mark.parametrize("curve", [0.0, 0.0008])
def test_a_table_is_no_patient_whether_it_touches_him_or_not(top, curve):
    scene = on_a_table(top, curve=curve)
    extra, missed = strayed_ml(scene, *patient_of(scene))
    assert extra < 0.003 * np.count_nonzero(scene.body) * scene.grid.voxel_ml
    assert missed < 2.0


@pytest.mark.parametrize("top", [94.0, 101.0])
def test_a_table_as_dense_as_flesh_is_no_patient(top):
    scene = on_a_table(top, thick=24.0, core=60.0)
    extra, missed = strayed_ml(scene, *patient_of(scene))
    assert extra < 25.0
    assert missed < 5.0


@pytest.mark.parametrize("tilt", [-25.0, 16.0])
def test_a_table_under_a_tilted_gantry_is_no_patient(tilt):
    scene = Scene.empty((24, 200, 250), tilt=tilt)
    trunk(scene)
    table(scene, 95.0, curve=0.0008)
    extra, missed = strayed_ml(scene, *patient_of(scene))
    assert extra < 0.003 * np.count_nonzero(scene.body) * scene.grid.voxel_ml
    assert missed < 2.0


def test_a_pad_of_gel_under_the_patient_is_cut_off():
    scene = on_a_table(110.0)
    scene.thing(box((92.0, 110.0), (-160.0, 160.0)), 20.0)
    extra, missed = strayed_ml(scene, *patient_of(scene))
    assert extra < 20.0
    assert missed < 10.0


@pytest.mark.parametrize("gap", [8.0, -2.0])
def test_arms_beside_the_trunk_are_the_patient(gap):
    scene = on_a_table(95.0, curve=0.0008, wide=240.0)
    arms(scene, gap)
    found, wanted = patient_of(scene)
    assert np.count_nonzero(found & wanted) > 0.999 * np.count_nonzero(wanted)


def test_both_legs_are_the_patient():
    scene = Scene.empty((24, 110, 250))
    legs(scene)
    table(scene, 79.0, curve=0.0005)
    found, wanted = patient_of(scene)
    assert np.count_nonzero(found & wanted) > 0.999 * np.count_nonzero(wanted)
    assert strayed_ml(scene, found, wanted)[0] < 20.0


@pytest.mark.parametrize("is_hollow", [False, True])
def test_a_headrest_is_no_head(is_hollow):
    scene = Scene.empty((24, 140, 140))
    head(scene, is_hollow)
    headrest(scene)
    found, wanted = patient_of(scene)
    assert strayed_ml(scene, found, wanted)[1] == pytest.approx(0.0, abs=1.0)
    assert not (found & (scene.hounsfield == 110.0)).any()


def test_a_bare_skull_is_kept_though_it_is_as_thin_as_a_table():
    scene = Scene.empty((6, 140, 140))
    head(scene, hollow=True)
    found, _ = patient_of(scene)
    shell = scene.bone
    assert np.count_nonzero(found & shell) == np.count_nonzero(shell)


def test_cables_on_the_skin_leave_no_more_than_the_voxel_that_touches_it():
    scene = Scene.empty((22, 210, 310), (3.0, 1.0, 1.0))
    trunk(scene)
    cables = np.zeros(scene.body.shape, bool)
    for x in (-60.0, 0.0, 40.0):
        y = -95.0 * np.sqrt(1.0 - (x / 150.0) ** 2) - 3.0
        cables |= scene.where(rod(y, x, 2.5, 2.5))
    scene.hounsfield[cables & ~scene.body] = 400.0
    found, _ = patient_of(scene, blur=0.0)
    outside = cables & ~scene.body
    assert np.count_nonzero(found & outside) < 0.5 * np.count_nonzero(outside)


def test_a_blanket_about_the_patient_is_none_of_him():
    scene = Scene.empty((24, 120, 170))
    trunk(scene)
    scene.thing(lambda z, y, x: _between(y, x, 102.0, 157.0, 2.0), FAT)
    found, _ = patient_of(scene)
    assert not (found & scene.where(lambda z, y, x: _between(y, x, 102.0, 157.0, 2.0))).any()


def _between(y, x, deep, wide, thick):
    inner = (y / deep) ** 2 + (x / wide) ** 2 >= 1
    return inner & ((y / (deep + thick)) ** 2 + (x / (wide + thick)) ** 2 <= 1)


def test_ears_are_given_back():
    scene = Scene.empty((24, 140, 140))
    head(scene)
    ears = np.zeros(scene.body.shape, bool)
    for side in (-1, 1):
        ears |= scene.where(ball(0.0, 0.0, side * 86.0, 24.0, 3.0, 14.0)) & ~scene.body
    scene.hounsfield[ears] = 0.0
    scene.body |= ears
    found, wanted = patient_of(scene)
    assert np.count_nonzero(found & ears & wanted) > 0.95 * np.count_nonzero(ears & wanted)


def test_a_body_that_fills_the_image_is_left_as_it_is():
    scene = Scene.empty((12, 60, 80))
    trunk(scene)
    found, wanted = patient_of(scene)
    assert strayed_ml(scene, found, wanted)[1] < 1.0


def test_noise_in_fat_makes_it_no_thin_thing():
    scene = Scene.empty((16, 60, 80), (3.0, 1.0, 1.0))
    scene.flesh(box((-30.0, 20.0), (-40.0, 40.0)), -100.0)
    table(scene, 24.0, wide=80.0)
    found, wanted = patient_of(scene, noise=70.0)
    assert np.count_nonzero(found & wanted) > 0.97 * np.count_nonzero(wanted)
    assert not (found & (scene.hounsfield == CARBON)).any()


def test_the_order_of_the_axes_does_not_matter():
    scene = on_a_table(94.0)
    volume = scene.scanned()
    above = volume.above(-190)
    found = Patient().apply(PackedMask.of(above), Site(volume.grid)).unpacked()
    for order in ((2, 0, 1), (1, 2, 0)):
        affine = volume.grid.affine.copy()
        affine[:3, :3] = affine[:3, order]
        turned = np.ascontiguousarray(above.transpose(order))
        grid = Grid(turned.shape, affine)
        again = Patient().apply(PackedMask.of(turned), Site(grid)).unpacked()
        assert np.array_equal(again, found.transpose(order))


def test_a_prone_patient_lies_on_the_table_all_the_same():
    scene = on_a_table(94.0, core=60.0, thick=24.0)
    above = scene.scanned().above(-190)
    site = Site(scene.grid)
    supine = Patient().apply(PackedMask.of(above), site).unpacked()
    over = np.ascontiguousarray(above[:, ::-1])
    prone = Patient().apply(PackedMask.of(over), site).unpacked()
    assert np.count_nonzero(prone) == pytest.approx(np.count_nonzero(supine), rel=2e-3)


def test_a_lead_letter_beside_the_hand_on_a_film_is_no_patient():
    film = np.zeros((1, 300, 240), bool)
    film[0, 60:300, 60:190] = True
    film[0, 20:32, 200:206] = True
    found = Patient().apply(PackedMask.of(film), Site(Grid.plain(film.shape))).unpacked()
    assert not found[0, :40].any()
    assert np.count_nonzero(found) == 240 * 130


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 9), (5, 1, 70), (7, 40, 70)])
@pytest.mark.parametrize("value", [False, True])
def test_empty_and_full_masks_stay_as_they_are(shape, value):
    mask = PackedMask.of(np.full(shape, value))
    kept = Patient().apply(mask, Site(Grid(shape, np.eye(4)[[2, 1, 0, 3]])))
    assert np.array_equal(kept.unpacked(), np.full(shape, value))


def test_a_scan_of_foam_and_air_alone_has_no_patient():
    scene = Scene.empty((8, 80, 120))
    scene.thing(box((0.0, 40.0), (-100.0, 100.0)), FOAM)
    found, _ = patient_of(scene)
    assert not found.any()


def test_a_scan_of_nothing_but_thin_things_is_left_as_it_is():
    voxels = np.full((8, 60, 80), -1000, np.int16)
    voxels[:, 30:32, 10:70] = 200
    volume = Volume(voxels, Scene.empty(voxels.shape).grid, "CT", unit="HU")
    above = volume.above(-190)
    found = Patient().apply(PackedMask.of(above), Site(volume.grid)).unpacked()
    assert np.array_equal(found, above)
