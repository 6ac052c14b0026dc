"""A real browser on a real report, or the reason why there is none."""

import shutil

import pytest

from tests.functional.commands import SAMPLES, medmask
from tests.report.browser.visitor import Visitor

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for all tests of a process."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium on PATH: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium):
    """A reader with an empty browser; what its pages asked for and complained of is checked."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    one = Visitor(context)
    yield one
    context.close()
    assert one.complaints == []
    assert one.strays() == []


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory):
    """The output of a run on the samples: done, flagged, skipped and failed scans."""
    output = tmp_path_factory.mktemp("run") / "out"
    done = medmask("run", SAMPLES / "scans", output, "-q", "-j", "2", traced=False)
    assert done.returncode == 1, done.stderr  # one of the samples is broken on purpose
    return output
