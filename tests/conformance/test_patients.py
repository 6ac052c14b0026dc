"""Real scans: what they lie on is no part of them."""

from pathlib import Path

import nibabel
import numpy as np
import pytest

import medmask
from medmask.morphology import FillHoles, PackedMask, Patient, Site
from medmask.volume import Volume

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")


def body_of(volume: Volume):
    site = Site(volume.grid)
    patient = Patient().apply(PackedMask.of(volume.above(-190)), site)
    return FillHoles("slices").apply(patient, site).unpacked()


def test_the_hollow_skull_of_a_phantom_is_kept_and_its_cradle_is_not():
    body = body_of(medmask.read(DATA / "ct-gantry-tilt-plus16" / "dicom"))
    # The outline of the skull, some 150 by 185 mm, is about 0.4 of a field of 208 by 208 mm.
    assert 0.37 < body.mean() < 0.45
    assert not body[:, 200:, :16].any()
    assert not body[:, 150:, 500:].any()


def test_the_two_shells_below_a_thigh_are_no_patient():
    volume = medmask.read(DATA / "rtstruct-sts" / "STS_002" / "CT" / "dicom" / "image")
    body = body_of(volume)
    assert not body[:, 120:, 60:].any()  # both shells
    assert body[:, :60, :].mean() > 0.985  # flesh, noise in the fat included


def test_the_table_under_an_abdomen_is_no_patient_and_the_patient_is_whole():
    folder = DATA / "ct-bone-labels-totalseg"
    body = body_of(medmask.read(folder / "example_ct.nii.gz", modality="CT"))
    labels = nibabel.load(folder / "example_seg_fast_force_split.nii.gz")
    organs = np.asarray(labels.dataobj).T > 0
    assert np.count_nonzero(organs & ~body) < 1e-3 * np.count_nonzero(organs)
    assert not body[:, :4, :30].any()  # rows are counted from the back; the table's wings
    assert not body[:, :4, -30:].any()
