import pytest
from nibabel import nifti1, nifti2

from medmask.readers.arrays.nifti_fields import FIELDS


@pytest.mark.parametrize(("size", "known"), [(348, nifti1), (540, nifti2)])
def test_fields_lie_where_nibabel_finds_them(size, known):
    fields = FIELDS[size]
    assert fields.itemsize == known.header_dtype.itemsize == size
    assert len(fields.names) == 19
    for name in fields.names:
        assert fields.fields[name] == known.header_dtype.fields[name], name
