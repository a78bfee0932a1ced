"""Organisers' screens of practical information: all sections, one section, and forms to change each part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from bot.content import markdown
from bot.content.actions import Action
from bot.content.addresses import leads_somewhere, with_scheme
from bot.content.errors import Stale, UserError
from bot.content.forms import Composition, Form, Incomplete, message, text
from bot.content.i18n import LOCALES, locale_name
from bot.content.stored_texts import encode
from bot.content.texts import Listing, Name, Reader, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation.conflicts import keep_typed
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.files.uploads import remarks
from handlers.appearance.actions import APPEARANCE
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
    confirmation,
    is_web_address,
    length_of,
    new_key,
    read_coordinates,
    removal,
)
from handlers.practical.organiser.importing import take_files
from handlers.practical.organiser.printing import choose_sheet, print_day
from handlers.practical.organiser.publishing import preview, publish, publish_button, write_button

routes = Routes()


class SectionForm(Form):
    """The form for a new section: its title and its text, in the writer's language."""

    title: ClassVar[Text] = _("A new section")
    name: str = text(_("Its title"), max_length=LONGEST_TITLE, hint=_("For instance «Cloakroom»."))
    words: Composition = message(
        _("What people need to know"), hint=_("As it should look: text, a picture, a document.")
    )


class SectionTextForm(Form):
    """The form for a section's text in one language, with pictures or documents."""

    title: ClassVar[Text] = _("The text of the section")
    words: Composition = message(
        _("What people need to know"), hint=_("Files you attach replace those in this language.")
    )


class SectionTitleForm(Form):
    """The form for a section's title in each language. People whose language has no title read another one."""

    title: ClassVar[Text] = _("The title of the section")
    fr: str = text(_("Title in French"), max_length=LONGEST_TITLE, required=False)
    en: str = text(_("Title in English"), max_length=LONGEST_TITLE, required=False)
    de: str = text(_("Title in German"), max_length=LONGEST_TITLE, required=False)


class SectionLinkForm(Form):
    """The form for the label and the address of a section's link."""

    title: ClassVar[Text] = _("A link button")
    label: str = text(_("What does the button say?"), max_length=LONGEST_TITLE, required=False)
    url: str = text(_("Where does it lead?"), max_length=500, required=False, hint=_("https://… Empty: no button."))


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


class SearchWordsForm(Form):
    """The form for the words that find a section in addition to its title."""

    title: ClassVar[Text] = _("Words that find the section")
    words: str = text(
        _("Which words do people use to look for it?"),
        max_length=500,
        required=False,
        hint=_("Separated by commas, in any language."),
    )


# --- all sections, and one


async def count_self_answered(request: Request) -> View:
    """Return the organisers' screen's part that counts the questions answered by sections, with a button to these."""
    spared = await store.count_self_answered(request.tx)
    line = _n(
        "Practical information answered {count} question.",
        "Practical information answered {count} questions.",
        spared,
    )
    return View((line,) if spared else (), (Button(_("Practical information"), EditSections()),))


@routes.press(EditSections, who=ORGANISER)
async def edit_sections(request: Request) -> Reply:
    """List all sections, with the languages in which each has no text, and how many questions each answered."""
    sections = await store.all_sections(request.tx)
    counts = await store.answer_counts(request.tx)
    locales = request.settings.gathering.locales
    lines: list[Span] = [_("What people read with /infos, and what answers their questions before you have to:")]
    to_confirm = await store.sections_to_confirm(request.tx, locales)
    if to_confirm:
        titles = Listing(tuple(section.title for section in to_confirm))
        lines.append(_("Only an example, shown to nobody until one of you confirms it: {sections}", sections=titles))
    for section in sections:
        if missing := [locale for locale in locales if locale not in section.locales]:
            names = Listing(tuple(locale_name(locale, request.locale) for locale in missing))
            lines.append(_("{section}: no text in {languages}", section=section.title, languages=names))
    if offered := sum(count.offered for count in counts):
        lines += ["", _counted(offered, sum(c.spared for c in counts), sum(c.passed_on for c in counts))]
    return reply(
        *(lines if sections else (_("There is no practical information yet."),)),
        buttons=(
            # L10N: a button: look at the first text that the example brought, to confirm or to rewrite it
            *(Button(_("Read them"), EditSection(each.key), style="primary") for each in to_confirm[:1]),
            *(Button(section.title, EditSection(section.key)) for section in sections if section not in to_confirm[:1]),
            Button(_("Add a section"), add_section.to(), style="plain" if sections else "primary"),
            Button(_("Import texts"), take_files.to()),
            *(
                (Button(_("A poster for the doors"), choose_sheet.to()),)
                if any(each.confirmed for each in sections)
                else ()
            ),
            Button(_("The day itself, on one page"), print_day.to()),
            APPEARANCE,
            BACK,
        ),
        again=EditSections(),
    )


def _counted(offered: int, spared: int, passed_on: int) -> Span:
    return _n(
        "Offered for {count} question; answered: {spared}, gone on to the team: {passed}.",
        "Offered for {count} questions; answered: {spared}, gone on to the team: {passed}.",
        offered,
        spared=spared,
        passed=passed_on,
    )


@routes.press(EditSection, who=ORGANISER)
async def edit_section(request: Request, section_key: str) -> Reply:
    """Show a section as participants read it, with buttons to change it. Raises UserError for a removed section."""
    section = await _find(request, section_key)
    is_first = (await store.all_sections(request.tx))[0] == section
    _language, ids = section.files(request.locale)
    shown = draw_section(section, request.locale, await store.files_of(request.tx, ids))
    lines = [*shown.lines]
    lines += _to_confirm(section, request)
    if section.words:
        lines.append(_("Also found by: {words}", words=Name(section.words)))
    counts = [count for count in await store.answer_counts(request.tx) if count.key == section.key]
    lines += [_counted(count.offered, count.spared, count.passed_on) for count in counts]
    buttons = (*shown.buttons, *_changing(request, section, is_first=is_first))
    return Reply(replace(shown, lines=tuple(lines), buttons=buttons, again=EditSection(section_key)))


def _to_confirm(section: Section, request: Request) -> Sequence[Span]:
    """Return the lines that ask whether a section's unconfirmed texts are true, with those in other languages."""
    if not section.unconfirmed:
        return ()
    shown = section.language(request.locale)
    unread = [each for each in section.unconfirmed if each in request.settings.gathering.locales]
    lines: list[Span] = []
    for locale in unread:
        if locale != shown:
            lines += ["", Strong(locale_name(locale, request.locale)), *section.lines(locale)]
    question = _("Only an example, shown to nobody yet. Is it true of your gathering? If not, rewrite it.")
    if set(section.locales) - set(section.unconfirmed):
        question = _n(
            "{languages}: only an example, shown to nobody yet. Does it say the same? If not, rewrite it.",
            "{languages}: only examples, shown to nobody yet. Do they say the same? If not, rewrite them.",
            len(unread),
            languages=Listing(tuple(locale_name(locale, request.locale) for locale in unread)),
        )
    return (*lines, "", question)


def _changing(request: Request, section: Section, *, is_first: bool) -> Sequence[Button]:
    """Return the buttons that change a section; the first one has none above it."""
    key = section.key
    buttons = []
    if section.unconfirmed:
        # L10N: a button: a text or a session of the example is true of this gathering
        buttons.append(Button(_("That is right"), accept_section.to(key), style="primary"))
    buttons += [write_button(section, locale, request.locale) for locale in request.settings.gathering.locales]
    for own in (part.partition(".")[2] for part in sorted(section.parts) if part.startswith("files.")):
        if own == EVERY_LANGUAGE:
            buttons.append(Button(_("Remove the files"), drop_files.to(key, own)))
        else:
            language = locale_name(own, request.locale)
            buttons.append(Button(_("Remove files: {language}", language=language), drop_files.to(key, own)))
            # L10N: a button: the pictures that are for readers of one language are for everyone from now on
            buttons.append(Button(_("These files for everyone"), share_files.to(key, own)))
    return (
        *buttons,
        # L10N: a button: change the title of a section
        Button(_("Title"), write_titles.to(key)),
        # L10N: a button: change the link of a section
        Button(_("Link"), set_link.to(key)),
        # L10N: a button: change the address and place of a section
        Button(_("Map"), set_place.to(key)),
        Button(_("Search words"), set_words.to(key)),
        # L10N: a button: move a section before the one above it
        *(() if is_first else (Button(_("Move up"), move_up.to(key)),)),
        *(
            Button(_("Drop: {language}", language=locale_name(locale, request.locale)), drop_text.to(key, locale))
            for locale in request.settings.gathering.locales
            if locale in section.locales
        ),
        Button(_("Remove the section"), remove_section.to(key), style="danger"),
        EDIT_SECTIONS,
        BACK,
    )


@routes.press("zk", who=ORGANISER)
async def accept_section(request: Request, section_key: str) -> Reply:
    """Confirm a section's texts as they are, so that people see them; show the next section to confirm, if any."""
    section = await _find(request, section_key)
    if not section.unconfirmed:
        return await edit_section(request, section_key)
    confirmed = await publish(request, [confirmation(section)])
    left = await store.sections_to_confirm(request.tx, request.settings.gathering.locales)
    if not left:
        return confirmed
    following = await edit_section(request, left[0].key)
    return with_lines_first(replace(following, toast=confirmed.toast), *confirmed.view.lines, "")


async def _find(request: Request, key: str) -> Section:
    section = await store.find_section(request.tx, key)
    if section is None:
        raise UserError(_("This section was removed."), buttons=(EDIT_SECTIONS, BACK))
    return section


# --- texts, with pictures and documents


@routes.form("za", SectionForm, who=ORGANISER)
async def add_section(request: Request, form: SectionForm) -> Reply:
    """Show a preview of a new section, with a button to publish it."""
    sections = await store.all_sections(request.tx)
    if len(sections) >= MOST_SECTIONS:
        raise UserError(
            _("There are {most} sections already, that is the most. Remove one first.", most=MOST_SECTIONS),
            buttons=(EDIT_SECTIONS,),
        )
    key = new_key(form.name, (section.key for section in sections))
    order = max((section.order for section in sections), default=0) + 1
    locale = _own_locale(request)
    parts = {"order": order, f"title.{locale}": form.name, **await _written(request, form.words, locale)}
    again = await _again(request, add_section.to(), {"name": form.name, "words": markdown.write(form.words.body)})
    return await preview(request, change(None, key, parts), locale, *remarks(form.words.attachments), again=again)


async def _again(request: Request, action: Action, typed: Mapping[str, str]) -> Button:
    """Return the button that opens a form again with what was typed into it, which is kept for a while."""
    await keep_typed(request, action.encode(), typed)
    return Button(_("Write it again"), action)


def _own_locale(request: Request) -> str:
    """Return the language in which an organiser writes: their own, or the gathering's first."""
    locales = request.settings.gathering.locales
    return request.locale if request.locale in locales else locales[0]


async def _text_before(request: Request, section_key: str, locale: str) -> Mapping[str, str]:
    section = await store.find_section(request.tx, section_key)
    return {"words": markdown.write(section.lines(locale))} if section else {}


async def _section_and_language(request: Request, section_key: str, locale: str) -> Span:
    """Return the line above the form for a text: which section it is of, and in which language."""
    section = await store.find_section(request.tx, section_key)
    title = section.title if section else Name(section_key)
    return _("{section}, in {language}", section=title, language=_language(locale, request))


@routes.form(WriteText, SectionTextForm, who=ORGANISER, prefill=_text_before, about=_section_and_language)
async def write_text(request: Request, form: SectionTextForm, section: str, locale: str) -> Reply:
    """Show a preview of a section with a new text in one language, with a button to publish it."""
    if locale not in LOCALES:
        raise Stale
    parts = await _written(request, form.words, locale)
    again = await _again(
        request, WriteText(section, locale), {"words": markdown.write(form.words.body)} if form.words.body else {}
    )
    return await _preview(request, section, parts, locale, *remarks(form.words.attachments), again=again)


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
    """Return why a section cannot have this text; None if it can.

    The text may be too long, or contain a link that leads to no web page.
    """
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
    """Show a section with other parts; publishing them confirms the text that is shown with them.

    A section that was removed meanwhile would come back with them, under its title.
    """
    section = await store.find_section(request.tx, key)
    if section is None:
        parts = {**parts, **_titles_of_removed(key)}
        notices = (*notices, _("This section was removed meanwhile. Publishing brings it back with what you wrote."))
    present = section.parts if section else {}
    confirmed = change(section, key, parts).confirming(present, locale)
    return await preview(request, confirmed, locale, *notices, again=again)


def _titles_of_removed(key: str) -> Mapping[str, str]:
    """Return titles for a section that is gone: the usual ones, or else its key."""
    if usual := USUAL.get(key):
        return {f"title.{locale}": plain(usual.title, Reader(locale, "UTC")) for locale in LOCALES}
    return {f"title.{LOCALES[0]}": key.replace("_", " ").capitalize()}


@routes.press("ztx", who=ORGANISER)
async def drop_text(request: Request, section_key: str, locale: str) -> Reply:
    """Show a preview of a section without its text in one language, with a button to publish this change."""
    section = await _find(request, section_key)
    again = Button(_("Write: {language}", language=_language(locale, request)), WriteText(section.key, locale))
    return await preview(request, change(section, section.key, {f"text.{locale}": None}), locale, again=again)


def _language(locale: str, request: Request) -> str:
    if locale not in LOCALES:
        raise Stale
    return locale_name(locale, request.locale)


@routes.press("zfx", who=ORGANISER)
async def drop_files(request: Request, section_key: str, locale: str) -> Reply:
    """Remove a section's files in one language, and show a button to undo this."""
    section = await _find(request, section_key)
    return await publish_or_not(request, section, {f"files.{locale}": None})


@routes.press("zf", who=ORGANISER)
async def share_files(request: Request, section_key: str, locale: str) -> Reply:
    """Show a section's files in one language to readers of every language, with a button to undo this."""
    section = await _find(request, section_key)
    files = section.parts.get(f"files.{locale}")
    return await publish_or_not(
        request, section, {f"files.{EVERY_LANGUAGE}": files, f"files.{locale}": None} if files else {}
    )


async def publish_or_not(request: Request, section: Section, parts: Mapping[str, Any]) -> Reply:
    """Publish new `parts` of a section at once, or reply that nothing would change."""
    section_change = change(section, section.key, parts)
    if not section_change.parts:
        return reply(_("Nothing was changed."), buttons=(EDIT_SECTIONS, BACK))
    return await publish(request, [section_change])


# --- title, link, place, words, order


async def _titles_before(request: Request, section_key: str) -> Mapping[str, str]:
    section = await store.find_section(request.tx, section_key)
    return section.titles if section else {}


@routes.form("zti", SectionTitleForm, who=ORGANISER, prefill=_titles_before)
async def write_titles(request: Request, form: SectionTitleForm, section: str) -> Reply:
    """Show a preview of a section with new titles, with a button to publish them."""
    typed = {"fr": form.fr, "en": form.en, "de": form.de}
    if not any(typed.values()):
        raise Incomplete(request.settings.gathering.locales[0], _("It needs a title in at least one language."))
    parts = {f"title.{locale}": title for locale, title in typed.items()}
    again = await _again(request, write_titles.to(section), typed)
    return await _preview(request, section, parts, _own_locale(request), again=again)


async def _link_before(request: Request, section_key: str) -> Mapping[str, str]:
    section = await store.find_section(request.tx, section_key)
    label, url = (section.link if section else None) or ("", "")
    return {"label": label, "url": url}


@routes.form("zl", SectionLinkForm, who=ORGANISER, prefill=_link_before)
async def set_link(request: Request, form: SectionLinkForm, section: str) -> Reply:
    """Show a preview of a section with another link or no link, with a button to publish this change."""
    url = with_scheme(form.url)
    if url and not leads_somewhere(url):
        raise Incomplete("url", _("This is not a web address: it begins with https://"))
    parts = {"link": [form.label, url] if url else None}
    again = await _again(request, set_link.to(section), {"label": form.label, "url": url})
    return await _preview(request, section, parts, _own_locale(request), again=again)


async def _place_before(request: Request, section_key: str) -> Mapping[str, str]:
    section = await store.find_section(request.tx, section_key)
    address, where = (section.parts.get("place") if section else None) or ("", "")
    return {"address": address, "where": where}


@routes.form("zm", PlaceForm, who=ORGANISER, prefill=_place_before)
async def set_place(request: Request, form: PlaceForm, section: str) -> Reply:
    """Show a preview of a section with another address or place on the map, with a button to publish this change."""
    if form.where and not (read_coordinates(form.where) or leads_somewhere(form.where)):
        raise Incomplete("where", _("Write coordinates like «48.8897, 2.3711», or an address with https://"))
    parts = {"place": [form.address, form.where] if form.address or form.where else None}
    again = await _again(request, set_place.to(section), {"address": form.address, "where": form.where})
    return await _preview(request, section, parts, _own_locale(request), again=again)


async def _words_before(request: Request, section_key: str) -> Mapping[str, str]:
    section = await store.find_section(request.tx, section_key)
    return {"words": section.words if section else ""}


@routes.form("zw", SearchWordsForm, who=ORGANISER, prefill=_words_before)
async def set_words(request: Request, form: SearchWordsForm, section: str) -> Reply:
    """Store the words that find a section in addition to its title, and show a button to undo this."""
    return await publish_or_not(request, await _find(request, section), {"words": form.words})


@routes.press("zu", who=ORGANISER)
async def move_up(request: Request, section_key: str) -> Reply:
    """Move a section up by one position, and show a button to undo this. The first section stays first."""
    section = await _find(request, section_key)
    sections = list(await store.all_sections(request.tx))
    position = sections.index(section)
    if position == 0:
        return reply(_("It is the first one."), buttons=(EDIT_SECTIONS, BACK))
    sections[position - 1], sections[position] = section, sections[position - 1]
    moves = [change(moved, moved.key, {"order": order}) for order, moved in enumerate(sections, start=1)]
    return await publish(request, [move for move in moves if move.parts])


@routes.press("zrm", who=ORGANISER)
async def remove_section(request: Request, section: str) -> Reply:
    """Ask for confirmation before a section is removed."""
    change = removal(await _find(request, section))
    remove = await publish_button(request, [change], _("Remove"), danger=True)
    return reply(
        _("Remove «{section}»? You can bring it back for ten minutes.", section=change.title),
        buttons=(remove, Button(_("Keep it"), EditSection(change.key))),
    )
