"""A page taken apart by the standard library's parser."""

import json
from html.parser import HTMLParser

from medmask.report.page import render
from medmask.report.ratings import Said
from medmask.report.triage import Triage
from tests.report.cohorts import FACTS, findings

VOID = frozenset({"meta", "link", "img", "input", "br"})


class Page(HTMLParser):
    """Tags with their attributes, texts, the data of the rows, and whether every tag is closed."""

    def __init__(self, outcomes, facts=FACTS, said=None):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.data = None
        self.source = render(Triage.of(findings(outcomes)), facts, said or Said()).decode()
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

    def rows(self):
        """Return each scan's row as a mapping by column."""
        return [dict(zip(self.data["columns"], row, strict=True)) for row in self.data["rows"]]
