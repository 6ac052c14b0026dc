"""Readers: files to a volume, by content, strictly."""

from medmask.readers.arrays import OPENERS, companions, volume_names
from medmask.readers.dicom import (
    Header,
    Series,
    group,
    is_read_annotation,
    moments_in,
    read_header,
    read_identity,
    read_sources,
)
from medmask.readers.options import ReadOptions
from medmask.readers.raster import Raster, read_raster
from medmask.readers.read import READERS, read
from medmask.readers.sniff import sniff
from medmask.readers.survey import Survey, extent_by, survey

__all__ = [
    "OPENERS",
    "READERS",
    "Header",
    "Raster",
    "ReadOptions",
    "Series",
    "Survey",
    "companions",
    "extent_by",
    "group",
    "is_read_annotation",
    "moments_in",
    "read",
    "read_header",
    "read_identity",
    "read_raster",
    "read_sources",
    "sniff",
    "survey",
    "volume_names",
]
