"""Organisers' screens of practical information: all sections, one of them, and forms to change each part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bot.content import markdown
from bot.content.actions import Action
from bot.content.addresses import leads_somewhere, with_scheme
from bot.content.errors import Stale, UserError
from bot.content.forms import Composition, Form, Incomplete, message, text
from bot.content.i18n import LOCALES, locale_name
from bot.content.stored_texts import encode
from bot.content.texts import Listing, Name, Reader, Span, Text, _, _n, plain
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.files.uploads import remarks
from handlers.navigation.actions import BACK
from handlers.practical import store
from handlers.practical.actions import EDIT_SECTIONS, EditSection, EditSections, WriteText
from handlers.practical.messages import USUAL, draw_section
from handlers.practical.model.sections import (
    EVERY_LANGUAGE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_SECTIONS,
    Lines,
    Section,
    addresses_in,
    change,
    is_web_address,
    length_of,
    new_key,
    read_coordinates,
    removal,
)
from handlers.practical.organiser.importing import ImportSections
from handlers.practical.organiser.printing import ChooseSheet
from handlers.practical.organiser.publishing import preview, preview_removal, publish, write_button

routes = Routes()


class AddSection(Action):
    """The button that opens the form for a new section."""

    code: ClassVar[str] = "za"


class WriteTitles(Action):
    """The button that opens the form for a section's titles."""

    code: ClassVar[str] = "zti"
    section: str


class SetSectionLink(Action):
    """The button that opens the form for a section's link."""

    code: ClassVar[str] = "zl"
    section: str


class SetPlace(Action):
    """The button that opens the form for a section's address and place on the map."""

    code: ClassVar[str] = "zm"
    section: str


class SetWords(Action):
    """The button that opens the form for further words by which a section is found."""

    code: ClassVar[str] = "zw"
    section: str


class DropText(Action):
    """The button that removes a section's text in one language; `section` is its key."""

    code: ClassVar[str] = "ztx"
    section: str
    locale: str


class DropSectionFiles(Action):
    """The button that takes the files in one language («» for those of every language) off a section."""

    code: ClassVar[str] = "zfx"
    section: str
    locale: str


class ShareFiles(Action):
    """The button that makes a section's files in one language those of every language."""

    code: ClassVar[str] = "zf"
    section: str
    locale: str


class MoveUp(Action):
    """The button that moves a section before the one above it."""

    code: ClassVar[str] = "zu"
    section: str


class RemoveSection(Action):
    """The button that asks for confirmation before a section is removed."""

    code: ClassVar[str] = "zrm"
    section: str


@dataclass(frozen=True, slots=True)
class SectionForm(Form):
    """The form for a new section: its title and its text, in the language of whoever writes it."""

    title: ClassVar[Text] = _("A new section")
    name: str = text(_("Its title"), max_length=LONGEST_TITLE, hint=_("For instance «Cloakroom»."))
    words: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("What is to be known"), hint=_("As it should look: text, a picture, a document.")
    )


@dataclass(frozen=True, slots=True)
class SectionTextForm(Form):
    """The form for a section's text in one language, with pictures or documents."""

    title: ClassVar[Text] = _("The text of the section")
    words: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("What is to be known"), hint=_("Files you attach replace those in this language.")
    )


@dataclass(frozen=True, slots=True)
class SectionTitleForm(Form):
    """The form for a section's title in each language; a language that is left empty is shown another one."""

    title: ClassVar[Text] = _("The title of the section")
    fr: str = text(_("Title in French"), max_length=LONGEST_TITLE, required=False)
    en: str = text(_("Title in English"), max_length=LONGEST_TITLE, required=False)
    de: str = text(_("Title in German"), max_length=LONGEST_TITLE, required=False)


@dataclass(frozen=True, slots=True)
class SectionLinkForm(Form):
    """The form for the label and the address of a section's link."""

    title: ClassVar[Text] = _("A link button")
    label: str = text(_("What does the button say?"), max_length=LONGEST_TITLE, required=False)
    url: str = text(_("Where does it lead?"), max_length=500, required=False, hint=_("https://… Empty: no button."))


@dataclass(frozen=True, slots=True)
class PlaceForm(Form):
    """The form for a section's address in words, and its place on the map."""

    title: ClassVar[Text] = _("The place on the map")
    address: str = text(_("The address in words"), max_length=200, required=False)
    where: str = text(
        _("Where on the map?"),
        max_length=500,
        required=False,
        hint=_("Coordinates like «48.8897, 2.3711», or the https:// address of a map."),
    )


@dataclass(frozen=True, slots=True)
class SearchWordsForm(Form):
    """The form for further words by which a section is found."""

    title: ClassVar[Text] = _("Words that find the section")
    words: str = text(
        _("By which words do people look for it?"),
        max_length=500,
        required=False,
        hint=_("Separated by commas, in any language."),
    )


# --- all sections, and one


async def count_spared(request: Request) -> View:
    """Return the part of the organisers' screen: how many questions were answered, and the button to the sections."""
    spared = await store.count_spared(request.tx)
    line = _n(
        "Practical information answered {count} question.",
        "Practical information answered {count} questions.",
        spared,
    )
    return View((line,) if spared else (), (Button(_("Practical information"), EditSections()),))


@routes.action(EditSections, who=ORGANISER)
async def edit_sections(request: Request, _action: EditSections) -> Reply:
    """List all sections, with the languages that they lack, and how many questions they answered."""
    sections = await store.all_sections(request.tx)
    counts = await store.answer_counts(request.tx)
    lines: list[Span] = [_("What people read with /infos, and what answers their questions before you have to:")]
    for section in sections:
        if missing := [locale for locale in request.settings.gathering.locales if locale not in section.locales]:
            names = Listing(tuple(locale_name(locale, request.locale) for locale in missing))
            lines.append(_("{section}: no text in {languages}", section=section.title, languages=names))
    if offered := sum(count.offered for count in counts):
        lines += ["", _counted(offered, sum(c.spared for c in counts), sum(c.passed_on for c in counts))]
    return reply(
        *(lines if sections else (_("There is no practical information yet."),)),
        buttons=(
            *(Button(section.title, EditSection(section.key)) for section in sections),
            Button(_("Add a section"), AddSection(), style="plain" if sections else "primary"),
            Button(_("Import texts"), ImportSections()),
            *((Button(_("A sheet for the doors"), ChooseSheet()),) if sections else ()),
            BACK,
        ),
    )


def _counted(offered: int, spared: int, passed_on: int) -> Span:
    return _n(
        "Offered for {count} question; answered: {spared}, gone on to the team: {passed}.",
        "Offered for {count} questions; answered: {spared}, gone on to the team: {passed}.",
        offered,
        spared=spared,
        passed=passed_on,
    )


@routes.action(EditSection, who=ORGANISER)
async def edit_section(request: Request, action: EditSection) -> Reply:
    """Show a section as participants read it, with buttons to change it. Raises UserError if it was removed."""
    section = await _find(request, action.section)
    is_first = (await store.all_sections(request.tx))[0] == section
    _language, ids = section.files(request.locale)
    shown = draw_section(section, request.locale, await store.files_of(request.tx, ids))
    lines = [*shown.lines]
    if section.words:
        lines.append(_("Also found by: {words}", words=Name(section.words)))
    counts = [count for count in await store.answer_counts(request.tx) if count.key == section.key]
    lines += [_counted(count.offered, count.spared, count.passed_on) for count in counts]
    return Reply(
        replace(shown, lines=tuple(lines), buttons=(*shown.buttons, *_changing(request, section, is_first=is_first)))
    )


def _changing(request: Request, section: Section, *, is_first: bool) -> Sequence[Button]:
    """Return the buttons that change a section; the first one has none above it."""
    key = section.key
    buttons = [write_button(section, locale, request.locale) for locale in request.settings.gathering.locales]
    for own in (part.partition(".")[2] for part in sorted(section.parts) if part.startswith("files.")):
        if own == EVERY_LANGUAGE:
            buttons.append(Button(_("Remove the files"), DropSectionFiles(key, own)))
        else:
            language = locale_name(own, request.locale)
            buttons.append(Button(_("Remove files: {language}", language=language), DropSectionFiles(key, own)))
            # L10N: a button: the pictures that are for readers of one language are for everyone from now on
            buttons.append(Button(_("These files for everyone"), ShareFiles(key, own)))
    return (
        *buttons,
        # L10N: a button: change the title of a section
        Button(_("Title"), WriteTitles(key)),
        # L10N: a button: change the link of a section
        Button(_("Link"), SetSectionLink(key)),
        # L10N: a button: change the address and place of a section
        Button(_("Map"), SetPlace(key)),
        Button(_("Search words"), SetWords(key)),
        # L10N: a button: move a section before the one above it
        *(() if is_first else (Button(_("Move up"), MoveUp(key)),)),
        *(
            Button(_("Drop: {language}", language=locale_name(locale, request.locale)), DropText(key, locale))
            for locale in request.settings.gathering.locales
            if locale in section.locales
        ),
        Button(_("Remove the section"), RemoveSection(key), style="danger"),
        EDIT_SECTIONS,
        BACK,
    )


async def _find(request: Request, key: str) -> Section:
    section = await store.find_section(request.tx, key)
    if section is None:
        raise UserError(_("This section was removed."), buttons=(EDIT_SECTIONS, BACK))
    return section


# --- texts, with pictures and documents


@routes.action(AddSection, who=ORGANISER, form=SectionForm)
async def add_section(request: Request, _action: AddSection, form: SectionForm) -> Reply:
    """Show a new section as it would read, with a button to publish it."""
    sections = await store.all_sections(request.tx)
    if len(sections) >= MOST_SECTIONS:
        raise UserError(
            _("There are {most} sections, as many as there may be. Remove one first.", most=MOST_SECTIONS),
            buttons=(EDIT_SECTIONS,),
        )
    key = new_key(form.name, (section.key for section in sections))
    order = max((section.order for section in sections), default=0) + 1
    locale = _own_locale(request)
    parts = {"order": order, f"title.{locale}": form.name, **await _written(request, form.words, locale)}
    again = await _again(request, AddSection(), {"name": form.name, "words": markdown.write(form.words.body)})
    return await preview(request, change(None, key, parts), locale, *remarks(form.words.attachments), again=again)


async def _again(request: Request, action: Action, typed: Mapping[str, str]) -> Button:
    """Return the button that opens a form again with what was typed into it, which is kept for a while."""
    account = request.account
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, action.encode(), typed, request.now)
    return Button(_("Write it again"), action)


def _own_locale(request: Request) -> str:
    """Return the language in which an organiser writes: their own, or the gathering's first."""
    locales = request.settings.gathering.locales
    return request.locale if request.locale in locales else locales[0]


async def _text_before(request: Request, action: WriteText) -> Mapping[str, str]:
    section = await store.find_section(request.tx, action.section)
    return {"words": markdown.write(section.lines(action.locale))} if section else {}


async def _section_and_language(request: Request, action: WriteText) -> Span:
    """Return the line above the form for a text: which section it is of, and in which language."""
    section = await store.find_section(request.tx, action.section)
    title = section.title if section else Name(action.section)
    return _("{section}, in {language}", section=title, language=_language(action.locale, request))


@routes.action(WriteText, who=ORGANISER, form=SectionTextForm, before=_text_before, about=_section_and_language)
async def write_text(request: Request, action: WriteText, form: SectionTextForm) -> Reply:
    """Show a section with another text in one language, with a button to publish it."""
    if action.locale not in LOCALES:
        raise Stale
    parts = await _written(request, form.words, action.locale)
    again = await _again(request, action, {"words": markdown.write(form.words.body)} if form.words.body else {})
    return await _preview(request, action.section, parts, action.locale, *remarks(form.words.attachments), again=again)


async def _written(request: Request, content: Composition, locale: str) -> dict[str, Any]:
    """Return the parts of a section that a typed message gives it, after storing its files.

    A message without words leaves the text as it is, one without files the files. Raises Incomplete for a text that is
    too long, or has a link to something else than a web page.
    """
    lines = content.body if any(line != "" for line in content.body) else ()
    if problem := check_lines(lines):
        raise Incomplete("words", problem)
    parts: dict[str, Any] = {f"text.{locale}": [*map(encode, lines)]} if lines else {}
    if content.attachments:
        files = await store.add_files(request.tx, content.view().attachments, request.now)
        parts[f"files.{locale}"] = files
    return parts


def check_lines(lines: Lines) -> Text | None:
    """Return what is wrong with a text for a section, too long or with a link to no web page; None for nothing."""
    if (over := length_of(lines) - LONGEST_TEXT) > 0:
        return _n(
            "{count} character too many (at most {most}). Your text is kept: shorten it and send it again.",
            "{count} characters too many (at most {most}). Your text is kept: shorten it and send it again.",
            over,
            most=LONGEST_TEXT,
        )
    wrong = next((url for url in addresses_in(lines) if not is_web_address(url)), None)
    return _("A link can only lead to a web page, not to «{url}».", url=Name(wrong)) if wrong else None


async def _preview(
    request: Request, key: str, parts: Mapping[str, Any], locale: str, *notices: Span, again: Button
) -> Reply:
    """Show a section with other parts. One that was removed meanwhile would come back with them, under its title."""
    section = await store.find_section(request.tx, key)
    if section is None:
        parts = {**parts, **_titles_of_removed(key)}
        notices = (*notices, _("This section was removed meanwhile. Publishing brings it back with what you wrote."))
    return await preview(request, change(section, key, parts), locale, *notices, again=again)


def _titles_of_removed(key: str) -> Mapping[str, str]:
    """Return titles for a section that is gone: the usual ones, or else its key."""
    if usual := USUAL.get(key):
        return {f"title.{locale}": plain(usual.title, Reader(locale, "UTC")) for locale in LOCALES}
    return {f"title.{LOCALES[0]}": key.replace("_", " ").capitalize()}


@routes.action(DropText, who=ORGANISER)
async def drop_text(request: Request, action: DropText) -> Reply:
    """Show a section without its text in one language, with a button to publish that."""
    section = await _find(request, action.section)
    again = Button(
        _("Write: {language}", language=_language(action.locale, request)), WriteText(section.key, action.locale)
    )
    return await preview(
        request, change(section, section.key, {f"text.{action.locale}": None}), action.locale, again=again
    )


def _language(locale: str, request: Request) -> str:
    if locale not in LOCALES:
        raise Stale
    return locale_name(locale, request.locale)


@routes.action(DropSectionFiles, who=ORGANISER)
async def drop_files(request: Request, action: DropSectionFiles) -> Reply:
    """Take a section's files in one language off, with a button to undo that."""
    section = await _find(request, action.section)
    return await publish_or_not(request, section, {f"files.{action.locale}": None})


@routes.action(ShareFiles, who=ORGANISER)
async def share_files(request: Request, action: ShareFiles) -> Reply:
    """Make a section's files in one language those of every language, with a button to undo that."""
    section = await _find(request, action.section)
    files = section.parts.get(f"files.{action.locale}")
    return await publish_or_not(
        request, section, {f"files.{EVERY_LANGUAGE}": files, f"files.{action.locale}": None} if files else {}
    )


async def publish_or_not(request: Request, section: Section, parts: Mapping[str, Any]) -> Reply:
    """Publish other parts of a section at once; say so where nothing would change."""
    section_change = change(section, section.key, parts)
    if not section_change.parts:
        return reply(_("Nothing was changed."), buttons=(EDIT_SECTIONS, BACK))
    return await publish(request, [section_change])


# --- title, link, place, words, order


async def _titles_before(request: Request, action: WriteTitles) -> Mapping[str, str]:
    section = await store.find_section(request.tx, action.section)
    return section.titles if section else {}


@routes.action(WriteTitles, who=ORGANISER, form=SectionTitleForm, before=_titles_before)
async def write_titles(request: Request, action: WriteTitles, form: SectionTitleForm) -> Reply:
    """Show a section under other titles, with a button to publish them."""
    typed = {"fr": form.fr, "en": form.en, "de": form.de}
    if not any(typed.values()):
        raise Incomplete(request.settings.gathering.locales[0], _("A title is needed in one language at least."))
    parts = {f"title.{locale}": title for locale, title in typed.items()}
    again = await _again(request, action, typed)
    return await _preview(request, action.section, parts, _own_locale(request), again=again)


async def _link_before(request: Request, action: SetSectionLink) -> Mapping[str, str]:
    section = await store.find_section(request.tx, action.section)
    label, url = (section.link if section else None) or ("", "")
    return {"label": label, "url": url}


@routes.action(SetSectionLink, who=ORGANISER, form=SectionLinkForm, before=_link_before)
async def set_link(request: Request, action: SetSectionLink, form: SectionLinkForm) -> Reply:
    """Show a section with another link, or none, with a button to publish it."""
    url = with_scheme(form.url)
    if url and not leads_somewhere(url):
        raise Incomplete("url", _("This is no address of a page. It begins with https://"))
    parts = {"link": [form.label, url] if url else None}
    again = await _again(request, action, {"label": form.label, "url": url})
    return await _preview(request, action.section, parts, _own_locale(request), again=again)


async def _place_before(request: Request, action: SetPlace) -> Mapping[str, str]:
    section = await store.find_section(request.tx, action.section)
    address, where = (section.parts.get("place") if section else None) or ("", "")
    return {"address": address, "where": where}


@routes.action(SetPlace, who=ORGANISER, form=PlaceForm, before=_place_before)
async def set_place(request: Request, action: SetPlace, form: PlaceForm) -> Reply:
    """Show a section with another address or place on the map, with a button to publish it."""
    if form.where and not (read_coordinates(form.where) or leads_somewhere(form.where)):
        raise Incomplete("where", _("Write coordinates like «48.8897, 2.3711», or an address with https://"))
    parts = {"place": [form.address, form.where] if form.address or form.where else None}
    again = await _again(request, action, {"address": form.address, "where": form.where})
    return await _preview(request, action.section, parts, _own_locale(request), again=again)


async def _words_before(request: Request, action: SetWords) -> Mapping[str, str]:
    section = await store.find_section(request.tx, action.section)
    return {"words": section.words if section else ""}


@routes.action(SetWords, who=ORGANISER, form=SearchWordsForm, before=_words_before)
async def set_words(request: Request, action: SetWords, form: SearchWordsForm) -> Reply:
    """Store the further words by which a section is found, with a button to undo that."""
    return await publish_or_not(request, await _find(request, action.section), {"words": form.words})


@routes.action(MoveUp, who=ORGANISER)
async def move_up(request: Request, action: MoveUp) -> Reply:
    """Move a section before the one above it, with a button to undo that. The first one stays where it is."""
    section = await _find(request, action.section)
    sections = list(await store.all_sections(request.tx))
    position = sections.index(section)
    if position == 0:
        return reply(_("It is the first one."), buttons=(EDIT_SECTIONS, BACK))
    sections[position - 1], sections[position] = section, sections[position - 1]
    moves = [change(moved, moved.key, {"order": order}) for order, moved in enumerate(sections, start=1)]
    return await publish(request, [move for move in moves if move.parts])


@routes.action(RemoveSection, who=ORGANISER)
async def remove_section(request: Request, action: RemoveSection) -> Reply:
    """Ask for confirmation before a section is removed."""
    return await preview_removal(request, removal(await _find(request, action.section)))
