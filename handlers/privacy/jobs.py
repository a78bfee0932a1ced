"""Makes a page and a JSON file of everything stored about one person, in another process."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.content import i18n
from bot.content.roles import known
from bot.content.stored_texts import decode
from bot.content.texts import ISOLATES, Joined, Localised, Moment, Reader, Span, Territory, Text, _, plain
from bot.content.views import decode_view
from bot.database.engine import Transaction
from bot.files.pictures import MEDIA_TYPES, kind_of
from bot.files.stored_files import Files
from bot.people import role_store
from bot.people.declared import Chapter, Declared, DocumentPart
from bot.people.document import as_json
from bot.people.listed import GENDERS, Gender
from bot.people.naming import platform_name
from handlers.ideas.store.files import IdeaFile, files_of_author
from handlers.navigation.messages import title
from handlers.themes.store import all_themes
from handlers.workshops.store.phases import all_phases

_JSON = "application/json"


def make_files(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return everything stored about a person as an HTML page and as a JSON file; this runs in another process.

    `payload` has the person's data (`document`) and what the page needs besides. The result has `files`: the name,
    content and media type of each file.
    """
    reader = Reader(*payload["reader"])
    page = draw(payload["document"], payload["beside"], reader, payload["files"], payload["gathering"])
    name = plain(_("my-data"), reader)
    files = ((f"{name}.html", page, "text/html"), (f"{name}.json", as_json(payload["document"]), _JSON))
    return {"files": files}


# --- Everything kept about one person as a page: one file of HTML, in their language, to be read, printed and put
#     away.


MOST_BYTES = 2_000_000
"""The largest size in bytes of all photos in one page, which is sent in chats and stored with the conversation."""

_HERE = Path(__file__).parent

_TITLES: Mapping[Chapter, Text] = {
    # L10N: in the document of one's own data, the author of a message
    Chapter.YOU: _("You"),
    Chapter.WRITTEN: _("What you wrote"),
    Chapter.SAID: _("What was said"),
    Chapter.DONE: _("What you did for the gathering"),
    Chapter.NOTED: _("What the bot notes to do its work"),
}


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A photo in the page about a person. `address` is its data URL, '' if the page has only the photo's name."""

    name: str
    address: str


class _ReadableValues:
    """Turns stored values into words for one reader."""

    def __init__(self, reader: Reader, titles: Mapping[str, Span]) -> None:
        self._reader = reader
        self._titles = titles

    def say(self, span: Span) -> str:
        return plain(span, self._reader).translate(ISOLATES)

    def moment(self, written: str) -> str:
        instant = datetime.fromisoformat(written)
        return self.say(Joined((Moment(instant, "date"), ", ", Moment(instant, "time"))))

    def value(self, column: str, row: Mapping[str, Any]) -> str:
        """Return one stored value of a row in words; '' if it needs no words."""
        value = row.get(column)
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
            case "gender":
                return self.say(GENDERS[Gender(value)])
            case "anonymous" | "approves":
                return self.say(_("yes")) if value else ""
            case "present" if isinstance(value, int):
                return self.say(_("yes") if value else _("no"))
            case "role":
                return self.say(self._titles.get(f"{value} {row['scope']}", value))
            case "purpose":
                return self.say(self._titles.get(f"purpose {value}", ""))
            case "theme" | "second_theme" | "phase":
                return self.say(self._titles.get(value, value))
        return "\n".join(self._said(value))

    def _said(self, value: Any) -> Iterator[str]:
        """Return the texts in a stored value, such as a message or the fields of a synthesis."""
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
    """What the page about a person needs besides the person's data.

    `parts` describe the sections of the page. `titles` are the names of themes and phases by key, of the person's roles
    by key and scope, and of purposes. `files` are the files that the person sent with ideas.
    """

    parts: Sequence[DocumentPart]
    titles: Mapping[str, Span]
    files: Sequence[IdeaFile]


async def read(tx: Transaction, person_id: int, declared: Declared, purposes: Mapping[str, Any]) -> Beside:
    """Return what the page about a person needs from the database besides the person's data.

    `purposes` are the encoded words of the purposes for which data are kept, by key.
    """
    titles: dict[str, Span] = {theme.key: Localised(theme.title) for theme in await all_themes(tx)}
    titles |= {phase.key: Localised(phase.title) for phase in await all_phases(tx)}
    for key, scope in await role_store.of_person(tx, person_id):
        role = known().get(key)
        # L10N: in the document of one's own data: a role that does not exist any more
        titles[f"{key} {scope}"] = await title(tx, role, scope) if role else _("A former role")
    titles |= {f"purpose {key}": decode(words) for key, words in purposes.items()}
    return Beside(declared.document, titles, await files_of_author(tx, person_id))


def draw(document: Mapping[str, Any], beside: Beside, reader: Reader, files: Files, gathering: str) -> bytes:
    """Return the HTML page with everything stored about a person, and with the photos of their ideas.

    `document` has the person's data, `beside` titles and files that the page needs too; `gathering` is the gathering's
    name.
    """
    photos = _photos(beside.files, files)
    return _render(document, beside.parts, _ReadableValues(reader, beside.titles), photos, reader.locale, gathering)


def _photos(kept: Sequence[IdeaFile], files: Files) -> Mapping[int, Sequence[EmbeddedPicture]]:
    """Return the photos of the person's ideas, by idea id; photos for which there is no room are only named."""
    shown: dict[int, list[EmbeddedPicture]] = {}
    room = MOST_BYTES
    for row in kept:
        if not row.picture:
            continue
        address = ""
        if row.size <= room:
            try:
                content = files.read(row.digest)
            except FileNotFoundError:  # the files were not restored with the database
                content = b""
            if kind := kind_of(content):
                address = f"data:{MEDIA_TYPES[kind]};base64,{b64encode(content).decode()}"
                room -= len(content)
        shown.setdefault(row.idea_id, []).append(EmbeddedPicture(row.name, address))
    return shown


def _render(
    document: Mapping[str, Any],
    parts: Sequence[DocumentPart],
    words: _ReadableValues,
    photos: Mapping[int, Sequence[EmbeddedPicture]],
    locale: str,
    gathering: str,
) -> bytes:
    from bot.content.templates import templates  # only who asks for a page loads what draws it

    # A chapter begins with what there is to read, and ends with what is only counted.
    in_order = sorted((part for part in parts if document[part.name]), key=lambda part: not part.told)
    chapters = [
        (
            words.say(_TITLES[chapter]),
            [_part(part, document[part.name], words, photos) for part in in_order if part.chapter is chapter],
        )
        for chapter in Chapter
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
                _(
                    "The JSON file that comes with this page holds the same for programs, and some numbers that"
                    " only they use."
                )
            ),
            only_named=words.say(_("too large for this page: it is kept with your idea")),
            chapters=[(title, parts) for title, parts in chapters if parts],
        )
    )
    return page.encode()


def _part(
    part: DocumentPart,
    rows: Sequence[Mapping[str, Any]],
    words: _ReadableValues,
    photos: Mapping[int, Sequence[EmbeddedPicture]],
) -> dict[str, Any]:
    told = []
    for row in rows if part.told else ():
        said = words.value(part.said, row) if part.said else ""
        facts = [
            (words.say(label), value) for column, label in part.facts.items() if (value := words.value(column, row))
        ]
        pictures = photos.get(row["id"], ()) if part.name == "ideas" else ()
        if said or pictures or (facts and not part.said):
            told.append({"said": said, "facts": facts, "pictures": pictures})
    return {"title": words.say(part.title), "count": len(rows), "told": told}
