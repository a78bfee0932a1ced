"""Forms as Discord shows them, field by field."""

from __future__ import annotations

from typing import Any, ClassVar

from bot.content.forms import Composition, Form, FormView, Upload, choice, integer, message, territory, text, upload
from bot.content.texts import Reader, Text, _
from bot.content.views import Option
from bot.platforms.discord.modals import draw_form

ENGLISH = Reader("en", "Europe/Paris")


class EveryKind(Form):
    title: ClassVar[Text] = _("Register")
    notice: ClassVar[Text | None] = _("Only the team reads this.")
    story: str = text(_("Your story"), max_length=300, multiline=True, required=False, hint=_("Two sentences"))
    year: int = integer(_("Your year of birth"), minimum=1900, maximum=2100)
    locale: str = choice(_("Your language"), [Option("fr", "Français"), Option("en", "English")])
    list: Upload = upload(_("The list"), endings=(".csv",))


class Plain(Form):
    title: ClassVar[Text] = _("Register")
    territory: str = territory(_("The territory you speak for"))


class Texts(Form):
    title: ClassVar[Text] = _("Import texts")
    files: Composition = message(_("The texts"), files_only=True)


def drawn(form: type[Form], **prefill: str) -> dict[str, Any]:
    return draw_form(FormView(form, "ab-1", prefill, ENGLISH)).to_dict()


def test_a_form_says_whom_it_answers_in_its_custom_id() -> None:
    shown = drawn(EveryKind)
    assert (shown["custom_id"], shown["title"]) == ("ab-1", "Register")


def test_every_kind_of_field_has_its_input() -> None:
    notice, story, year, locale, file = drawn(EveryKind, year="1999", locale="en")["components"]
    assert notice == {"type": 10, "content": "Only the team reads this."}
    assert (story["label"], story["description"]) == ("Your story", "Two sentences")
    assert story["component"] == {
        "type": 4,
        "style": 2,
        "label": None,
        "custom_id": "story",
        "required": False,
        "max_length": 300,
    }
    assert (year["component"]["style"], year["component"]["value"]) == (1, "1999")
    assert [option["default"] for option in locale["component"]["options"]] == [False, True]
    assert (file["component"]["type"], file["component"]["custom_id"]) == (19, "list")


def test_a_form_for_files_asks_for_no_text() -> None:
    [files] = drawn(Texts)["components"]
    assert files["label"] == "The texts"
    assert (files["component"]["type"], files["component"]["custom_id"]) == (19, "files.files")
    assert files["component"]["required"]


def test_what_is_too_long_already_still_opens() -> None:
    [_notice, story, *_rest] = drawn(EveryKind, story="x" * 350)["components"]
    assert story["component"]["max_length"] == 350


def test_a_form_without_notice_begins_with_its_question() -> None:
    [asked] = drawn(Plain)["components"]
    assert asked["component"]["required"]


async def test_no_form_is_kept_in_the_library_s_memory() -> None:
    assert draw_form(FormView(Plain, "ab-1", {}, ENGLISH)).is_finished()
