"""A message comes out of the outbox as it was put in."""

from __future__ import annotations

import pytest

from bot.delivery.content import LARGEST_FILE, pack, unpack
from bot.texts import Name, Strong, _
from bot.views import Button, File, Picture, Raw, View

VIEW = View(
    (_("Hello {name}.", name=Strong(Name("Zoé"))), "é 🙂"), (Button("Go", Raw("go-moi")), Button("See", url="x"))
)


@pytest.mark.parametrize(
    "view",
    [
        VIEW,
        View(("Here.",), file=File("liste.csv", "é;".encode("utf-8-sig"), "text/csv")),
        View(("Look.",), picture=Picture(b"\x89PNG", _("Your card"), "card.png")),
        View(("Nothing in it.",), file=File("empty.txt", b"", "text/plain")),
    ],
    ids=["words", "file", "picture", "empty"],
)
def test_a_view_comes_back(view: View) -> None:
    assert unpack(*pack(view)) == view


def test_what_does_not_reach_every_platform_is_refused_when_it_is_put_in() -> None:
    with pytest.raises(ValueError, match="at most"):
        pack(View((), file=File("big", bytes(LARGEST_FILE + 1))))
    with pytest.raises(ValueError, match="or a picture"):
        pack(View((), file=File("a", b""), picture=Picture(b"", "")))
