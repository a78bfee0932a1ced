"""Organisers' screens to preview a change of practical information, publish it, and undo it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.content.errors import UserError
from bot.content.i18n import locale_name
from bot.content.names import shortened
from bot.content.stored_texts import decode
from bot.content.texts import Listing, Name, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store, journal_store
from bot.conversation.conflicts import who_was_faster
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.files.pending_import_store import PendingImport, digest_of
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.practical import service, store
from handlers.practical.actions import EDIT_SECTIONS, EditSection, WriteText, subject
from handlers.practical.messages import draw_section
from handlers.practical.model.sections import (
    Section,
    SectionChange,
    decode_changes,
    encode_changes,
)

routes = Routes()

_SHOWN = 10
_GLIMPSE = 200
"""How many characters of a text stand in a comparison of two versions."""
_PART_NAMES: dict[str, Text] = {
    # L10N: a part of a section of practical information, from here on
    "title": _("title"),
    "text": _("text"),
    "files": _("pictures and documents"),
    "link": _("link"),
    "place": _("place"),
    "words": _("search words"),
    "order": _("order"),
}


# --- what a change would do


async def preview(request: Request, change: SectionChange, locale: str, *remarks: Span, again: Button) -> Reply:
    """Show a section as people with the language `locale` would see it after a change, with a button to publish it.

    `remarks` are lines above the section; `again` is the button to change the wording. Nothing is published yet.
    """
    if not change.parts:
        return reply(_("Nothing was changed."), buttons=(*back_to(change), BACK), fresh=True)
    section = await store.find_section(request.tx, change.key)
    after = Section(change.key, change.applied_to(section.parts if section else {}))
    _language, ids = after.files(locale)
    shown = draw_section(after.confirmed or after, locale, await store.files_of(request.tx, ids))
    view = View(
        (
            *remarks,
            Strong(_("This is how it reads in {language}:", language=locale_name(locale, request.locale))),
            "",
            *shown.lines,
            "",
            *(await _will_be_told(request, [change])),
        ),
        (await publish_button(request, [change], _("Publish")), again, *back_to(change), *shown.buttons),
        attachments=shown.attachments,
        place=shown.place,
    )
    return Reply(view, fresh=True)


async def preview_import(request: Request, changes: Sequence[SectionChange], again: Button) -> Reply:
    """Show the `changes` that importing files would make to the sections, with a button that imports them.

    `again` is the button with which the organiser sends other files instead.
    """
    stored = {section.key for section in await store.all_sections(request.tx)}
    lines: list[Span] = []
    for change in changes[:_SHOWN]:
        parts = Listing(tuple(_named(part, request.locale) for part in _in_words(change) if part != "order"))
        if change.key in stored:
            lines.append(_("Changed: {section} ({parts})", section=change.title, parts=parts))
        else:
            lines.append(_("New: {section} ({parts})", section=change.title, parts=parts))
    if (more := len(changes) - _SHOWN) > 0:
        lines.append(_n("and {count} more section", "and {count} more sections", more))
    return reply(
        *lines,
        *(await _will_be_told(request, changes)),
        buttons=(await publish_button(request, changes, _("Import")), again, EDIT_SECTIONS, BACK),
        fresh=True,
    )


async def publish_button(
    request: Request, changes: Sequence[SectionChange], label: Span, *, danger: bool = False
) -> Button:
    """Store changes temporarily, and return the button that publishes them; with `danger`, the button is red."""
    pending = PendingImport(changes, digest_of(changes))
    pending_id = await store.PENDING_CHANGES.add(request.tx, request.participant.id, pending, request.now)
    return Button(label, publish_sections.to(pending_id), style="danger" if danger else "primary")


async def _will_be_told(request: Request, changes: Iterable[SectionChange]) -> Sequence[Span]:
    """Return the line that says how many people will be told of changes; none for nobody."""
    stored = {section.key: section.parts for section in await store.all_sections(request.tx)}
    read = {change.key: change.read_in(stored.get(change.key, {})) for change in changes}
    count = await store.count_readers(request.tx, read, request.now, but=request.participant.id)
    if not count:
        return ()
    line = _n(
        "{count} person who read it in the last 24 hours will be told.",
        "{count} people who read it in the last 24 hours will be told.",
        count,
    )
    return (line,)


def _in_words(change: SectionChange) -> Sequence[str]:
    """Return the parts of a change that are told: all but that a text is confirmed, unless nothing else changes."""
    said = {part: pair for part, pair in change.parts.items() if not part.startswith("unconfirmed.")}
    return [part for part, (before, after) in said.items() if before != after] or [*said]


def _named(part: str, reader: str) -> Span:
    """Return the name of a part in words: «text, English»."""
    kind, _dot, locale = part.partition(".")
    if not locale:
        return _PART_NAMES[kind]
    return _("{part} in {language}", part=_PART_NAMES[kind], language=locale_name(locale, reader))


def back_to(change: SectionChange) -> tuple[Button, ...]:
    """Return the buttons below a published change: to the changed section and to all sections."""
    return Button(_("See the section"), EditSection(change.key)), EDIT_SECTIONS


# --- publishing


@routes.press("zp", who=ORGANISER)
async def publish_sections(request: Request, pending_id: int) -> Reply:
    """Publish previewed changes, which are stored under the id `pending_id`, and notify recent readers of the sections.

    If another organiser changed the same parts meanwhile, nothing is published: both versions are shown, with a button
    to publish this organiser's version anyway.
    """
    pending = await store.PENDING_CHANGES.take(request.tx, pending_id, request.now)
    if pending is None:
        raise UserError(
            _("This was published already, or its preview is more than a day old. Look at the section to be sure."),
            buttons=(EDIT_SECTIONS, BACK),
        )
    await _drop_typed(request)
    return await publish(request, pending.items)


async def _drop_typed(request: Request) -> None:
    """Delete what was kept to be written again, so that the form opens with what is stored from now on."""
    platform, chat = request.account.platform, request.account.form_chat
    dialogue = await dialogue_store.current(request.tx, platform, chat, request.now)
    if dialogue and dialogue.step == dialogue_store.DRAFT_ONLY:
        await dialogue_store.end(request.tx, platform, chat)


async def publish(request: Request, changes: Sequence[SectionChange]) -> Reply:
    """Publish changes, and show the result with a button to undo them. Clashes are shown as in `publish_sections`."""
    before = {section.key for section in await store.all_sections(request.tx)}
    published = await service.publish(request.tx, changes, request.now, by=request.participant.id)
    if published.clashes:
        return await _show_clashes(request, changes, published.clashes)
    summary = await _summary(request, changes, before)
    values = {"changes": encode_changes(change.inverse for change in changes)}
    undo = await record_change(request, _subject(changes), summary, restore_sections.to(), values)
    back = back_to(changes[0]) if len(changes) == 1 else (EDIT_SECTIONS,)
    notified = _n("{count} person is told.", "{count} people are told.", published.told)
    return reply(
        summary,
        *((notified,) if published.told else ()),
        buttons=(*(await _other_languages(request, changes)), undo, *back, BACK),
        toast=_("Saved."),
    )


async def _other_languages(request: Request, changes: Sequence[SectionChange]) -> Sequence[Button]:
    """Return the buttons for a section's text in the languages in which it says something else since this change."""
    section = await store.find_section(request.tx, changes[0].key) if len(changes) == 1 else None
    written = {part.removeprefix("text.") for part in changes[0].parts if part.startswith("text.")}
    if section is None or not written & set(section.locales):
        return ()
    others = [locale for locale in request.settings.gathering.locales if locale not in written]
    return [write_button(section, locale, request.locale) for locale in others]


def write_button(section: Section, locale: str, reader: str) -> Button:
    """Return the button that opens the form for a section's text in `locale`.

    `reader` is the locale of the button's label.
    """
    language = locale_name(locale, reader)
    label = _("Write: {language}", language=language)
    if locale in section.locales:
        label = _("Rewrite: {language}", language=language)
    return Button(label, WriteText(section.key, locale))


async def _summary(request: Request, changes: Sequence[SectionChange], before: Iterable[str]) -> Span:
    """Return what was published, in words; `before` are the keys of the sections before that."""
    if len(changes) > 1:
        return _n("Practical information: {count} section", "Practical information: {count} sections", len(changes))
    [change] = changes
    if change.key not in before:
        return _("Section added: {section}", section=change.title)
    if await store.find_section(request.tx, change.key) is None:
        return _("Section removed: {section}", section=change.title)
    if all(before == after for part in _in_words(change) for before, after in [change.parts[part]]):
        return _("«{section}» confirmed", section=change.title)
    parts = Listing(tuple(_named(part, request.locale) for part in _in_words(change)))
    return _("«{section}» changed: {parts}", section=change.title, parts=parts)


def _subject(changes: Sequence[SectionChange]) -> str:
    """Return the key under which the journal stores changes: the key of one part, of one section, or of many."""
    if len(changes) > 1:
        return subject("")
    [change] = changes
    parts = _in_words(change)
    return subject(f"{change.key}:{parts[0]}" if len(parts) == 1 else change.key)


async def _show_clashes(request: Request, changes: Sequence[SectionChange], clashes: Sequence[SectionChange]) -> Reply:
    """Show who changed the same meanwhile, and both versions; nothing is lost or published."""
    now = {section.key: section.parts for section in await store.all_sections(request.tx)}
    first = clashes[0]
    lines: list[Span] = [await _who_was_faster(request, first)]
    for change in clashes[:_SHOWN]:
        stored = now.get(change.key, {})
        for part in change.clashes(stored)[:_SHOWN]:
            lines.append(Strong(_("{section}, {part}", section=change.title, part=_named(part, request.locale))))
            lines.append(_("Now: {value}", value=_worded(request, part, stored.get(part))))
            lines.append(_("You wrote: {value}", value=_worded(request, part, change.parts[part][1])))
    again = await service.rebased(request.tx, changes)
    return reply(
        *lines,
        buttons=(
            await publish_button(request, again, _("Publish mine anyway")),
            Button(_("See the section"), EditSection(first.key)),
            EDIT_SECTIONS,
            BACK,
        ),
        fresh=True,
    )


async def _who_was_faster(request: Request, change: SectionChange) -> Span:
    """Return the sentence that names who changed the section last, under whichever key the journal has that."""
    keys = [subject(f"{change.key}:{part}") for part in change.parts] + [subject(change.key), subject("")]
    entries = [(await journal_store.last(request.tx, key), key) for key in keys]
    latest = max(((entry.id, key) for entry, key in entries if entry), default=(0, keys[0]))
    return await who_was_faster(request, latest[1])


def _worded(request: Request, part: str, value: Any) -> Span:
    """Return the value of a part in a few words; «–» for none."""
    kind = part.partition(".")[0]
    match kind, value:
        case _, None:
            return "–"
        case "text", lines:
            words = " ".join(plain(decode(line), request.reader) for line in lines)
            return Name(shortened(words, _GLIMPSE))
        case "files", ids:
            return _n("{count} file", "{count} files", len(ids))
        case (("link" | "place"), both):
            return Name(" ".join(filter(None, both)))
    return Name(str(value))


@inverses.declare("zr")
async def restore_sections(request: Request, values: Values) -> Undone:
    """Restore sections as they were before a change. Raises UserError if a section was changed again since."""
    changes = decode_changes(values["changes"])
    published = await service.publish(request.tx, changes, request.now, by=request.participant.id)
    if published.clashes:
        raise changed_since()
    return Undone(buttons=back_to(changes[0]) if len(changes) == 1 else (EDIT_SECTIONS,))
