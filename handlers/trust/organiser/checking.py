"""The screens with which organisers ask «Are you safe?», see the answers, and close the safety check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from bot.content.errors import UserError, existing
from bot.content.texts import Moment, Quote, Span, Strong, _, _n
from bot.content.views import Button, Choice, Later, Option, Picture, Reply, View, reply, with_lines_first
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes
from bot.membership.browsers import UNCONFIRMED
from bot.people import audience_store, participant_store
from bot.people.audiences import Audience, of_option
from bot.people.naming import called
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.themes.store import all_themes
from handlers.trust import service, store
from handlers.trust.actions import AskToClose, OpenCheck, OpenPhotos
from handlers.trust.facilitator.lists import open_check
from handlers.trust.messages import marked
from handlers.trust.model import SHOWN_FOR, SafetyCheck
from handlers.trust.organiser.naming import NAMED

routes = Routes()

_BEFORE_ALL_ELSE = datetime.min.replace(tzinfo=UTC)
_PHOTOS_AT_ONCE = 4
"""How many photos of where people are come in one message: each may have ten megabytes."""
_MOST_OPTIONS = 25
"""How many audiences are offered: as many as one menu on Discord can hold."""


@routes.command(
    "securite",
    _("Ask everybody whether they are safe"),
    names={"en": "safety", "de": "sicherheit"},
    who=ORGANISER,
    for_others="urgence",
    plain_words=_("safety, are you safe, safety check, evacuation, evacuate, fire alarm"),
)
async def show_safety(request: Request) -> Reply:
    """Show the running safety check or, if none is running, buttons to begin one for everybody, some, or as a drill."""
    running = await store.running_check(request.tx)
    if running is not None:
        return await open_check(request, running.id)
    last = await store.last_check(request.tx)
    everyone = Audience().option
    return reply(
        Strong(_("«Are you safe?»")),
        _(
            "It goes at once to every account of those you choose, at night too. You see who has not answered;"
            " they are asked again after five minutes."
        ),
        buttons=(
            Button(_("Ask everyone"), begin.ask.to(everyone, False), style="danger"),
            Button(_("Ask some people"), choose.to(False)),
            # L10N: a button: ask «Are you safe?» to practise; nothing has happened
            Button(_("A drill"), choose.to(True)),
            *((Button(_("The last check"), OpenCheck(last.id)),) if last else ()),
            BACK,
        ),
    )


@routes.press("sac", who=ORGANISER)
async def choose(request: Request, drill: bool) -> Reply:
    """Show the audiences that a safety check can ask, with the number of people in each, to choose one.

    With `drill`, the check is an exercise: nothing has happened, and every message says so.
    """
    tx = request.tx
    rounds = [round_ for round_ in await all_rounds(tx) if round_.published]
    groups = [group for round_ in rounds[-1:] for group in await groups_of_round(tx, round_.number)]
    audiences = [
        Audience(),
        Audience("present", request.today.isoformat()),
        *(Audience("theme", theme.key) for theme in await all_themes(tx)),
        Audience("facilitators"),
        Audience("organisers"),
        *(Audience("group", str(group.id)) for group in groups),
    ]
    options: list[Option] = []
    for audience in audiences:
        if len(options) == _MOST_OPTIONS:  # each one more is counted among everybody
            break
        if people := await audience_store.count(tx, audience):
            label = await audience_store.describe(tx, audience)
            counted = _n("{audience}: {count} person", "{audience}: {count} people", people, audience=label)
            options.append(Option(audience.option, counted))
    if not options:
        raise UserError(_("Nobody has joined yet, so there is nobody to ask."), buttons=(BACK,))
    return reply(
        _("A drill: who do you want to ask?") if drill else _("Who do you want to ask?"),
        choice=Choice(pick.to(drill), tuple(options), placeholder=_("Choose an audience")),
        buttons=(BACK,),
    )


async def _sure_to_begin(request: Request, audience: str, drill: bool) -> Question | Reply:
    if (running := await store.running_check(request.tx)) is not None:
        return await _already_running(request, running)
    asked_for = of_option(audience)
    people = await audience_store.count(request.tx, asked_for)
    label = await audience_store.describe(request.tx, asked_for)
    asked = _n(
        "Ask {audience} now, {count} person, on every account?",
        "Ask {audience} now, {count} people, on every account?",
        people,
        audience=label,
    )
    if drill:
        warned, yes = _("It is a drill: each message says so."), _("Yes, a drill now")
        return Question(Strong(asked), warned, yes=yes, style="primary", back=(BACK,))
    warned, yes = _("It is not a drill: everybody is alerted at once."), _("Yes, ask now")
    rather = Button(_("Make it a drill"), begin.ask.to(audience, True))
    return Question(Strong(asked), warned, yes=yes, back=(rather, BACK))


@routes.press("sab", who=ORGANISER, first=Asks("saq", _sure_to_begin))
async def begin(request: Request, audience: str, drill: bool) -> Reply:
    """Ask everybody in an audience whether they are safe, and show the list of their answers.

    `audience` is the value of an option, such as «all» or «theme_culture». With `drill`, the check is an exercise:
    nothing has happened, and every message says so. If another safety check is running, nobody is asked, and its list
    is shown.
    """
    check = await service.begin_check(request.tx, request.participant.id, of_option(audience), request.now, drill=drill)
    if check is None:
        running = await store.running_check(request.tx)
        assert running is not None
        return await _already_running(request, running)
    return await open_check(request, check.id)


pick = routes.pick("sap", who=ORGANISER, sent_with_press=False)(begin.ask.handler)
"""The choice of an audience for a safety check."""


async def _already_running(request: Request, check: SafetyCheck) -> Reply:
    author = await participant_store.find(request.tx, check.author_id) if check.author_id is not None else None
    # L10N: instead of the name of an organiser who has left
    name: Span = Strong(called(author)) if author else _("The team")
    line = _("{name} was first: this check is already running, and nobody was asked twice.", name=name)
    return with_lines_first(await open_check(request, check.id), line)


async def _check(request: Request, check_id: int) -> SafetyCheck:
    return existing(await store.find_check(request.tx, check_id))


@routes.press(OpenPhotos, who=ORGANISER)
async def open_photos(request: Request, check_id: int, page_number: int) -> Reply:
    """Show a page of the photos that people sent to say where they are. The message is hidden after an hour.

    The latest photos come first; photos from unconfirmed browsers are marked, and come last.
    """
    check = await _check(request, check_id)
    page = min(page_number, await store.count_photos(request.tx, check.id) // _PHOTOS_AT_ONCE)
    found = await store.photos(request.tx, check.id, page * _PHOTOS_AT_ONCE, _PHOTOS_AT_ONCE + 1)
    shown = found[:_PHOTOS_AT_ONCE]
    contents = await request.read_files([place.photo for place in shown])
    if contents is None:
        raise UserError(_("I cannot get the photos just now. Try again in a minute."), buttons=(BACK,))
    people = {person.id: person for person in await store.checked_people(request.tx, check.id)}
    lines: list[Span] = []
    pictures: list[Picture] = []
    for place in shown:
        if content := contents.get(place.photo):
            ending = "png" if place.media_type == "image/png" else "jpg"
            name = called(people[place.participant_id], "full")
            said = _("{name}, {time}", name=name, time=Moment(place.said_at, "time"))
            pictures.append(Picture(content, said, f"{len(pictures) + 1}.{ending}"))
            # L10N: below photos, the number of one, and who sent it when
            lines.append(_("Photo {number}: {said}", number=len(pictures), said=said))
            if place.browser:
                lines.append(UNCONFIRMED)
            if place.words:
                lines.append(Quote(store.PLACE, str(place.id), place.words))
    older = (Button(_("Older"), OpenPhotos(check.id, page + 1)),) if len(found) > len(shown) else ()
    buttons = (*older, Button(_("See the list"), OpenCheck(check.id)), BACK)
    if not pictures:
        return reply(_("These photos are gone: they are only kept for a day."), buttons=buttons)
    view = View(tuple(lines), buttons, attachments=tuple(pictures), confidential=True)
    hidden = View((_("These photos were hidden after an hour."),), (BACK,), quiet=True, confidential=True)
    return Reply(view, fresh=True, later=Later(request.now + SHOWN_FOR, hidden))


async def _sure_to_close(request: Request, check_id: int) -> Question:
    check = await _check(request, check_id)
    on_list = await service.list_for(request.tx, check, None)
    return Question(
        Strong(_("Close the check? Nobody is asked again.")),
        _("No answer: {silent} · need help: {help}", silent=on_list.missing, help=on_list.in_need),
        yes=_("Yes, close it"),
        back=(Button(_("No, keep asking"), OpenCheck(check.id)),),
        shown=partial(reply, fresh=True),
    )


@routes.press("saz", who=ORGANISER, first=Asks(AskToClose, _sure_to_close))
async def close(request: Request, check_id: int) -> Reply:
    """Close a safety check, and show its list."""
    check = await _check(request, check_id)
    await service.close_check(request.tx, check, request.now)
    return await open_check(request, check_id)


async def offer_safety(request: Request) -> View:
    """Return the organisers' buttons about trust: to the running safety check or a new one, and the trusted people.

    The button to the trusted people appears once the gathering has people to choose from.
    """
    running = await request.tx.cached("running check", store.running_check)
    check = Button(_("Are you safe?"), Go("securite")) if running is None else _list_button(running)
    people = await people_store.turnout(request.tx)
    return View((), (check, NAMED) if people.invited + people.joined else (check,))


async def check_to_follow(request: Request) -> Sequence[NextStep]:
    """Return the running safety check as the organisers' most urgent next step; () if no check is running."""
    running = await request.tx.cached("running check", store.running_check)
    if running is None:
        return ()
    on_list = await service.list_for(request.tx, running, None)
    if on_list.in_need:
        line: Span = _n(
            "«Are you safe?» goes on: {count} person needs help",
            "«Are you safe?» goes on: {count} people need help",
            on_list.in_need,
        )
    elif not on_list.missing:
        line = _("«Are you safe?» goes on: everybody has answered")
    else:
        line = _n(
            "«Are you safe?» goes on: {count} person has not answered",
            "«Are you safe?» goes on: {count} people have not answered",
            on_list.missing,
        )
    return (NextStep(_BEFORE_ALL_ELSE, marked(running, line), _list_button(running)),)


def _list_button(check: SafetyCheck) -> Button:
    return Button(_("See the list"), OpenCheck(check.id), style="danger")
