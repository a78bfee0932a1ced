"""The home screen, the menu, and leaving an open form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import existing
from bot.content.texts import Span, Strong, Territory, _
from bot.content.views import Button, Reply, View, reply, with_lines_first
from bot.conversation import dialogue_store
from bot.conversation.menu import OpenSection, open_sections
from bot.conversation.routes import ANYONE, Go, Request, Routes
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.actions import MENU
from handlers.navigation.assembling import assemble

routes = Routes()

_MOST = 6
"""The most buttons on the home screen."""


@routes.screen()
@routes.command("start", _("Start"), who=ANYONE)  # which Telegram sends when somebody opens the chat
@routes.command(
    "moi",
    _("What is next for you"),
    names={"en": "me", "de": "ich"},
    aliases=("espace", "place", "bereich"),
    who=ANYONE,
    plain_words=_("hello, hi, hey, good morning, good evening, home, start, me, my place, place, my page, back"),
    listed=10,
)
async def show_home(request: Request) -> Reply:
    """Show the home screen: the person's name, what is next for them, and the most important buttons.

    Somebody who is not known yet is shown how to join.
    """
    view = await assemble(request, request.shared.home)
    return replace(reply(*view.lines, buttons=_at_hand(request, view.buttons)), screen=Go("moi").encode())


def _at_hand(request: Request, buttons: Sequence[Button]) -> tuple[Button, ...]:
    """Return the first buttons, of which at most one is highlighted, and the button to the menu with all the others."""
    if request.person is None:
        return tuple(buttons)
    first = next((button for button in buttons if button.style == "primary"), None)
    return (*(button if button is first else replace(button, style="plain") for button in buttons[: _MOST - 1]), MENU)


async def name_person(request: Request) -> View:
    """Return the first lines of the home screen: name and territory or role, and whether the gathering is over.

    The View is empty for a person who withdrew.
    """
    person = request.participant
    if person.status == "withdrawn":
        return View(())
    over = (_("{gathering} is over. Thank you!", gathering=request.settings.gathering.name),)
    return View((_who(person), *(over if request.gathering_is_over else ())))


def _who(person: Participant) -> Span:
    if not person.attends:
        return _("Hello {name}. You are part of the team.", name=called(person, "given"))
    name = Strong(called(person))
    if person.territory:
        return _("{name} · {territory}", name=name, territory=Territory(person.territory))
    return name


async def organise_first(request: Request) -> View:
    """Return the button to the organisers' screen for an organiser who does not attend; else an empty View."""
    person = request.participant
    return View((), () if person.attends or person.status == "withdrawn" else (ORGANISE,))


async def organise_too(request: Request) -> View:
    """Return the button to the organisers' screen for an organiser who also attends; else an empty View."""
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
    """Show the menu: the buttons of its first section, and a button to each other section.

    Somebody who is not known yet is shown how to join.
    """
    if request.person is None:
        welcome = await assemble(request, request.shared.home)
        here = _("This is where you take part in {gathering}.", gathering=request.settings.gathering.name)
        return reply(here, *welcome.lines, buttons=welcome.buttons)
    first, *others = await open_sections(request)
    return reply(
        _("Here is what you can do. You can also simply write: we will ask what it is."),
        Strong(first.section.heading),
        buttons=(*first.buttons, *(_way_into(other) for other in others)),
    )


def _way_into(shown: OpenSection) -> Button:
    """Return the button to a section of the menu; if the section has one button only, that button."""
    if len(shown.buttons) == 1:
        return shown.buttons[0]
    return Button(_("{section}…", section=shown.section.heading), show_section.to(shown.section.name))


@routes.press("hm")
async def show_section(request: Request, section_key: str) -> Reply:
    """Show the buttons of one section of the menu. Raises Stale if the section has none for the person now.

    `section_key` is its name.
    """
    sections = {section.section.name: section for section in await open_sections(request)}
    shown = existing(sections.get(section_key))
    return reply(Strong(shown.section.heading), buttons=(*shown.buttons, MENU))


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
