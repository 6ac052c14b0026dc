import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from medmask.cohort.names import is_made_of, scan_id

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


@given(st.text(min_size=1), st.text())
def test_an_id_is_safe_on_every_file_system(source, key):
    name = scan_id(source, key)
    assert SAFE.fullmatch(name)
    assert len(name) <= 80


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), unique=True, min_size=2, max_size=20))
def test_different_scans_have_ids_that_no_file_system_folds_together(scans):
    folded = {unicodedata.normalize("NFC", scan_id(*scan)).casefold() for scan in scans}
    assert len(folded) == len(scans)


@given(st.text(min_size=1), st.text())
def test_an_id_that_is_made_of_its_source_is_known_as_such(source, key):
    assert is_made_of(scan_id(source, key), source)


def test_an_id_that_someone_gave_is_not_made_of_the_source():
    assert not is_made_of("p001", "p001.nii.gz")
    assert not is_made_of("20240131", "p001.nii.gz")
    assert not is_made_of(scan_id("other.nii", ""), "p001.nii.gz")


def test_an_id_reads_like_its_source():
    assert scan_id("site1/CT thorax.nii.gz", "").startswith("site1-CT-thorax-")


def test_undecodable_names_have_ids():
    assert SAFE.fullmatch(scan_id("caf\udce9.nii", ""))


def test_names_that_differ_by_case_or_unicode_form_differ_in_more():
    names = {scan_id(n, "")[-8:] for n in ("caf\u00e9.nii", "cafe\u0301.nii", "CAF\u00c9.nii")}
    assert len(names) == 3
