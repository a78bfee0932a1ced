"""Everything kept about one person as a page: one file of HTML, in their language, to be read, printed and put away.

It loads nothing and runs nothing, wherever it is opened; whatever a person wrote is escaped by the template.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.content import i18n
from bot.content.stored_texts import decode
from bot.content.texts import Joined, Localised, Moment, Reader, Span, Territory, Text, _, plain
from bot.content.views import decode_view
from bot.database.engine import Transaction
from bot.files.folder import Files
from bot.files.pictures import MEDIA_TYPES, kind_of
from bot.people.naming import platform_name
from handlers.ideas import file_store
from handlers.ideas.file_store import IdeaFile
from handlers.syntheses.messages import CARD_LABELS
from handlers.themes import store as themes
from handlers.workshops import store as phases

MOST_BYTES = 2_000_000
"""Of photos in one page, together: it goes through chats, and is kept with the conversation it was asked for in."""

_HERE = Path(__file__).parent
_ISOLATES = {0x2068: None, 0x2069: None}

Labels = Mapping[str, Text]
_WHEN: Text = _("When")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one name of the document (`bot.people.document`): its heading, and the columns that are told.

    The first of `told` stands out as what was said. One without columns is only counted: it is for programs to read.
    """

    name: str
    title: Text
    told: tuple[str, ...] = ()
    labels: Labels | None = None


_PERSON: Labels = {
    "given_name": _("First name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "territory": _("Territory"),
    "gender": _("Gender"),
    "birth_year": _("Year of birth"),
    "organisation": _("Organisation or project"),
    "locale": _("Language"),
    "ref": _("Number in the team's list"),
    "created_at": _("Selected"),
    "joined_at": _("Joined"),
}
_COLUMNS: Labels = {
    "about_at": _("About"),
    "anonymous": _("Without your name"),
    "answer": _("The answer"),
    "answered_at": _("Answered"),
    "approves": _("You approve"),
    "called_at": _WHEN,
    "changed_at": _("Changed"),
    "chosen_at": _WHEN,
    "comment": _("Your words"),
    "created_at": _WHEN,
    "day": _("Day"),
    "done_at": _WHEN,
    "due_at": _WHEN,
    "edited_at": _("Changed"),
    "linked_at": _("Since"),
    "marked_at": _("Noted"),
    "name": _("Name"),
    "number": _("Number"),
    "phase": _("Phase"),
    "platform": _("Where"),
    "present": _("Present"),
    "received_at": _WHEN,
    "room": _("Room"),
    "said_at": _WHEN,
    "second_theme": _("Second choice"),
    "seen_at": _WHEN,
    "since": _("Since"),
    "started_at": _WHEN,
    "asked_at": _WHEN,
    "territory": _("Territory"),
    "theme": _("Theme"),
    "title": _("Name"),
    "updated_at": _WHEN,
    "url": _("Address"),
    "author": _("Said by"),
}
_SAID = ("content", "text", "question", "answer", "comment", "what")
"""Columns whose words need no heading before them."""

CHAPTERS: Sequence[tuple[Text, Sequence[Part]]] = (
    (
        _("You"),
        (
            Part("person", _("What was said of you"), tuple(_PERSON), _PERSON),
            Part("accounts", _("Your accounts"), ("platform", "name", "linked_at")),
            Part("choice", _("Your theme"), ("theme", "second_theme", "chosen_at")),
            Part("waiting", _("Waiting lists"), ("theme", "since")),
            Part("groups", _("Your groups"), ("theme", "number", "name", "room")),
            Part("places_of_your_groups", _("Where your groups meet online"), ("platform", "title", "url")),
            Part("attendance", _("Your attendance"), ("day", "present", "marked_at")),
            Part("reminders_asked_for", _("Reminders you asked for"), ("about_at", "due_at")),
            Part("reminders_turned_off", _("Reminders you turned off")),
            Part("kinds_to_be_reminded_of", _("Reminders you turned on")),
            Part("pairs", _("People you should meet or not meet in a group")),
        ),
    ),
    (
        _("What you wrote"),
        (
            Part("ideas", _("Your ideas"), ("text", "phase", "theme", "anonymous", "created_at", "edited_at")),
            Part("files_of_your_ideas", _("Photos and documents of your ideas"), ("name",)),
            Part("questions", _("Your questions to the team"), ("question", "asked_at", "answer", "answered_at")),
            Part("syntheses_you_wrote", _("What you wrote down for your group"), ("content", "phase", "created_at")),
            Part("opinions_on_syntheses", _("What you said of it"), ("comment", "approves", "said_at")),
            Part(
                "territory_cards",
                _("Your territory cards"),
                ("territory", *CARD_LABELS, "updated_at"),
                {**{str(name): label for name, label in CARD_LABELS.items()}},
            ),
            Part("votes", _("Your votes")),
            Part("ideas_you_reported", _("Ideas you reported")),
        ),
    ),
    (
        _("What was said"),
        (
            Part("messages_on_your_page", _("On your personal page"), ("content", "author", "said_at")),
            Part("messages_sent", _("Messages to you"), ("content", "platform", "created_at")),
            Part("messages_received", _("Messages from you"), ("text", "platform", "received_at")),
            Part("messages_about_you", _("Messages to the team about you"), ("content", "created_at")),
            Part("announcements_you_saw", _("Announcements you saw"), ("seen_at",)),
            Part("files_on_your_page", _("Files on your page"), ("name",)),
            Part("files_on_their_way", _("Files on their way to you")),
        ),
    ),
    (
        _("What you did for the gathering"),
        (
            Part("groups_you_facilitate", _("Groups whose workshops you run")),
            Part("phases_you_began_or_write_down", _("Phases you began or write down"), ("phase", "started_at")),
            Part("calls_for_help", _("Calls for help"), ("called_at",)),
            Part("slides_you_confirmed", _("Slides you confirmed")),
            Part("announcements_written", _("Announcements you wrote"), ("content", "created_at")),
            Part("files_you_announced", _("Files you announced"), ("name",)),
            Part("answers_given", _("Your answers to questions"), ("answer", "answered_at")),
            Part("attendance_marked", _("Attendance you noted"), ("day", "marked_at")),
            Part("groups_proposed", _("Groups you asked for"), ("created_at",)),
            Part("programmes_sent", _("Programmes you sent"), ("created_at",)),
            Part("work_asked_for", _("Work you asked the bot for"), ("created_at",)),
            Part("changes_made", _("Changes you made"), ("what", "done_at")),
        ),
    ),
    (
        _("What the bot notes to do its work"),
        (
            Part("changes_about_you", _("Changes about you"), ("what", "done_at")),
            Part("asked_to_say_something", _("When you were asked to say something"), ("asked_at",)),
            Part("links_and_codes", _("Links and codes, as fingerprints")),
            Part("wrong_codes", _("Wrong codes")),
            Part("forms_half_filled", _("Forms half filled")),
            Part("albums_on_their_way", _("Albums on their way")),
            Part("screens_that_change", _("Messages that change by themselves")),
            Part("screens_in_your_chats", _("Answers that stand in your chats")),
            Part("told_what_an_idea_may_be", _("When you were told what an idea may be")),
            Part("answers_for_your_role", _("Answers that only your role may read")),
        ),
    ),
)
"""The whole document, in the order in which it is read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo in the page, as an address that holds it; '' where it is only named."""

    name: str
    address: str


class _Words:
    """Values as one reader reads them."""

    def __init__(self, reader: Reader, titles: Mapping[str, Span]) -> None:
        self._reader = reader
        self._titles = titles

    def say(self, span: Span) -> str:
        return plain(span, self._reader).translate(_ISOLATES)

    def moment(self, written: str) -> str:
        instant = datetime.fromisoformat(written)
        return self.say(Joined((Moment(instant, "date"), ", ", Moment(instant, "time"))))

    def value(self, column: str, value: Any) -> str:
        """One value; '' for nothing to tell."""
        if value is None or value == "":
            return ""
        if column.endswith("_at") or column == "since":
            return self.moment(value)
        match column:
            case "day":
                return self.say(Moment.of_day(date.fromisoformat(value)))
            case "platform":
                return self.say(platform_name(value))
            case "territory":
                return self.say(Territory(value))
            case "locale":
                return i18n.locale_name(value)
            case "author":
                return self.say(_("you") if value == "person" else _("the bot"))
            case "anonymous" | "approves":
                return self.say(_("yes")) if value else ""
            case "present" if isinstance(value, int):
                return self.say(_("yes") if value else _("no"))
            case "theme" | "second_theme" | "phase":
                return self.say(self._titles.get(value, value))
        return "\n".join(self._said(value))

    def _said(self, value: Any) -> Iterator[str]:
        """The words in what was stored: a message, a span, the fields of a synthesis."""
        match value:
            case {"lines": [*_lines]}:
                yield from (self.say(line) for line in decode_view(value).lines if line != "")
            case dict():
                for inner in value.values():
                    yield from self._said(inner)
            case list():
                try:
                    yield self.say(decode(value))
                except ValueError:
                    for inner in value:
                        yield from self._said(inner)
            case None:
                return
            case _:
                yield str(value)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page needs besides the document: what themes and phases are called, and the files of one's ideas."""

    titles: Mapping[str, Span]
    files: Sequence[IdeaFile]


async def read(tx: Transaction, person_id: int) -> Beside:
    """What `draw` needs of the store besides what `bot/people/document.py` collects."""
    titles: dict[str, Span] = {theme.key: Localised(theme.title) for theme in await themes.all_themes(tx)}
    titles |= {phase.key: Localised(phase.title) for phase in await phases.all_phases(tx)}
    return Beside(titles, await file_store.of_author(tx, person_id))


def draw(document: Mapping[str, Any], beside: Beside, reader: Reader, files: Files, gathering: str) -> bytes:
    """The page of what `bot/people/document.py` collected of someone, with the photos of their ideas."""
    photos = _photos(beside.files, files)
    return _render(document, _Words(reader, beside.titles), photos, reader.locale, gathering)


def _photos(kept: Sequence[IdeaFile], files: Files) -> Mapping[int, Sequence[Picture]]:
    """The photos of someone's ideas, by idea: as many as there is room for, the others named."""
    shown: dict[int, list[Picture]] = {}
    room = MOST_BYTES
    for each in kept:
        if not each.picture:
            continue
        address = ""
        if each.size <= room:
            try:
                content = files.read(each.digest)
            except FileNotFoundError:  # the folder was not restored with the database
                content = b""
            if kind := kind_of(content):
                address = f"data:{MEDIA_TYPES[kind]};base64,{b64encode(content).decode()}"
                room -= len(content)
        shown.setdefault(each.idea_id, []).append(Picture(each.name, address))
    return shown


def _render(
    document: Mapping[str, Any],
    words: _Words,
    photos: Mapping[int, Sequence[Picture]],
    locale: str,
    gathering: str,
) -> bytes:
    from bot.content.templates import templates  # only who asks for a page loads what draws it

    chapters = [
        (words.say(title), [_part(part, document[part.name], words, photos) for part in parts if document[part.name]])
        for title, parts in CHAPTERS
    ]
    page = (
        templates(_HERE / "templates")
        .get_template("data_page.html")
        .render(
            lang=locale,
            title=words.say(_("Everything kept about you")),
            gathering=gathering,
            made=words.moment(document["exported_at"]),
            intro=words.say(
                _("The JSON file beside this page holds the same for programs, and some numbers that only they use.")
            ),
            only_named=words.say(_("too large for this page: it is kept with your idea")),
            chapters=[(title, parts) for title, parts in chapters if parts],
        )
    )
    return page.encode()


def _part(
    part: Part, rows: Sequence[Mapping[str, Any]], words: _Words, photos: Mapping[int, Sequence[Picture]]
) -> dict[str, Any]:
    labels = {**_COLUMNS, **(part.labels or {})}
    told = []
    for row in rows if part.told else ():
        said = words.value(part.told[0], row.get(part.told[0])) if part.told[0] in _SAID else ""
        rest = [column for column in part.told if not (column == part.told[0] and column in _SAID)]
        facts = [
            (words.say(labels[column]), value) for column in rest if (value := words.value(column, row.get(column)))
        ]
        pictures = photos.get(row["id"], ()) if part.name == "ideas" else ()
        if said or pictures or (facts and part.told[0] not in _SAID):
            told.append({"said": said, "facts": facts, "pictures": pictures})
    return {"title": words.say(part.title), "count": len(rows), "told": told}
