"""HTML as a tree, in which tests and rehearsals find elements by tag, attribute and class, and read their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

_VOID = frozenset({"img", "input", "link", "meta", "br", "hr", "path", "rect", "circle"})
_WRITTEN = r"""((?:[^"'>]+|"[^"]*"|'[^']*')*+)"""
_TAG = re.compile(
    rf"<!--.*?-->|<![^>]*>|<(script|style)\b{_WRITTEN}>(.*?)</\1>|<(/?)([a-z][^\s/>]*){_WRITTEN}>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


@dataclass(slots=True)
class Element:
    """An unchangeable element of an HTML page; `inside` holds its child elements and texts, in order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)
    _walked: list[Element] | None = field(default=None, compare=False, repr=False)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def get(self, attribute: str, default: str = "") -> str:
        """Return the value of an attribute, or `default` if the element lacks the attribute."""
        return self.attributes.get(attribute, default)

    def walk(self) -> Iterator[Element]:
        """Return this element and all elements below it, in the order of the page."""
        if self._walked is None:
            self._walked, waiting = [], [self]
            while waiting:
                element = waiting.pop()
                self._walked.append(element)
                if element.inside:
                    waiting += [child for child in reversed(element.inside) if isinstance(child, Element)]
        return iter(self._walked)

    def all(self, tag: str = "", *, css: str = "", **attributes: str) -> list[Element]:
        """Return the elements, this one included, with this tag, this class (`css`) and these attributes, in a list.

        An empty tag or class stands for any. The name of an attribute may end in an underscore, as in `class_`.
        """
        return list(self._matching(tag, css, attributes))

    def _matching(self, tag: str, css: str, attributes: dict[str, str]) -> Iterator[Element]:
        wanted = [(name.rstrip("_"), value) for name, value in attributes.items()]
        for element in self.walk():
            if tag and tag != element.tag:
                continue
            if css and css not in element.get("class").split():
                continue
            if all(element.get(name) == value for name, value in wanted):
                yield element

    def first(self, tag: str = "", *, css: str = "", **attributes: str) -> Element | None:
        """Return the first element, this one included, with this tag, this class (`css`) and these attributes.

        An empty tag or class stands for any. Returns None if there is no such element.
        """
        return next(self._matching(tag, css, attributes), None)

    @property
    def text(self) -> str:
        """Return the text inside the element, without the text of hidden elements."""
        return "".join(
            child if isinstance(child, str) else child.text
            for child in self.inside
            if isinstance(child, str) or "hidden" not in child.attributes
        )


def parse(text: str) -> Element:
    """Return the root element of an HTML page that a program wrote.

    Faults that a browser would repair are not repaired. Raises AssertionError if an element is not closed in order.
    """
    document = Element("document")
    opened, inside = [document], document.inside
    end = 0
    for match in _TAG.finditer(text):
        if match.start() > end:
            inside.append(unescape(text[end : match.start()]))
        end = match.end()
        verbatim, its_attributes, content, closing, tag, written = match.groups()
        if verbatim:
            inside.append(Element(verbatim.lower(), _attributes(its_attributes), [content] if content else []))
            continue
        if tag is None:  # a comment, or what the document says of its type
            continue
        tag = tag.lower()
        if closing:
            assert opened[-1].tag == tag, f"</{tag}> closes <{opened[-1].tag}>"
            opened.pop()
            inside = opened[-1].inside
            continue
        element = Element(tag, _attributes(written))
        inside.append(element)
        if tag not in _VOID and not written.endswith("/"):
            opened.append(element)
            inside = element.inside
    if end < len(text):
        inside.append(unescape(text[end:]))
    assert len(opened) == 1, f"<{opened[-1].tag}> is never closed"
    return document


@lru_cache(maxsize=4096)  # a page is much like the one before
def _attributes(written: str) -> Mapping[str, str]:
    return {
        name.lower(): unescape(quoted or otherwise or plain)
        for name, quoted, otherwise, plain in _ATTRIBUTE.findall(written)
    }
