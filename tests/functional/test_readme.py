import re
import subprocess
import sys

from medmask.recipe import loads
from tests.functional.commands import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_in_the_readme_run():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("(48, 256, 256) ")


def test_the_recipes_in_the_readme_are_understood():
    pages = [README, *(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))]
    texts = [text for page in pages for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    assert texts
    assert {loads(text, "readme.yaml").name for text in texts} == {"mine"}


def test_every_file_that_the_readme_links_to_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert all((ROOT / link).exists() for link in links), links
