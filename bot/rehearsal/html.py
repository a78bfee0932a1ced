"""HTML as a tree, in which tests and rehearsals find elements by tag, attribute and class, and read their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"img", "input", "link", "meta", "br", "hr", "path", "rect", "circle"})


@dataclass
class Element:
    """An element of a page; `inside` holds its child elements and texts, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def get(self, attribute: str, default: str = "") -> str:
        """Return the value of an attribute, or `default` if the element lacks the attribute."""
        return self.attributes.get(attribute, default)

    def walk(self) -> Iterator[Element]:
        """Yield this element and all elements below it, in the order of the page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [child for child in reversed(element.inside) if isinstance(child, Element)]

    def all(self, tag: str = "", *, css: str = "", **attributes: str) -> list[Element]:
        """Return the elements, this one included, with this tag, class (`css`) and attributes; '' stands for any.

        A name of an attribute may end in an underscore, as in `class_`.
        """
        return [
            element
            for element in self.walk()
            if tag in ("", element.tag)
            and (not css or css in element.get("class").split())
            and all(element.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def first(self, tag: str = "", *, css: str = "", **attributes: str) -> Element | None:
        """Return the first element that `all` would return, None if there is none."""
        return next(iter(self.all(tag, css=css, **attributes)), None)

    @property
    def text(self) -> str:
        """The text inside the element, without that of hidden elements."""
        return "".join(
            child if isinstance(child, str) else child.text
            for child in self.inside
            if isinstance(child, str) or "hidden" not in child.attributes
        )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parse(text: str) -> Element:
    """Return the root of the tree for a page. Raises AssertionError if an element is not closed in order."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert len(builder.open) == 1, f"<{builder.open[-1].tag}> is never closed"
    return builder.open[0]
