"""A message comes out of the outbox as it was put in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.stored_views import LARGEST_FILE, pack, unpack
from bot.content.texts import Name, Strong, _
from bot.content.views import Button, Choice, File, Option, Picture, Raw, View, without_actions

VIEW = View(
    (_("Hello {name}.", name=Strong(Name("Zoé"))), "é 🙂"), (Button("Go", Raw("go-moi")), Button("See", url="x"))
)


@pytest.mark.parametrize(
    "view",
    [
        VIEW,
        View(("Here.",), attachments=(File(_("list.csv"), "é;".encode("utf-8-sig"), "text/csv"),)),
        View(("Look.",), attachments=(Picture(b"\x89PNG", _("Your card"), _("group.png")),)),
        View(("Nothing in it.",), attachments=(File("empty.txt", b"", "text/plain"),)),
        View((), attachments=(Picture(b"PNG", ""), File("a.txt", b""), Picture(b"JPEG", "", "b.jpg"), File("c", b"c"))),
    ],
    ids=["words", "file", "picture", "empty", "several"],
)
def test_a_view_comes_back(view: View) -> None:
    assert unpack(*pack(view)) == view


def test_what_leads_nowhere_is_left_out() -> None:
    options = (Option("1", "One"),)
    view = replace(VIEW, buttons=(*VIEW.buttons, Button("Take", Raw("zt-1"))), choice=Choice(Raw("zp"), options))
    assert without_actions(view, {"zt", "zp"}) == VIEW
    assert without_actions(view, {"go-moi", "z"}).buttons == view.buttons[1:]
    assert without_actions(view, {"go"}) == view
    assert without_actions(view, ()) is view


def test_what_does_not_reach_every_platform_is_refused_when_it_is_put_in() -> None:
    with pytest.raises(ValueError, match="at most"):
        pack(View((), attachments=(File("big", bytes(LARGEST_FILE + 1)),)))


def test_what_an_earlier_version_put_in_comes_out() -> None:
    assert unpack('{"lines": ["Here."], "file": ["a.csv", "text/csv"]}', b"1;2") == View(
        ("Here.",), attachments=(File("a.csv", b"1;2", "text/csv"),)
    )
    assert unpack('{"lines": [], "picture": ["a.png", "Your card"]}', b"PNG") == View(
        (), attachments=(Picture(b"PNG", "Your card", "a.png"),)
    )
