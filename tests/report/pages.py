"""A page taken apart by the standard library's parser."""

from html.parser import HTMLParser

from medmask.report.page import render
from tests.report.cohorts import FACTS

VOID = frozenset({"meta", "link", "img", "input", "br"})


class Page(HTMLParser):
    """Tags with their attributes, texts by table row, and whether every tag is closed."""

    def __init__(self, outcomes, facts=FACTS):
        super().__init__()
        self.tags, self.rows, self.open, self.text = [], [], [], []
        self.source = render(outcomes, facts).decode()
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if "tr" in self.open:
            self.rows[-1].append(data.strip())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def row_texts(self):
        """Of each scan's row its words, without the heading's row."""
        return [" ".join(filter(None, row)) for row in self.rows[1:]]
