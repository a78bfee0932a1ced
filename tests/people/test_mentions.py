"""Files in which someone who is erased may be named are known, also those that were made to do harm."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.content.stored_views import pack, unpack
from bot.content.texts import _
from bot.content.views import File, Picture, View
from bot.people.mentions import Redaction, Traces

ZOE = Redaction(Traces(names=("Zoé Roy",), texts=("A kitchen for all of us",)))


def packed(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "may"),
    [
        (b"Max Roy;FR", "people.csv", False),
        ("Zoé Roy;FR".encode(), "people.csv", True),
        (packed(sheet=b"<t>Max Roy</t>"), "people.xlsx", False),
        (packed(styles=b"<s/>", sheet=b"<t>A kitchen for all of us</t>"), "ideas.xlsx", True),
        (packed(sheet=b"<t>Max Roy</t>").replace(b"<t>", b"\0\xff\0"), "people.xlsx", False),
        (packed(sheet=b"Max" * 100)[:60] + packed(sheet=b"Max" * 100)[66:], "cut.xlsx", True),
        (packed(one=bytes(30_000_000), two=bytes(30_000_000)), "bomb.xlsx", True),
        (b"%PDF-1.7", "slides.pdf", True),
    ],
    ids=["table", "table of them", "workbook", "workbook of theirs", "odd", "damaged", "bomb", "closed"],
)
def test_a_file_may_name_someone_where_it_does_or_cannot_be_looked_through(
    content: bytes, name: str, may: bool
) -> None:
    assert ZOE.may_hold(content, name) is may


def test_what_files_are_called_stays_a_text_and_names_nobody() -> None:
    files = File(_("doors.pdf"), b"%PDF"), File("Zoé Roy.pdf", b"%PDF"), Picture(b"\x89PNG", "Zoé Roy", _("group.png"))
    content, carried = pack(View(("Look.",), attachments=files))
    doors, named, picture = unpack(ZOE.stored_view(content), carried).attachments
    assert (doors.name, picture.name) == (_("doors.pdf"), _("group.png"))
    assert "Zoé" not in str(named.name)
    assert "Zoé" not in str(picture)
