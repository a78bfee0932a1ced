"""The presenters of a group, and what they see on their own phones: when it is their turn, and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Listing, Span, Strong, _
from bot.content.views import Button, Choice, Option, Reply, View, reply, with_lines_first
from bot.conversation.routes import FACILITATOR, PARTICIPANT, Request, Routes, Transaction
from bot.people.naming import called
from handlers.groups.messages.cards import MY_GROUP, short_title
from handlers.groups.model import Group
from handlers.groups.service.membership import group_of_the_day
from handlers.groups.store.groups import find_group, find_published_group
from handlers.groups.store.members import members_of
from handlers.navigation.actions import HOME
from handlers.plenary.actions import STAGE, NamePresenters
from handlers.plenary.messages import call_line, digits, who_presents
from handlers.plenary.model.turns import PlenaryState, StageTurn
from handlers.plenary.service import presenting
from handlers.plenary.service.conducting import people_on_stage
from handlers.plenary.service.presenting import MOST_PRESENTERS
from handlers.plenary.store.plenaries import find_state, find_turn
from handlers.plenary.store.presenters import presenters_of, set_alternates
from handlers.plenary.store.wishes import set_declines, set_remote, set_shows_names, wishes_of
from handlers.themes.store import all_themes, find_theme
from handlers.workshops.service.facilitators import groups_run_by

routes = Routes()


# --- who presents


async def offer_presenters(request: Request) -> View:
    """Return the part of the group's screen about its turn in the plenary; an empty View if no turn is to come."""
    group = await group_of_the_day(request.tx, request.participant.id, request.today)
    if group is None or request.gathering_is_over or not await _is_to_present(request.tx, group.id):
        return View(())
    names = tuple(called(presenter) for presenter in await presenters_of(request.tx, group.id))
    # L10N: who speaks for the group in the plenary
    lines = (_("In the plenary: {names}", names=Listing(names)),) if names else ()
    return View(lines, (Button(_("Who presents?"), show_presenters.to(group.id)),))


@routes.press("pnv")
async def show_presenters(request: Request, group_id: int) -> Reply:
    """Show who presents for the person's group. Members choose one or two presenters, and what the group wishes."""
    group = await _own_group(request, group_id)
    presenters = await presenters_of(request.tx, group.id)
    chosen = {presenter.id: presenter for presenter in presenters}
    members = await members_of(request.tx, group)
    choice = Choice(
        pick_presenters.to(group.id),
        tuple(Option(str(member.id), called(member)) for member in members),
        selected=tuple(str(member.id) for member in members if member.id in chosen),
        at_least=0,
        at_most=MOST_PRESENTERS,
        placeholder=_("Choose who presents"),
    )
    if request.participant.id not in {member.id for member in members}:
        title = short_title(group, existing(await find_theme(request.tx, group.theme)))
        asked = _("Who presents for {group}? One or two people; they can be changed until its turn.", group=title)
        return reply(asked, choice=choice, buttons=(STAGE, HOME)).meant_for(FACILITATOR)
    wishes = await wishes_of(request.tx, group.id)
    own = None if request.waits else chosen.get(request.participant.id)
    remote, declines = wishes.remote, wishes.declines

    def wish(word: str, wanted: bool, label: Span) -> Button:
        return Button(label, wish_for_turn.to(group.id, word, wanted))

    return reply(
        _("Who presents for your group in the plenary? One or two people; you can change it until your turn."),
        *((_("Presenting: {names}", names=Listing(tuple(called(person) for person in presenters))),) if chosen else ()),
        *((_("You present remotely."),) if remote else ()),
        *((_("Your group takes no questions on stage."),) if declines else ()),
        *((_("On the wall, your group's ideas show first names."),) if wishes.named else ()),
        *(
            (
                _("The order of groups may alternate women and men, as you agreed.")
                if own.alternates
                else _(
                    "If you agree, the order of groups may alternate women and men: it could show whether you are one."
                ),
            )
            if own
            else ()
        ),
        choice=choice,
        buttons=(
            wish("remote", False, _("We are in the room"))
            if remote
            # L10N: a button: the group presents by video, not in the room
            else wish("remote", True, _("We are remote")),
            wish("declines", False, _("We take questions"))
            if declines
            else wish("declines", True, _("No questions, please")),
            wish("named", False, _("No names on screen"))
            if wishes.named
            # L10N: a button: the group agrees that its ideas show first names on the screen for everybody
            else wish("named", True, _("Our names on screen")),
            *(
                (
                    wish("alternates", False, _("I no longer agree"))
                    if own.alternates
                    # L10N: a button: someone agrees that the order on stage alternates women and men
                    else wish("alternates", True, _("I agree to alternate")),
                )
                if own
                else ()
            ),
            replace(MY_GROUP, stays="at first"),
        ),
        again=show_presenters.to(group.id),
    )


@routes.press(NamePresenters)
async def name_presenters(request: Request, group: int) -> Reply:
    """Show who presents for the person's group in a new message, so that the message about the group's turn is kept."""
    return replace(await show_presenters(request, group), fresh=True)


async def _own_group(request: Request, group_id: int) -> Group:
    """Return a published group of the person's, or one whose workshops they run.

    Raises Stale for another group, UserError if its turn is over.
    """
    group = existing(await find_published_group(request.tx, group_id))
    members = {member.id for member in await members_of(request.tx, group)}
    if request.participant.id not in members and not await _runs(request, group_id):
        raise Stale
    if not await _is_to_present(request.tx, group_id):
        raise UserError(_("Your group's turn in the plenary is over, or not planned yet."), buttons=(MY_GROUP, HOME))
    return group


async def _runs(request: Request, group_id: int) -> bool:
    return group_id in {group.id for group in await groups_run_by(request.tx, request.participant, request.today)}


choose_group = routes.pick("pnvg", who=FACILITATOR, sent_with_press=False)(show_presenters.handler)


async def name_for_groups(request: Request) -> View:
    """Return, for a facilitator, who presents for each of their groups, with a choice of one; empty for others.

    Groups that nobody presents for come first. Organisers have a screen of their own, and get nothing here.
    """
    lines: list[Span] = []
    options: list[Option] = []
    run = () if request.participant.organises else await groups_run_by(request.tx, request.participant, request.today)
    themes = {theme.key: theme for theme in await all_themes(request.tx)} if run else {}
    named = [(group, await presenters_of(request.tx, group.id)) for group in run]
    for group, presenters in sorted(named, key=lambda each: bool(each[1])):
        if await _is_to_present(request.tx, group.id):
            title = short_title(group, themes[group.theme])
            names: Span = Listing(tuple(map(called, presenters))) if presenters else _("nobody yet")
            lines.append(_("{what}: {words}", what=title, words=names))
            options.append(Option(str(group.id), title))
    if not options:
        return View(())
    choice = Choice(choose_group.to(), tuple(options), placeholder=_("Who presents?"), listed=True)
    return View((Strong(_("Who presents?")), *lines), choice=choice)


async def has_groups_to_name(request: Request) -> bool:
    """Return whether a facilitator has groups that will present, so that their menu offers the plenary."""
    return bool((await name_for_groups(request)).lines)


async def _is_to_present(tx: Transaction, group_id: int) -> bool:
    """Return whether a group has a turn on stage that is not over; at a table of a gallery everybody presents."""
    turn = await find_turn(tx, group_id)
    state = await find_state(tx, turn.plenary_id) if turn and turn.state not in ("done", "absent") else None
    return state is not None and not state.plenary.gallery


@routes.pick("pnvp")
async def pick_presenters(request: Request, chosen: tuple[int, ...], group_id: int) -> Reply:
    """Store the presenters of the person's group.

    Near the group's turn, new presenters get the clock, and former presenters lose it.
    """
    group = await _own_group(request, group_id)
    members = {member.id for member in await members_of(request.tx, group)}
    if len(chosen) > MOST_PRESENTERS or not members.issuperset(chosen):
        raise Stale
    await presenting.set_presenters(request.tx, group.id, chosen)
    return with_lines_first(await show_presenters(request, group.id), _("Noted."))


@routes.press("pnvw")
async def wish_for_turn(request: Request, group_id: int, what: str, wanted: bool) -> Reply:
    """Store a wish of the person's group for its turn, or whether the person agrees to alternate women and men.

    `what` is «remote» (the group presents remotely), «declines» (it takes no questions), «named» (its ideas show first
    names on the wall) or «alternates» (the person, a presenter, agrees that the order may alternate women and men).
    `wanted` is the new value.
    """
    group = await _own_group(request, group_id)
    if request.participant.id not in {member.id for member in await members_of(request.tx, group)}:
        raise Stale  # who runs its workshops chooses who presents, and no more
    match what:
        case "remote":
            await set_remote(request.tx, group.id, wanted)
        case "declines":
            await set_declines(request.tx, group.id, wanted)
        case "named":
            await set_shows_names(request.tx, group.id, wanted)
        case "alternates":
            await set_alternates(request.tx, group.id, request.participant.id, wanted)
        case _:
            raise Stale
    await presenting.refresh_cards(request.tx, group.id)
    return await show_presenters(request, group.id)


# --- the clock


@routes.live_screen("presenter", who=PARTICIPANT)
async def draw_call(tx: Transaction, subject: str, now: datetime) -> View | None:
    """Return the message that shows presenters how many groups come before theirs, until it is their turn.

    `subject` is «plenary:group:person», three ids. Once the group is on stage, the message points to the clock, which
    is another message. Returns None if the group has no turn any more.
    """
    state, group_id = await find_state(tx, int(subject.partition(":")[0])), int(subject.split(":")[1])
    turn = state.find(group_id) if state else None
    if turn is not None and turn.on_stage:
        return View((_("It is your turn: see below."),))
    return await draw_clock(tx, subject, now)


@routes.live_screen("clock", who=PARTICIPANT)
async def draw_clock(tx: Transaction, subject: str, now: datetime) -> View | None:
    """Return the message that shows a presenter how many groups come first, then the clock, then that the turn is over.

    `subject` is «plenary:group:person», three ids. Returns None if the group has no turn any more.
    """
    plenary_id, group_id, person_id = (int(part) for part in subject.split(":"))
    state = await find_state(tx, plenary_id)
    turn = state.find(group_id) if state else None
    group = await find_group(tx, group_id)
    if state is None or turn is None or group is None:
        return None
    if person_id not in await people_on_stage(tx, group_id):
        return View((_("Somebody else presents for your group."),))
    to_name = turn.state == "waiting" and state.plenary.ended_at is None and not await presenters_of(tx, group_id)
    button = who_presents(group_id) if to_name else STAGE
    return View((Strong(_line(state, turn, now)),), () if turn.on_stage else (button,))


def _line(state: PlenaryState, turn: StageTurn, now: datetime) -> Span:
    """Return the one line that presenters of a group read."""
    if turn.state == "absent":
        return _("Your turn is over.")
    if turn.state == "done":
        return _("That is it, thank you!")
    if turn.state == "waiting" and state.plenary.ended_at is not None:
        return _("The plenary ends here: your group will present in another session.")
    if turn.state == "waiting":
        return call_line(state, turn)
    clock = state.clock(now)
    assert clock is not None, "a group on stage has a clock"
    if clock.begins_in:
        return _("It is your turn: come on stage. The clock begins in {time}.", time=digits(clock.begins_in))
    if clock.paused:
        return _("A break: the clock is stopped.")
    if turn.state == "questions":
        if clock.left > 0:
            return _("Questions: {time}", time=digits(clock.left))
        return _("That is it, thank you!")
    if clock.left <= 0:
        return _("Time is up: finish your sentence, thank you!")
    if clock.left <= 30:
        return _("30 seconds")
    if clock.left <= 60:
        return _("1 minute")
    return _("{time} left", time=digits(clock.left))
