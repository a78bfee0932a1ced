"""The screen a person is on: welcome for who is new, their own for who is known; help, and the way out of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.texts import Localised, Name, Span, Strong, Territory, _
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation import dialogue_store
from bot.conversation.routes import ANYONE, Go, Request, Routes
from bot.people.participants import Participant
from handlers.account.leaving import NOT_COMING
from handlers.account.preferences import SETTINGS, offer_private_pushes
from handlers.groups.messages import MY_GROUP
from handlers.groups.participant import name_of_the_day
from handlers.programme.service import PROGRAMME
from handlers.registration.participant import welcome
from handlers.themes import store as themes
from handlers.themes.model import Choice
from handlers.themes.participant import may_choose
from handlers.workshops import store as phases
from handlers.workshops.facilitating import RUN, role_view
from handlers.workshops.messages import SHOW_PHASE

routes = Routes()


@routes.screen()
@routes.command(
    "moi",
    _("Your place in the gathering"),
    names={"en": "me", "de": "ich"},
    who=ANYONE,
    said=_("hello, hi, hey, good morning, good evening, menu, home, start, me, my place, back"),
)
async def show_home(request: Request) -> Reply:
    """Who you are here, your theme, and what you can do now."""
    return replace(await _home(request), screen=Go("moi").encode())


async def _home(request: Request) -> Reply:
    person = request.person
    if person is None:
        return welcome(request)
    if person.status == "withdrawn":
        return reply(
            _("You told us that you are not coming. If that changes, come back: your profile is kept."),
            buttons=(Button(_("I am coming after all"), Go("revenir"), style="primary"), ASK, HELP),
        )
    private = offer_private_pushes((request.account,))
    if not person.attends:
        return reply(
            _("Hello {name}. You are part of the team.", name=Name(person.given_name)),
            *await _role(request, person),
            buttons=(*_team_buttons(person), *private, SETTINGS, HELP),
        )
    choice = await themes.choice_of(request.tx, person.id)
    lines: list[Span] = [Strong(Name(person.name)), *await describe_choice(request, choice)]
    if person.territory:
        lines[0] = _("{name} · {territory}", name=Strong(Name(person.name)), territory=Territory(person.territory))
    group = await name_of_the_day(request)
    if group:
        lines.insert(1, _("Group: {group}", group=Strong(group)))
    lines += await _role(request, person)
    run = await phases.latest_of_person(request.tx, person.id) if group else None
    phase = (replace(SHOW_PHASE, style="primary"),) if run and run.open else ()
    mine = (MY_GROUP,) if group else ()
    change = _("Change theme") if choice.theme else _("Choose a theme")
    organise = tuple(replace(button, style="plain") for button in _team_buttons(person))
    first = (Button(change, Go("theme"), style="plain" if choice.theme else "primary"),)
    choosing = first if await may_choose(request) else ()
    return reply(*lines, buttons=(*phase, *mine, *choosing, *private, SETTINGS, ASK, HELP, *organise, NOT_COMING))


async def _role(request: Request, person: Participant) -> Sequence[Span]:
    """Whose workshops someone runs."""
    return (await role_view(request.tx, person.id)).lines if person.facilitates else ()


def _team_buttons(person: Participant) -> tuple[Button, ...]:
    """What someone of the team does, by their roles."""
    run = (RUN,) if person.facilitates else ()
    organise = (Button(_("Organise"), Go("organiser"), style="primary"),) if person.organises else ()
    return *run, *organise


async def describe_choice(request: Request, choice: Choice) -> list[Span]:
    """A person's theme, second choice and place in line, a line each."""
    titles = {theme.key: Localised(theme.title) for theme in await themes.all_themes(request.tx)}
    if choice.theme:
        lines: list[Span] = [_("Theme: {theme}", theme=titles[choice.theme])]
    else:
        lines = [_("No theme chosen yet.")]
    if choice.second:
        lines.append(_("Second choice: {theme}", theme=titles[choice.second]))
    if choice.awaited:
        place = await themes.place_in_line(request.tx, request.participant.id)
        lines.append(_("Waiting list for {theme}: number {place}.", theme=titles[choice.awaited], place=place or 1))
    return lines


@routes.command("start", _("Start"), who=ANYONE)
async def start(request: Request) -> Reply:
    """What Telegram sends first; a payload arrives as the press it stands for."""
    return await show_home(request)


@routes.command(
    "aide",
    _("What can I do now?"),
    names={"en": "help", "de": "hilfe"},
    who=ANYONE,
    # L10N: long
    said=_("help, help me, I need help, what can I do, what now, what should I do, how does it work, commands"),
)
async def show_help(request: Request) -> Reply:
    """What can be done now, each with its button."""
    if request.person is None:
        return with_lines_first(
            welcome(request),
            _("This is where you take part in {gathering}.", gathering=request.settings.gathering.name),
        )
    organise = tuple(replace(button, style="plain") for button in _team_buttons(request.person))
    theme = (Button(_("My theme"), Go("theme")),) if request.person.attends and request.person.joined else ()
    return reply(
        _("Here is what you can do. You can also simply write: we will ask what it is."),
        buttons=(
            Button(_("My place"), Go("moi")),
            *theme,
            PROGRAMME,
            SETTINGS,
            ASK,
            Button(_("My questions"), Go("questions")),
            Button(_("Add another account"), Go("lier")),
            Button(_("Privacy"), Go("confidentialite")),
            *organise,
        ),
    )


@routes.said(
    _("thanks, thank you, thank you very much, many thanks, thanks a lot, ok thanks, great, perfect, super"), who=ANYONE
)
async def answer_thanks(_request: Request) -> Reply:
    """A kind word for a kind word."""
    return reply(_("With pleasure! Write to me whenever you need something."), fresh=True)


@routes.command("annuler", _("Leave what you are doing"), names={"en": "cancel", "de": "abbrechen"}, who=ANYONE)
async def cancel(request: Request) -> Reply:
    """Leave a form; nothing of it is kept."""
    left = await dialogue_store.end(request.tx, request.account.platform, request.account.chat)
    said = _("Cancelled, nothing was changed.") if left else _("There was nothing to cancel.")
    return with_lines_first(await show_home(request), said)


ASK = Button(_("Ask the team"), Go("equipe"))
HELP = Button(_("Help"), Go("aide"))
