"""The home screen, the screen with everything that it leaves out, and leaving an open form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import existing
from bot.content.texts import Span, Strong, Territory, _, _n
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation import dialogue_store
from bot.conversation.menu import OpenSection, open_sections
from bot.conversation.routes import ANYONE, ORGANISER, Go, Request, Routes
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.actions import HOME
from handlers.navigation.assembling import assemble, assemble_sections
from handlers.navigation.layout import page_inside
from handlers.navigation.sections import SAFETY

routes = Routes()

_MOST, _MOST_OF_TEAM = 4, 6
"""The most buttons on the home screen, for participants and for organisers and facilitators."""


@routes.screen()
@routes.command("start", _("Start"), who=ANYONE)  # which Telegram sends when somebody opens the chat
@routes.command(
    "moi",
    _("What is next for you"),
    names={"en": "me", "de": "ich"},
    aliases=("espace", "place", "bereich", "accueil", "home", "startseite"),
    who=ANYONE,
    # L10N: long
    plain_words=_(
        "hello, hi, hey, good morning, good evening, home, start, me, my place, place, my page, back, home screen"
    ),
    listed=10,
)
async def show_home(request: Request, *further: Span) -> Reply:
    """Show the home screen: what takes place now or next for the person, their group, their next step, and buttons.

    `further` are lines below its own. Strangers are shown how to join.
    """
    if request.person is None:
        view = await assemble(request, request.shared.home)
        shown = reply(*view.lines, buttons=view.buttons)
    else:
        lines, buttons = await _at_hand(request)
        shown = reply(*lines, *further, buttons=(*buttons, MORE))
    return replace(shown, screen=Go("moi").encode())


async def _at_hand(request: Request) -> tuple[Sequence[Span], Sequence[Button]]:
    """Return the lines and buttons of the home screen, without the one to everything else.

    The next step comes first, and alone is highlighted. What is for safety is never left out.
    """
    person = request.participant
    most = _MOST_OF_TEAM if person.organises or person.facilitates else _MOST
    sections = await assemble_sections(request, request.shared.home)
    buttons = [button for shown in sections if shown.section != SAFETY for button in shown.buttons]
    safe = [replace(button, style="plain") for shown in sections if shown.section == SAFETY for button in shown.buttons]
    step = next((button for button in buttons if button.style == "primary"), None)
    plain = {(each.action, each.url): replace(each, style="plain") for each in buttons if each is not step}
    first = [*((step,) if step else ()), *plain.values()][: most - len(safe) - 1]
    return [line for shown in sections for line in shown.lines], [*first, *safe]


async def name_person(request: Request) -> View:
    """Return the first line of the home screen: that the gathering is over, or how many days are left until it begins.

    People who do not attend are greeted. The View is empty for a person who withdrew.
    """
    person, gathering = request.participant, request.settings.gathering
    if person.status == "withdrawn":
        return View(())
    greeting: tuple[Span, ...] = () if person.attends else (_who(person),)
    if request.gathering_is_over:
        return View((*greeting, _("{gathering} is over. Thank you!", gathering=gathering.name)))
    if (days := (gathering.starts - request.today).days) > 0:
        # L10N: never zero
        to_go = _n(
            "{count} day to go until {gathering}",
            "{count} days to go until {gathering}",
            days,
            gathering=gathering.name,
        )
        return View((*greeting, to_go))
    return View(greeting)


def _who(person: Participant) -> Span:
    if not person.attends:
        given_name = called(person, "given")
        if person.facilitates and not person.organises:  # the line about their workshops follows
            return _("Hello {name}.", name=given_name)
        return _("Hello {name}. You are part of the team.", name=given_name)
    name = Strong(called(person))
    if person.territory:
        return _("{name} · {territory}", name=name, territory=Territory(person.territory))
    return name


async def organise_first(request: Request) -> View:
    """Return the button for the organisers' screen, for organisers who do not attend; otherwise an empty View."""
    person = request.participant
    return View((), () if person.attends or person.status == "withdrawn" else (ORGANISE,))


async def organise_too(request: Request) -> View:
    """Return the button for the organisers' screen, for organisers who also attend; otherwise an empty View."""
    return View((), (replace(ORGANISE, style="plain"),) if request.participant.takes_part else ())


# L10N: a button: the organisers' screen
ORGANISE = Button(_("Organise"), Go("organiser"), style="primary")


@routes.command(
    "aide",
    _("What can I do now?"),
    names={"en": "help", "de": "hilfe"},
    aliases=("menu",),
    who=ANYONE,
    # L10N: long
    plain_words=_(
        "menu, help, help me, I need help, what can I do, what now, what should I do, how does it work, commands"
    ),
    listed=80,
)
async def show_menu(request: Request) -> Reply:
    """Show the home screen, with a line that says that people can also write to the bot.

    Strangers are shown which gathering this is, and how to join.
    """
    if request.person is None:
        here = _("This is where you take part in {gathering}.", gathering=request.settings.gathering.name)
        return with_lines_first(await show_home(request), here)
    return await show_home(request, _("You can also just write: we will ask you what it is."))


@routes.press("ht")
async def show_more(request: Request) -> Reply:
    """Show a button for each section of what the person can do now and the home screen leaves out."""
    buttons = [_way_into(section) for section in await _left_out(request)]
    return reply(_who(request.participant), buttons=(*buttons, *page_inside(request), HOME), again=show_more.to())


async def _left_out(request: Request) -> Sequence[OpenSection]:
    """Return the sections of the menu without what the home screen has, or what the button for safety leads to."""
    _lines, at_hand = await _at_hand(request)
    there = {button.action for button in (*at_hand, HOME)}
    open_ones = [each for each in await open_sections(request) if each.section != SAFETY or request.may(ORGANISER)]
    left = [replace(each, buttons=tuple(b for b in each.buttons if b.action not in there)) for each in open_ones]
    return [each for each in left if each.buttons]


def _way_into(shown: OpenSection) -> Button:
    """Return the button to a section of the menu; if the section has one button only, that button."""
    if len(shown.buttons) == 1:
        return replace(shown.buttons[0], style="plain")
    return Button(_("{section}…", section=shown.section.heading), show_section.to(shown.section.name))


@routes.press("hm")
async def show_section(request: Request, section_key: str) -> Reply:
    """Show everything in one section of the menu that the home screen leaves out. Raises Stale if there is nothing."""
    sections = {section.section.name: section for section in await _left_out(request)}
    shown = existing(sections.get(section_key))
    again = show_section.to(section_key)
    return reply(Strong(shown.section.heading), buttons=(*shown.buttons, HOME), again=again)


# L10N: a button: everything that the home screen leaves out
MORE = Button(_("More…"), show_more.to())


@routes.answers_to(
    _("thanks, thank you, thank you very much, many thanks, thanks a lot, ok thanks, great, perfect, super"), who=ANYONE
)
async def answer_thanks(_request: Request) -> Reply:
    """Answer «thank you» and similar messages with a friendly sentence."""
    return reply(_("With pleasure! Write to me whenever you need something."))


@routes.command("annuler", _("Leave what you are doing"), names={"en": "cancel", "de": "abbrechen"}, who=ANYONE)
async def cancel(request: Request) -> Reply:
    """Close the open form, delete what was typed into it, and show the home screen."""
    left = await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
    said = _("Cancelled, nothing was changed.") if left else _("There was nothing to cancel.")
    return with_lines_first(await show_home(request), said)
