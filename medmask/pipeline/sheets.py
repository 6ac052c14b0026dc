"""A scan's contact sheets as files that keep to a weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medmask.grid import Grid
from medmask.overlay import Coder, ContactSheet, Subject, annotation_sheets, planes_of
from medmask.writers import webp, webp_masks

SLICES = 24  # of a plane, unless more or fewer are asked for
VOLUME_BYTES = 350_000  # for that many slices; more may weigh more in proportion
FILM_BYTES = 2_000_000
_SIZES_PX, _QUALITIES = (320, 256, 192, 128, 96), (60, 45, 30)
_FILM_SIZES_PX, _FILM_QUALITIES = (16000, 4096, 2048, 1024), (75, 60, 45)


@dataclass(frozen=True, eq=False)
class Sheets:
    """Contact sheets of one scan, encoded.

    Attributes
    ----------
    layouts : tuple of ContactSheet
        Of the planes.
    files : mapping of str to bytes
        WebP files by their names below the scan's folder.
    """

    layouts: tuple[ContactSheet, ...]
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, subject: Subject, coder: Coder, slices: int = SLICES) -> Sheets:
        """Draw a scan so that the files weigh no more than they may.

        Parameters
        ----------
        subject : Subject
        coder : Coder
            Of the subject's volume.
        slices : int
            Of each plane at most, 1 or more; a film has one picture.

        Returns
        -------
        Sheets
            What is too heavy loses quality first, then size, then slices. One slice a plane of
            the least size weighs less than its uncompressed 30 kB.
        """
        film = subject.volume.grid.is_2d
        most = FILM_BYTES if film else max(VOLUME_BYTES, VOLUME_BYTES * slices // SLICES)
        for layouts, qualities in _layouts(subject, slices):
            masks = dict(_masks(subject, layouts))
            greys = {grey_file(each): each.greys(coder) for each in layouts}
            for quality in qualities:
                lossy = {name: webp(grey, quality) for name, grey in greys.items()}
                sheets = cls(layouts, lossy | masks)
                if sheets.weight <= most:
                    return sheets
        return sheets

    @property
    def weight(self) -> int:
        """Bytes in all."""
        return sum(map(len, self.files.values()))


def grey_file(layout: ContactSheet) -> str:
    """Return the name of a plane's sheet of greys."""
    return f"review/{layout.plane.name}.webp"


def mask_files(subject: Subject, layout: ContactSheet) -> list[str]:
    """Return the names of a plane's sheets of masks: labels, then annotations."""
    count = 1 + len(annotation_sheets(subject.annotations))
    return [f"review/{layout.plane.name}-masks-{n + 1}.webp" for n in range(count)]


def _layouts(
    subject: Subject, slices: int
) -> Iterator[tuple[tuple[ContactSheet, ...], tuple[int, ...]]]:
    """Yield ever smaller layouts, each with the qualities to try it in."""
    grid = subject.volume.grid
    if grid.is_2d:
        for longest_px in _FILM_SIZES_PX:
            yield (ContactSheet.film(grid, longest_px),), _FILM_QUALITIES
        return
    for longest_px in _SIZES_PX:
        yield _three_planes(grid, slices, longest_px), _QUALITIES
    while slices > 1:
        slices //= 2
        yield _three_planes(grid, slices, _SIZES_PX[-1]), _QUALITIES[-1:]


def _three_planes(grid: Grid, slices: int, longest_px: int) -> tuple[ContactSheet, ...]:
    return tuple(ContactSheet.of(grid, plane, slices, longest_px) for plane in planes_of(grid))


def _masks(subject: Subject, layouts: tuple[ContactSheet, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield the sheets of masks."""
    for layout in layouts:
        sheets = [layout.labels(subject.labels)]
        sheets += [layout.annotations(layers) for layers in annotation_sheets(subject.annotations)]
        for name, sheet in zip(mask_files(subject, layout), sheets, strict=True):
            yield name, webp_masks(sheet)
