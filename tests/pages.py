"""What the tests of HTML pages share."""

import html.parser
import re


def text_of(page):
    """The text of a page, which must be whole and need no other file."""
    checked = _Balanced()
    checked.feed(page)
    assert checked.open == []
    assert all(link.startswith("#") for link in checked.links)
    assert "<script" not in page and "@import" not in page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


class _Balanced(html.parser.HTMLParser):
    """Checks that what is opened is closed, in turn."""

    VOID = {"meta", "br"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [v for k, v in attrs if k in ("src", "href") and v]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.links += [v for k, v in attrs if k in ("src", "href") and v]
