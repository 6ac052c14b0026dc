from pathlib import Path

import pytest

from medmask.readers.modality import is_named_as_mask, stem


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.nii.gz", "a"),
        ("a.NII", "a"),
        ("a.b.nii", "a.b"),
        ("a.gz", "a"),
        ("a", "a"),
        ("nii", "nii"),
    ],
)
def test_the_stem_has_no_ending_of_nifti(name, expected):
    assert stem(Path(name)) == expected


@pytest.mark.parametrize("name", ["t1_masked.nii", "segments.nii", "labeling.nii", "heroin.nii"])
def test_words_that_only_begin_like_a_mask_are_scans(name):
    assert not is_named_as_mask(Path(name))
