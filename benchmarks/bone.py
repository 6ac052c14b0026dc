"""Judge the preset ct-bone over many kinds of scans whose bone is known.

    python -m benchmarks.bone [--recipe ct-bone] [--only WORD] [-j 2]

Phantoms of five regions of the body (`tests.bone_phantoms`), and a CT with labels
(`benchmarks.bone_real`, where ../shared/data is) at other resolutions, noise and contrast. Seconds
are of the processor, reading left out; missed and extra bone are shares of the true bone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from joblib import Parallel, delayed

from benchmarks.bone_real import real_cases
from medmask.labels import Label
from medmask.pipeline import segment
from medmask.recipe import load
from medmask.volume import Volume
from tests.bone_phantoms import REGIONS, Scan, Truth

Made = Callable[[], tuple[Volume, Truth]]

FINE, MIDDLE, THICK = (2.0, 1.0, 1.0), (1.5, 1.5, 1.5), (5.0, 1.0, 1.0)
SCANS = {
    **{f"1.5 mm noise {noise}": Scan(MIDDLE, noise) for noise in (15, 40, 60, 80)},
    "2/1 mm noise 15": Scan(FINE, 15.0),
    "2/1 mm noise 60": Scan(FINE, 60.0),
    "2/1 mm noise 40 grain 1": Scan(FINE, 40.0, 1.0),
    "3 mm": Scan((3.0, 3.0, 3.0)),
    "5/1 mm": Scan(THICK),
    "1.5 mm turned": Scan(turned_degrees=15.0),
    "1.5 mm soft": Scan(blur_mm=0.9),
}
TRUNK = ("abdomen", "chest", "pelvis")
BODIES: dict[str, dict[str, float]] = {
    **{f"contrast {hu}": {"contrast": hu} for hu in (150, 250, 350, 450)},
    "marrow -50": {"marrow": -50.0},
    "marrow 80": {"marrow": 80.0},
    "thin cortex": {"cortex": 450.0, "marrow": 90.0},
}


@dataclass(frozen=True)
class Verdict:
    """How a mask overlaps with the true bone.

    Attributes
    ----------
    name : str
    dice, missed, extra : float
        Missed and extra bone as shares of the true one.
    seconds : float
        Of the processor.
    doubts : str
        Codes of flags and warnings.
    """

    name: str
    dice: float
    missed: float
    extra: float
    seconds: float
    doubts: str

    def __str__(self) -> str:
        """Return a row of the table."""
        shares = f"{self.dice:7.3f}{self.missed:8.3f}{self.extra:7.3f}"
        return f"{self.name:44}{shares}{self.seconds:7.1f}  {self.doubts}"


def main() -> None:
    """Print a table of overlaps."""
    asked = _arguments()
    cases = {name: made for name, made in _cases().items() if asked.only in name}
    verdicts = Parallel(n_jobs=asked.jobs, return_as="generator")(
        delayed(judged)(name, made, asked.recipe) for name, made in cases.items()
    )
    print(f"{'scan':44}{'Dice':>7}{'missed':>8}{'extra':>7}{'s':>7}  doubts")
    found: list[Verdict] = []
    for verdict in verdicts:
        found.append(verdict)
        print(verdict, flush=True)
    for kind in ("phantom", "real"):
        overlaps = [verdict.dice for verdict in found if verdict.name.startswith(kind)]
        if overlaps:
            mean = np.mean(overlaps)
            print(f"{kind:44}{mean:7.3f} mean, {min(overlaps):.3f} least of {len(overlaps)}")


def judged(name: str, made: Made, recipe: str) -> Verdict:
    """Mask the bone of a scan, and compare it with the true one."""
    volume, truth = made()
    began = time.process_time()
    result = segment(volume, load(recipe))
    seconds = time.process_time() - began
    found = result.labels.where(Label.BONE)
    count, both, drawn = (np.count_nonzero(mask) for mask in (found, found & truth, truth))
    doubts = ",".join(doubt.code for doubt in (*result.flags, *result.warnings))
    shares = 2 * both / (count + drawn), 1 - both / drawn, (count - both) / drawn
    return Verdict(name, *shares, seconds, doubts)


def _cases() -> dict[str, Made]:
    cases: dict[str, Made] = {}
    for region in REGIONS:
        for name, scan in SCANS.items():
            cases[f"phantom {region} {name}"] = partial(scan.of, region)
    for region in TRUNK:
        for name, how in BODIES.items():
            cases[f"phantom {region} 1.5 mm {name}"] = partial(Scan().of, region, **how)
        noisy, thick = Scan(noise_hu=40.0), Scan(THICK)
        cases[f"phantom {region} 1.5 mm contrast 350 noise 40"] = partial(
            noisy.of, region, contrast=350.0
        )
        cases[f"phantom {region} 5/1 mm contrast 300"] = partial(thick.of, region, contrast=300.0)
    cases["phantom head 0.6 mm noise 60"] = partial(Scan((0.6, 0.6, 0.6), 60.0).of, "head")
    return {**cases, **real_cases()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="ct-bone")
    parser.add_argument("--only", default="", metavar="WORD", help="of the names in the table")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
