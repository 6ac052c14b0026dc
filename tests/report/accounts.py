"""Accounts by hand: what scan.json says of a scan with two planes of a few slices."""

import json

from medmask.report.scan_account import ScanAccount


def plane(name="axial", slices=(9, 5, 1), of=12, masks=("review/axial-masks-1.webp",)):
    return {
        "name": name, "tile_px": [40, 80], "margin_px": 2, "columns": 2, "extent": [60.0, 120.0],
        "sides": ["R", "L", "A", "P"], "slices": list(slices), "of": of,
        "positions_mm": [20.0, 10.0, -0.5][: len(slices)], "grey": f"review/{name}.webp",
        "masks": list(masks),
    }  # fmt: skip


def layer(name="bone", **more):
    looks = {"show": "bone", "colour": "#ffb400", "opacity": 0.4, "style": "fill", "visible": True,
             "sheet": 0, "fill": [1], "outline": [1]}  # fmt: skip
    return {"name": name} | looks | more


def threshold(level, native, **more):
    stability = {"delta_levels": 2.0, "fewer": 0.05, "more": 0.021}
    return {
        "strategy": "fixed", "level": level, "native": native, "fallback": None,
        "candidates": {"fixed": level, "otsu": 50.0, "drop": None}, "stability": stability,
    } | more  # fmt: skip


def document(**more):
    return {
        "recipe": "ct",
        "scale": {"kind": "linear", "slope": 13.0, "intercept": -606.0, "unit": "HU"},
        "thresholds": {"soft_tissue": threshold(32, -190), "bone": threshold(64, 226)},
        "histogram": {
            "low_level": 0.0, "high_level": 100.0, "voxels_per_level": [1000, 10, 100, 1, 0],
            "beyond": 0.0003,
        },
        "review": {
            "thumbnail": "review/thumb.webp", "curve": [[-1000, 8], [0, 128], [1000, 255]],
            "window": {"low": -160.0, "high": 240.0, "inverted": False, "curve": []},
            "layers": [layer(), layer("soft tissue", fill=[0], outline=[0, 1], style="contour")],
            "planes": [plane()],
        },
        "provenance": {"medmask": "0.1.0", "recipe_sha256": "a" * 64, "seconds": {"read": 0.5}},
        "outputs": {"labels.nii.gz": "", "review/axial.webp": ""},
    } | more  # fmt: skip


def account(**more):
    return ScanAccount.model_validate_json(json.dumps(document(**more)))
