"""Who and when: what an object tells of its source's patient and study, and nothing more."""

from __future__ import annotations

from typing import Any, Final

_MAY_BE_EMPTY: Final = frozenset(  # PS3.3 C.7.1.1 and C.7.2.1, type 2
    ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID")
)
_KEPT: Final = frozenset(("PatientName", "PatientID", "AccessionNumber"))  # a PACS files by them
_CHECKED: Final = frozenset(("AS", "CS", "DA", "DT", "LO", "SH", "TM"))
_MOMENTS: Final = (  # PS3.3 C.7.6.1, C.7.3.1 and C.7.2.1: the most telling one first
    ("ContentDate", "ContentTime"),
    ("AcquisitionDate", "AcquisitionTime"),
    ("SeriesDate", "SeriesTime"),
    ("StudyDate", "StudyTime"),
)
_UNKNOWN: Final = ("19000101", "000000")  # a date must be there, and today's would tell of the run


def leave_out_unlawful(made: Any) -> None:  # noqa: ANN401 - a pydicom data set
    """Take out of an object what it has from its source and the standard does not allow.

    Such as an age without a unit, or a study id of 20 characters. What must be there stays, empty;
    patient's name and id and the accession number stay as they are, as archives file by them.

    Parameters
    ----------
    made : pydicom.Dataset
        Changed in place; its sequences are not looked into.
    """
    for element in list(made):
        if element.VR not in _CHECKED or element.keyword in _KEPT or _is_lawful(element):
            continue
        if element.keyword in _MAY_BE_EMPTY:
            element.value = ""
        else:
            del made[element.tag]


def moment_of(instance: Any) -> tuple[str, str]:  # noqa: ANN401 - a pydicom data set
    """Return the date and time of a source's content, for an object that is made of it.

    The same input is to give the same bytes, so the clock is not asked.

    Parameters
    ----------
    instance : pydicom.Dataset

    Returns
    -------
    tuple of str
        DA and TM; the first day of 1900 if the source has no lawful date.
    """
    for names in _MOMENTS:
        day, time = (_lawful_text(instance, name) for name in names)
        if day:
            return day, time or _UNKNOWN[1]
    return _UNKNOWN


def _lawful_text(instance: Any, keyword: str) -> str:  # noqa: ANN401
    if not instance.get(keyword) or not _is_lawful(instance[keyword]):
        return ""
    return str(instance[keyword].value)


def _is_lawful(element: Any) -> bool:  # noqa: ANN401 - a pydicom element
    from pydicom.config import RAISE
    from pydicom.valuerep import validate_value

    values = element.value if element.VM > 1 else [element.value]
    try:
        for value in values:
            validate_value(element.VR, str(value), RAISE)
    except ValueError:
        return False
    return True
