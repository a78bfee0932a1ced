"""Organisers' screens to import practical information from Markdown files, with a preview of the changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from bot.content.errors import UserError
from bot.content.forms import Composition, Form, Incomplete, message
from bot.content.i18n import LOCALES
from bot.content.names import fold
from bot.content.stored_texts import encode
from bot.content.texts import Name, Reader, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Reply, reply
from bot.conversation.preloading import Perform
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.files.stored_files import in_thread
from handlers.navigation.actions import BACK
from handlers.practical import store
from handlers.practical.actions import EDIT_SECTIONS
from handlers.practical.files import (
    ENDINGS,
    MOST_BYTES,
    FileProblem,
    ImportedText,
    ImportedTexts,
    ImportRules,
    read_files,
)
from handlers.practical.messages import USUAL
from handlers.practical.model.sections import LONGEST_TITLE, MOST_SECTIONS, Section, SectionChange, change
from handlers.practical.organiser.publishing import preview_import

routes = Routes()

_SHOWN = 10


class TextsForm(Form):
    """The form by which organisers send texts as Markdown files, several at once."""

    title: ClassVar[Text] = _("Import texts")
    files: Composition = message(
        _("Markdown files, such as wifi.fr.md"),
        hint=_("One for each section and language, or one for many sections, each under «# Title»."),
        files_only=True,
    )


@routes.form("zi", TextsForm, who=ORGANISER)
async def take_files(request: Request, form: TextsForm) -> Reply:
    """Show what importing the sent files would change, or every mistake with its line. Nothing is changed yet."""
    if not form.files.attachments:
        raise Incomplete("files", _("Send a file, please: for instance wifi.fr.md."))
    for upload in form.files.attachments:
        if not upload.name.lower().endswith(ENDINGS):
            raise Incomplete("files", _("I cannot read «{name}». Send files like wifi.fr.md.", name=Name(upload.name)))
        if len(upload.content) > MOST_BYTES:
            raise Incomplete("files", _("«{name}» is too large. Divide it into several files.", name=Name(upload.name)))
    files = [(upload.name, upload.content) for upload in form.files.attachments]
    sections = await store.all_sections(request.tx)
    imported = await _read(request, files, _rules(request, sections))
    if imported.problems:
        return _to_correct(imported.problems)
    changes = _changes(sections, imported.texts)
    again = Button(_("Send others"), take_files.to())
    if not changes:
        return reply(_("Nothing was changed."), buttons=(again, EDIT_SECTIONS, BACK), fresh=True)
    if len({section.key for section in sections} | {section_change.key for section_change in changes}) > MOST_SECTIONS:
        raise UserError(
            _("There are {most} sections already, that is the most. Remove one first.", most=MOST_SECTIONS),
            buttons=(EDIT_SECTIONS,),
        )
    return await preview_import(request, changes, again)


async def _read(request: Request, files: Sequence[tuple[str, bytes]], rules: ImportRules) -> ImportedTexts:
    """Read files beside the transaction, because many of them may take long."""

    async def look(_perform: Perform) -> ImportedTexts:
        return await in_thread(lambda: read_files(files, rules))

    digest = hashlib.sha256(repr((files, rules)).encode()).hexdigest()
    return await request.preload(("practical files", digest), look)


def _rules(request: Request, sections: Sequence[Section]) -> ImportRules:
    usual = {
        fold(plain(section.title, Reader(locale, "UTC"))): key for key, section in USUAL.items() for locale in LOCALES
    }
    stored = {fold(title): section.key for section in sections for title in section.titles.values()}
    keys = {*USUAL, *(section.key for section in sections)}
    return ImportRules(request.settings.gathering.locales, sorted(keys), {**usual, **stored})


def _to_correct(problems: Sequence[FileProblem]) -> Reply:
    lines: list[Span] = [
        Strong(
            _n(
                "Nothing is imported: {count} thing to correct.",
                "Nothing is imported: {count} things to correct.",
                len(problems),
            )
        )
    ]
    lines += [
        _("{file}, line {line}: {reason}", file=Name(problem.file), line=problem.line, reason=problem.reason)
        for problem in problems[:_SHOWN]
    ]
    if (more := len(problems) - _SHOWN) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    return reply(
        *lines,
        buttons=(Button(_("Send it again"), take_files.to(), style="primary"), EDIT_SECTIONS, BACK),
        fresh=True,
    )


def _changes(sections: Sequence[Section], texts: Sequence[ImportedText]) -> Sequence[SectionChange]:
    """Return the changes that give sections these texts; new sections come after the others."""
    known = {section.key: section for section in sections}
    order = max((section.order for section in sections), default=0)
    wanted: dict[str, dict[str, Any]] = {}
    for text in texts:
        if text.key not in wanted:
            wanted[text.key] = {}
            if text.key not in known:
                order += 1
                wanted[text.key]["order"] = order
        wanted[text.key] |= _parts(known.get(text.key), text)
    changes = (change(known.get(key), key, parts) for key, parts in wanted.items())
    return [section_change for section_change in changes if section_change.parts]


def _parts(section: Section | None, text: ImportedText) -> Mapping[str, Any]:
    """Return the parts that an imported text gives its section: the text, and a title if it has or needs one."""
    title = text.title
    if not title and not (section and text.locale in section.titles):
        usual = USUAL.get(text.key)
        words = plain(usual.title, Reader(text.locale, "UTC")) if usual else text.key.replace("_", " ").capitalize()
        title = words[:LONGEST_TITLE]
    titled = {f"title.{text.locale}": title} if title else {}
    return {**titled, f"text.{text.locale}": [*map(encode, text.lines)]}


async def offer_form(request: Request) -> Sequence[Button]:  # noqa: ARG001 - what a hook gives
    """Return the button that opens the form for texts, for an organiser who sent a file without being asked."""
    # L10N: a button: what a table is that somebody sent
    return (Button(_("Practical information"), take_files.to()),)
