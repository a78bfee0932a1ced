"""The screens with practical information: all sections, one section, and one that may answer a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.content.errors import UserError, existing
from bot.content.folding import MORE
from bot.content.names import fold
from bot.content.ranking import KnownBy
from bot.content.texts import Span, _, plain
from bot.content.views import Button, Reply, View, reply
from bot.conversation.listening import Stage
from bot.conversation.routes import Request, Routes
from bot.conversation.topics import StoredTopics, made_ready
from handlers.navigation import stray_words
from handlers.navigation.actions import ASK, HOME
from handlers.practical import store
from handlers.practical.actions import INFORMATION, EditSections, ReadSection
from handlers.practical.messages import draw_section, known_by
from handlers.practical.model.search import nearest
from handlers.practical.model.sections import Section
from handlers.programme.messages import heading
from handlers.programme.model import Kind
from handlers.programme.service import seen_by
from handlers.team.actions import ANSWER_WITHIN, IDEA, SendWords
from handlers.trust.actions import EMERGENCY
from handlers.workshops.store.runs import latest_run_of_person

routes = Routes()

_KINDS: Mapping[str, Kind] = {"meals": "meal", "diet": "meal"}
"""Of which kind the sessions are to which a section points, by its key."""
_POINTS_TO = "programm"
"""What the word for the programme has in it in every language."""
_MOST_SESSIONS = 3
_MOST_SECTIONS = 3
"""How many sections are in sight at first, of which a button to the others takes the place of one."""


@routes.command(
    "infos",
    _("Wifi, meals, address and more"),
    names={"en": "info", "de": "infos"},
    plain_words=_("info, infos, information, practical information, practical info"),
)
async def show_sections(request: Request) -> Reply:
    """Show the first sections of practical information, a button to the others, and whom to call in an emergency."""
    sections = await store.confirmed_sections(request.tx)
    edit = _edit(request)
    if not sections:
        return reply(_("There is no practical information yet."), buttons=(*edit, ASK, EMERGENCY, HOME))
    if len(sections) <= _MOST_SECTIONS:
        return _list(sections, EMERGENCY, *edit, HOME)
    return _list(sections[: _MOST_SECTIONS - 1], EMERGENCY, *edit, Button(MORE, show_all.to()))


@routes.press("zal")
async def show_all(request: Request) -> Reply:
    """Show all sections of practical information."""
    sections = await store.confirmed_sections(request.tx)
    return _list(sections, EMERGENCY, *_edit(request), HOME)


def _list(sections: Sequence[Section], *others: Button) -> Reply:
    buttons = (*(Button(section.title, ReadSection(section.key)) for section in sections), *others)
    return reply(_("What do you want to know? You can also just write it: «wifi», «where»…"), buttons=buttons)


def _edit(request: Request) -> Sequence[Button]:
    return (Button(_("Edit the sections"), EditSections()),) if request.participant.organises else ()


async def offer_information(request: Request) -> Sequence[Button]:
    """Return the menu's button to practical information; nothing if there are no sections."""
    return (INFORMATION,) if await store.confirmed_sections(request.tx) else ()


@routes.press(ReadSection)
async def read_section(request: Request, section_key: str) -> Reply:
    """Show one section. Raises UserError if the section was removed."""
    section = await store.find_confirmed(request.tx, section_key)
    if section is None:
        raise UserError(_("This section is no longer in the practical information."), buttons=(INFORMATION, ASK))
    view = await _shown(request, section)
    return Reply(replace(view, buttons=(*view.buttons, INFORMATION, ASK)))


async def all_to_read(request: Request) -> Sequence[tuple[Span, View]]:
    """Return all sections with their titles. Devices store these, to show them without network."""
    sections = await store.confirmed_sections(request.tx)
    return [(section.title, draw_section(section, request.locale)) for section in sections]


async def _shown(request: Request, section: Section) -> View:
    """Return a section for its reader, who is told when it changes within a day."""
    if not request.unconfirmed:
        await store.note_read(request.tx, request.participant.id, section.key, request.locale, request.now)
    _locale, ids = section.files(request.locale)
    return draw_section(section, request.locale, await store.files_of(request.tx, ids))


# --- questions that a section may answer


async def answer_first(request: Request, question: str) -> View | None:
    """Return the section that may answer a question, with buttons to say whether it does; None if no section may.

    Another capability asks for this by the hook of the same name.
    """
    section = await _nearest(request, question)
    return await _offered(request, section) if section else None


async def _offered(request: Request, section: Section) -> View:
    """Return a section with buttons to say whether it answers the question, and count that it was offered."""
    view = await _shown(request, section)
    view = replace(view, lines=(*view.lines, *await _from_programme(request, section)))
    no: Span = _("No, ask the team")
    if request.unconfirmed:  # nothing is counted there
        answers: tuple[Button, ...] = (Button(no, SendWords()),)
    else:
        await store.count_answer(request.tx, section.key, offered=1)
        yes = Button(_("Yes, thanks"), answered_by.to(section.key), style="primary")
        answers = (yes, Button(no, not_answered_by.to(section.key)))
    return replace(view, lines=(*view.lines, "", _("Is this it?")), buttons=(*answers, *view.buttons))


async def _nearest(request: Request, question: str) -> Section | None:
    """Return the section that seems to answer a question; None if none does."""
    known = await known_sections(request)
    await made_ready(request, known)
    key = nearest(question, known, request.locale)
    return await store.find_confirmed(request.tx, key) if key else None


async def _from_programme(request: Request, section: Section) -> Sequence[Span]:
    """Return lines with the next sessions that a section only points to, as «at the hours of the programme».

    There are none for a section that does not name the programme, or whose kind of session is not known.
    """
    kind, language = _KINDS.get(section.key), section.language(request.locale)
    if kind is None or language is None:
        return ()
    if not any(_POINTS_TO in fold(plain(line, request.reader)) for line in section.lines(language)):
        return ()
    _visible, mine = await seen_by(request.tx, request.participant.id, request.settings.gathering.zone)
    to_come = [
        session.plan
        for session in mine
        if session.plan.kind == kind and not session.plan.cancelled and session.plan.over_at > request.now
    ]
    return tuple(heading(plan, request.now) for plan in to_come[:_MOST_SESSIONS])


# --- words that ask for a section


async def known_sections(request: Request) -> Sequence[KnownBy]:
    """Return the phrases that find each section."""
    sections = await store.confirmed_sections(request.tx)
    keys = frozenset(section.key for section in sections)
    return [known_by(section, keys) for section in sections]


async def _title(request: Request, key: str) -> Span:
    section = await store.find_confirmed(request.tx, key)
    return section.title if section else INFORMATION.label


async def _answer(request: Request, key: str, text: str) -> Reply:
    """Show the section that words ask for; they are kept, so that the team can be asked if it does not answer them."""
    section = existing(await store.find_confirmed(request.tx, key))
    await stray_words.keep(request, text, until=request.now + ANSWER_WITHIN)
    view = await _offered(request, section)
    if await latest_run_of_person(request.tx, request.participant.id) is not None:
        view = replace(view, buttons=(*view.buttons, IDEA))
    return Reply(view, fresh=True)


SECTIONS = StoredTopics(
    "practical",
    Stage.PRACTICAL,
    known_sections,
    _title,
    _answer,
    kind="practical",
    about={"address": "access", "contacts": "contact", "rooms": "lodging"},
)
"""The sections as topics about which people ask in their own words."""


@routes.press("zy")
async def answered_by(request: Request, section: str) -> Reply:
    """Delete the question that the person typed, because a section answered it, and thank the person.

    `section` is the key of the section. The answer is counted only once for each person.
    """
    await stray_words.drop(request)
    if await store.note_answer(request.tx, request.participant.id, section, "yes"):
        await store.count_answer(request.tx, section, spared=1)
    thanks = _("With pleasure! Write to me whenever you need something.")
    found = await store.find_confirmed(request.tx, section)
    if found is None:
        return reply(thanks, buttons=(INFORMATION, HOME))
    view = draw_section(found, request.locale)  # what was attached stays where it was sent
    buttons = (*view.buttons, INFORMATION, HOME)
    return Reply(replace(view, lines=(*view.lines, "", thanks), buttons=buttons, place=None))


@routes.press("zn")
async def not_answered_by(request: Request, section: str) -> Reply:
    """Send the question that the person typed to the team, because a section did not answer it.

    `section` is the key of the section. The missing answer is counted only once for each person.
    """
    first = await store.note_answer(request.tx, request.participant.id, section, "no")
    if await stray_words.kept(request) is not None:
        await store.count_answer(request.tx, section, passed_on=int(first))
        return reply(then=SendWords())
    if first:
        return reply(_("I no longer have your question. Write it once more, please."), buttons=(ASK, HOME))
    return reply(_("The team has your question. You will get the answer here."), buttons=(HOME,))
