import pickle

import pytest

from medmask import errors


def every_error():
    found, stack = [], [errors.MedmaskError]
    while stack:
        kind = stack.pop()
        found.append(kind)
        stack += kind.__subclasses__()
    return found


def test_codes_are_distinct_lower_case_words():
    codes = [kind.code for kind in every_error() if "code" in vars(kind)]
    assert len(codes) == len(set(codes))
    assert all(code == code.lower() and " " not in code for code in codes)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = errors.__doc__
    for kind in every_error():
        assert kind.__name__ in drawn
        if kind not in (errors.MedmaskError, errors.RequestError, errors.ScanError):
            assert kind.code in drawn, kind


@pytest.mark.parametrize("kind", every_error())
def test_errors_cross_process_borders_whole(kind):
    facts = {errors.NoThreshold: ("otsu", "one value")}.get(kind, ("a.nii", "cut", "a whole file"))
    error = kind(*facts)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)


def test_a_scan_error_says_where_what_and_what_would_do():
    said = str(errors.Truncated("a.nii", "4000 of 7680 bytes", "a whole file"))
    assert said == "a.nii: 4000 of 7680 bytes; accepted: a whole file"
