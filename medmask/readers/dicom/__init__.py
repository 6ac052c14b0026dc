"""DICOM: instances and their frames, grouped into series and read as volumes."""

from medmask.readers.dicom.header import Header
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.kinds import is_read_annotation
from medmask.readers.dicom.moments import moments_in
from medmask.readers.dicom.plan import plan_headers, plan_series
from medmask.readers.dicom.series import Series, group
from medmask.readers.dicom.sources import read_identity, read_sources
from medmask.readers.dicom.volume import read_series

__all__ = [
    "Header",
    "Series",
    "group",
    "is_read_annotation",
    "moments_in",
    "plan_headers",
    "plan_series",
    "read_header",
    "read_identity",
    "read_series",
    "read_sources",
]
