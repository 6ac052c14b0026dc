"""A page taken apart by the standard library's parser."""

import json
from html.parser import HTMLParser

from medmask.report.page import render
from medmask.report.ratings import Said
from medmask.report.triage import Triage
from tests.report.cohorts import FACTS, findings

VOID = frozenset({"meta", "link", "img", "input", "br"})


class Parts(HTMLParser):
    """Tags with their attributes, texts, the page's data, and whether every tag is closed."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.data = None
        self.source = source
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.data = json.loads(data) if data.strip() else self.data
        else:
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def words(self):
        """Return all text, its blanks made single."""
        return " ".join(" ".join(self.text).split())

    def addresses(self):
        return [
            attributes[name]
            for _, attributes in self.tags
            for name in ("href", "src")
            if name in attributes
        ]


class Page(Parts):
    """The cohort page of some outcomes."""

    def __init__(self, outcomes, facts=FACTS, said=None):
        super().__init__(render(Triage.of(findings(outcomes)), facts, said or Said()).decode())

    def rows(self):
        """Return each scan's row as a mapping by column."""
        return [dict(zip(self.data["columns"], row, strict=True)) for row in self.data["rows"]]
