"""Readers: files to a volume, by content, strictly."""

from medmask.readers.arrays.companions import companions
from medmask.readers.dicom import Header, Series, group, read_header
from medmask.readers.options import ReadOptions
from medmask.readers.read import READERS, read
from medmask.readers.sniff import sniff
from medmask.readers.survey import Survey, survey

__all__ = [
    "READERS",
    "Header",
    "ReadOptions",
    "Series",
    "Survey",
    "companions",
    "group",
    "read",
    "read_header",
    "sniff",
    "survey",
]
