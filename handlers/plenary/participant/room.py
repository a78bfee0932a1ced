"""The card (a message) of everybody in the audience: who is on stage, and what to say to them.

It is updated automatically.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from bot.content.actions import Go
from bot.content.errors import Stale, existing
from bot.content.forms import Form, territory, text
from bot.content.texts import Joined, Listing, Localised, Moment, Person, Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import PARTICIPANT, Request, Routes, Transaction, in_unconfirmed_browser
from handlers.ideas.messages import idea_quote
from handlers.navigation.actions import HOME
from handlers.plenary.actions import STAGE, Applaud, AskQuestion, ShowGroupQuestions, ShowQuestions
from handlers.plenary.messages import (
    LABEL,
    VOTED_FOR,
    call_line,
    offer_words,
    on_stage_line,
    table_line,
    turn_line,
    who_presents,
)
from handlers.plenary.model.turns import Plenary, PlenaryState, StageTurn
from handlers.plenary.participant.afar import follow_from_afar
from handlers.plenary.participant.presenting import name_for_groups
from handlers.plenary.service.conducting import listener_key
from handlers.plenary.service.preparing import rooms_of_round, round_to_present, running_now, session_of
from handlers.plenary.service.proposals import ideas_instead
from handlers.plenary.service.questions import group_title, turn_in_plenary
from handlers.plenary.store import echo
from handlers.plenary.store.galleries import table_of_visitor
from handlers.plenary.store.listeners import group_of_listener, groups_of_member, plenary_of_listener
from handlers.plenary.store.plenaries import all_plenaries, find_state, groups_of_plenary, running_plenaries
from handlers.plenary.store.presenters import presenters_of
from handlers.plenary.store.wishes import wishes_of
from handlers.programme.messages import PROGRAMME

routes = Routes()

_LONGEST_OFFER = 140
_BESIDE_CALL = 3
"""How many buttons stand beside the one that asks a group that is called who presents."""


class TerritoryForm(Form):
    """The form for a territory where a group's solution is needed too."""

    title: ClassVar[Text] = _("Where I live too")
    place: str = territory(_("In which country or region?"))


class OfferForm(Form):
    """The form for how a person could help a group's solution."""

    title: ClassVar[Text] = _("I could help")
    read_by_others: ClassVar[bool] = True
    offer: str = text(_("I could help with…"), max_length=_LONGEST_OFFER)


# L10N: a button: the table of the gallery at which the person is now
_MY_TABLE = Button(_("My table"), Go("scene"))

_OVER = _("The plenary is over.")
_TOLD_FOR = timedelta(days=1)

# --- the card


@routes.command(
    "scene",
    _("What is on stage in the plenary"),
    names={"en": "stage", "de": "buehne"},
    plain_words=_("on stage, the stage, who is on stage"),
)
async def open_card(request: Request) -> Reply:
    """Send the person a new card of the running plenary, which is kept up to date from now on; an earlier card goes.

    In a browser that its owner has not confirmed, the card is not kept up to date: such a message would be added to the
    owner's page too, at each press.
    """
    plenaries = await running_now(request.tx)
    if not plenaries:
        said = await _to_come(request) or (_("Nobody is on stage now."),)
        groups = await name_for_groups(request)
        return reply(*said, *groups.lines, choice=groups.choice, buttons=(PROGRAMME, HOME))
    plenary = await plenary_of_listener(request.tx, request.participant.id, plenaries)
    if request.unconfirmed:
        return Reply(existing(await _card_of(request.tx, plenary.id, request.participant.id, request.now)), fresh=True)
    own = await group_of_listener(request.tx, plenary.id, request.participant.id)
    await request.show_below(listener_key(plenary, request.participant.id, own))
    if plenary.gallery:
        return reply(_("Your table is below. It updates by itself."), buttons=(HOME,), fresh=True)
    return reply(
        _("The stage is below. It updates by itself."),
        buttons=(*from_afar(request, plenary.id), HOME),
        fresh=True,
    )


async def _to_come(request: Request) -> tuple[Span, ...]:
    """Return lines about the plenary that is prepared, or that it is over; none where there is none."""
    round_ = await round_to_present(request.tx)
    for plenary in await rooms_of_round(request.tx, round_.number) if round_ else ():
        session = await session_of(request.tx, plenary)
        if plenary.began_at is None and session is not None and session.plan.ends > request.now:
            line = _("{title}: {time}", title=Localised(session.plan.title), time=Moment(session.plan.starts))
            return _("Nobody is on stage now."), line
        if plenary.ended_at is not None:
            return (_OVER,)
    return ()


async def over_already(tx: Transaction, now: datetime) -> Mapping[int, Span]:
    """Return, by session id, a line for each session whose plenaries all ended, the last less than a day ago."""
    plenaries = await all_plenaries(tx) if await round_to_present(tx) else ()
    going_on = {plenary.session_id for plenary in plenaries if plenary.ended_at is None}
    return {
        plenary.session_id: _OVER
        for plenary in plenaries
        if plenary.session_id is not None and plenary.session_id not in going_on
        if plenary.ended_at is not None and now - plenary.ended_at < _TOLD_FOR
    }


async def _running(request: Request) -> Sequence[Plenary]:
    """Return the plenaries that run for the person: none for who takes no part, nor once the gathering is over.

    Organisers who forgot to end one leave nobody on stage for days.
    """
    here = request.participant.takes_part and not request.gathering_is_over
    return await running_now(request.tx) if here else ()


async def offer_stage(request: Request) -> View:
    """Return the home screen's part about the running plenary and the group on stage; an empty View without one."""
    plenaries = await _running(request)
    if not plenaries:
        return View(())
    plenary = await plenary_of_listener(request.tx, request.participant.id, plenaries)
    state = await find_state(request.tx, plenary.id)
    turn = state.current if state else None
    if state is None or turn is None:
        return View(())
    if state.plenary.gallery:
        return View((await _at_table(request.tx, state, turn, request.participant.id)).lines, (_MY_TABLE,))
    ask = await group_to_ask(request)
    group_id = await group_of_listener(request.tx, plenary.id, request.participant.id)
    own = state.find(group_id) if group_id else None
    lines: list[Span] = [on_stage_line(Strong(await group_title(request.tx, turn.group_id)))]
    if own is not None and own in state.waiting:
        lines.append(turn_line(state.turns.index(own) + 1, state.expected_at(own, request.now)))
    return View(
        tuple(lines),
        (*(() if ask is None else (_question_button(ask),)), STAGE, *from_afar(request, plenary.id)),
    )


async def group_to_ask(request: Request) -> int | None:
    """Return the id of the group on stage if the person can ask it something; None otherwise.

    Members cannot ask their own group, and nobody can ask a group that takes no questions. In a gallery nobody is on
    stage.
    """
    plenaries = await running_plenaries(request.tx)  # first, and alone: this is asked of all words that are typed
    if not plenaries or not await _running(request):
        return None
    plenary = await plenary_of_listener(request.tx, request.participant.id, plenaries)
    state = await find_state(request.tx, plenary.id)
    if state is None or state.current is None or plenary.gallery:
        return None
    group_id = state.current.group_id
    if group_id in await groups_of_member(request.tx, request.participant.id):
        return None
    return None if (await wishes_of(request.tx, group_id)).declines else group_id


def _question_button(group_id: int) -> Button:
    # L10N: a button: ask the group on stage something
    return Button(_("Ask a question"), AskQuestion(group_id), style="primary")


async def something_is_on(request: Request) -> Sequence[str]:
    """Return («plenary»,) while a plenary is running, so that the programme announces no break; () otherwise."""
    return ("plenary",) if await _running(request) else ()


def from_afar(request: Request, plenary_id: int) -> tuple[Button, ...]:
    """Return the button with which a person follows the plenary on their own screen.

    Returns () if the bot has no public address for pages.
    """
    if not request.settings.web.public_url:
        return ()
    # L10N: a button: what the wall shows, for who is not in the room
    return (Button(_("Follow remotely"), follow_from_afar.to(plenary_id)),)


async def offer_in_menu(request: Request) -> Sequence[Button]:
    """Return the menu's button to the card of the running plenary; () if none is running."""
    plenaries = await _running(request)
    return (_MY_TABLE if plenaries[0].gallery else STAGE,) if plenaries else ()


@routes.live_screen("stage", who=PARTICIPANT)
async def draw_stage(tx: Transaction, subject: str, _now: datetime) -> View | None:
    """Return a plenary's card for people in the audience; None if the plenary was deleted.

    `subject` is the plenary's id. If the reader's group presents there, «:» and the id of the group follow.
    """
    plenary_id, _colon, own = subject.partition(":")
    state = await find_state(tx, int(plenary_id))
    if state is None:
        return None
    turn = state.current
    if turn is None:
        if state.plenary.ended_at is None:
            return View((_("The plenary begins soon."),))
        if state.waiting:
            return View((_("That is all for now: the other groups will present in another session."),))
        return View((_("The plenary is over. Thank you for listening!"),))
    return await _card(tx, state, turn, state.find(int(own)) if own else None)


async def _card(tx: Transaction, state: PlenaryState, turn: StageTurn, own: StageTurn | None) -> View:
    """Return the card of a plenary while a group is on stage, for who has the `own` turn, None for nobody's.

    It calls the members of a group whose turn comes soon and that has not named who presents.
    """
    group = Strong(await group_title(tx, turn.group_id))
    now = _("Questions to {group}", group=group) if turn.state == "questions" else on_stage_line(group)
    if own == turn and turn.state == "talk":
        # L10N: the first line of a card, for the members of the group on stage
        now = _("It is your turn! {group}", group=group)
    buttons = await stage_buttons(tx, turn.group_id, own=own == turn)
    if own and own.state == "waiting" and own.called_at and not await presenters_of(tx, own.group_id):
        beside = (replace(button, style="plain") for button in buttons[:_BESIDE_CALL])  # one next step, not two
        return View((now, Strong(call_line(state, own))), (who_presents(own.group_id), *beside))
    following = state.waiting[:1]
    then = [_("Then: {group}", group=await group_title(tx, each.group_id)) for each in following]
    return View((now, *await _ideas_instead(tx, turn.group_id), *then), buttons)


async def _ideas_instead(tx: Transaction, group_id: int) -> Sequence[Span]:
    """Return what the wall shows of a group that wrote nothing: the ideas with most votes, or its only one."""
    ideas = await ideas_instead(tx, group_id)
    shown: list[Span] = [VOTED_FOR] if any(votes for _idea, votes in ideas) else []
    for idea, votes in ideas:
        said: Span = idea_quote(idea, LABEL)
        shown.append(Joined((said, " · ", _n("{count} vote", "{count} votes", votes))) if votes else said)
    return shown


async def _card_of(tx: Transaction, plenary_id: int, person_id: int, now: datetime) -> View | None:
    """Return the card of a plenary as a person has it; None if the plenary was deleted."""
    state = await find_state(tx, plenary_id)
    if state is not None and state.plenary.gallery:
        return await draw_table(tx, f"{plenary_id}:{person_id}", now)
    own = await group_of_listener(tx, plenary_id, person_id)
    return await draw_stage(tx, f"{plenary_id}:{own or ''}", now)


# --- the card in a gallery, where everybody is at a table of their own


@routes.live_screen("table", who=PARTICIPANT)
async def draw_table(tx: Transaction, subject: str, _now: datetime) -> View | None:
    """Return the message that tells a person in each round of a gallery which table to visit, or to stay at their own.

    `subject` is «plenary:person», two ids. Returns None if the plenary was deleted or is no longer a gallery.
    """
    plenary_id, person_id = (int(part) for part in subject.split(":"))
    state = await find_state(tx, plenary_id)
    if state is None or not state.plenary.gallery:
        return None
    turn = state.current
    if turn is None:
        over = _("The gallery is over. Thank you for your visits!")
        return View((over if state.plenary.ended_at else _("The gallery begins soon."),))
    return await _at_table(tx, state, turn, person_id)


async def _at_table(tx: Transaction, state: PlenaryState, turn: StageTurn, person_id: int) -> View:
    """Return where somebody is in a round of a gallery, until when, and what they can do for the table they visit."""
    assert turn.ends_at is not None, "a round that goes on has an end"
    tables = await groups_of_plenary(tx, state.plenary.id)
    visits = await table_of_visitor(tx, state.plenary.id, turn.position, person_id)
    own = await group_of_listener(tx, state.plenary.id, person_id)
    until: Span = _("until {time}", time=Strong(Moment(turn.ends_at, "time")))
    if state.plenary.paused_at is not None:
        until = _("a pause")
    if visits is not None and visits in tables:
        group = Strong(await group_title(tx, visits))
        where: Span = _("go to table {table}, {group}", table=Strong(tables.index(visits) + 1), group=group)
        return View((table_line(turn.position, where, until),), await stage_buttons(tx, visits))
    if own is not None and own in tables:
        where = _("you host at your table, number {table}", table=Strong(tables.index(own) + 1))
        return View((table_line(turn.position, where, until),), (_read_questions(own),))
    return View((table_line(turn.position, _("visit whichever table you like"), until),))


def _read_questions(group_id: int) -> Button:
    return Button(_("Read the questions"), ShowGroupQuestions(group_id))


async def stage_buttons(tx: Transaction, group_id: int, *, own: bool = False) -> tuple[Button, ...]:
    """Return the buttons for reactions to the group on stage, such as a question or applause.

    With `own`, the reader is a member of that group, and can only read the questions to it.
    """
    declines = (await wishes_of(tx, group_id)).declines
    if own:
        return () if declines else (_read_questions(group_id),)
    questions = (
        _question_button(group_id),
        Button(_("See the questions"), ShowQuestions(group_id)),
    )
    return (
        *(() if declines else questions[:1]),
        # L10N: a button: applaud the group on stage
        Button(_("Bravo 👏"), Applaud(group_id)),
        # L10N: a button: the group's solution is needed where I live, too
        Button(_("At home too"), say_also_here.to(group_id)),
        *(() if declines else questions[1:]),
    )


# --- applause


@routes.press(Applaud)
@in_unconfirmed_browser
async def applaud(request: Request, group: int) -> Reply:
    """Count the person's applause for a group, and show the card of the plenary as it is now."""
    turn = existing(await turn_in_plenary(request.tx, group))
    await echo.applaud(request.tx, group, request.participant.id)
    view = existing(await _card_of(request.tx, turn.plenary_id, request.participant.id, request.now))
    return Reply(view, toast="👏")


# --- «Chez moi aussi»


@routes.press("pnh")
@in_unconfirmed_browser
async def say_also_here(request: Request, group: int) -> Reply:
    """Store that a group's solution is also needed in the person's territory: a short notice says so.

    The card of the plenary stays, with a button to say more. A second press shows what the person said, to take it
    back. If the bot does not know the territory, it asks for the territory first.
    """
    turn = existing(await turn_in_plenary(request.tx, group))
    entry = await echo.own_also_here(request.tx, group, request.participant.id)
    if entry is None and not request.participant.territory:
        where = Button(_("Say where"), change_also_here.to(group), style="primary")
        return reply(_("In which country or region is it needed too?"), buttons=(where, HOME), fresh=True)
    if entry is not None:
        return replace(await _show_also_here(request, group), fresh=True)
    place = request.participant.territory
    await echo.put_also_here(request.tx, group, request.participant.id, place, request.now)
    card = existing(await _card_of(request.tx, turn.plenary_id, request.participant.id, request.now))
    own = say_also_here.to(group)
    buttons = tuple(_help_button(group) if button.action == own else button for button in card.buttons)
    return Reply(replace(card, buttons=buttons), toast=_noted(place))


def _noted(territory: str) -> Text:
    return _("Noted: this is needed where you live too ({territory}).", territory=Strong(Territory(territory)))


def _help_button(group_id: int) -> Button:
    # L10N: a button: say how one could help this solution where one lives
    return Button(_("I could help with…"), offer_help.to(group_id))


async def _show_also_here(request: Request, group_id: int) -> Reply:
    entry = existing(await echo.own_also_here(request.tx, group_id, request.participant.id))
    return reply(
        _noted(entry.territory),
        *((_("You could help: {offer}", offer=offer_words(entry)),) if entry.offer else ()),
        buttons=(
            replace(_help_button(group_id), style="plain" if entry.offer else "primary"),
            Button(_("Another territory"), change_also_here.to(group_id)),
            Button(_("Take it back"), take_back_also_here.to(group_id)),
            HOME,
        ),
    )


async def _present_territory(request: Request, group: int) -> dict[str, str]:
    entry = await echo.own_also_here(request.tx, group, request.participant.id)
    return {"place": entry.territory} if entry else {}


@routes.form("pnht", TerritoryForm, prefill=_present_territory)
async def change_also_here(request: Request, form: TerritoryForm, group: int) -> Reply:
    """Store in which territory a group's solution is needed too, according to the person."""
    if await turn_in_plenary(request.tx, group) is None:
        raise Stale
    await echo.put_also_here(request.tx, group, request.participant.id, form.place, request.now)
    return await _show_also_here(request, group)


async def _present_offer(request: Request, group: int) -> dict[str, str]:
    entry = await echo.own_also_here(request.tx, group, request.participant.id)
    return {"offer": entry.offer} if entry else {}


@routes.form("pnho", OfferForm, prefill=_present_offer)
async def offer_help(request: Request, form: OfferForm, group: int) -> Reply:
    """Store how the person could help a group's solution; the group reads it with their first name and initial."""
    person = request.participant
    if await echo.own_also_here(request.tx, group, person.id) is None:
        if await turn_in_plenary(request.tx, group) is None or not person.territory:
            raise Stale
        await echo.put_also_here(request.tx, group, person.id, person.territory, request.now)
    await echo.set_offer(request.tx, group, person.id, form.offer)
    return await _show_also_here(request, group)


@routes.press("pnhx")
async def take_back_also_here(request: Request, group: int) -> Reply:
    """Delete the person's statement that a group's solution is needed where they live."""
    gone = await echo.take_back_also_here(request.tx, group, request.participant.id)
    line = _("Taken back.") if gone else _("There was nothing to take back.")
    return reply(line, buttons=(STAGE, HOME))


async def offer_echo(request: Request, group_id: int) -> View:
    """Return lines about the audience's reactions to a group: the applause, and where else its solution is needed."""
    lines: list[Span] = []
    if claps := await echo.applause_of(request.tx, group_id):
        lines.append(_n("The room applauded {count} time.", "The room applauded {count} times.", claps))
    entries = await echo.also_here_of(request.tx, group_id)
    return View((*lines, *also_here_lines(entries)))


def also_here_lines(entries: Sequence[echo.AlsoHere]) -> Sequence[Span]:
    """Return the lines that name the territories where a solution is needed too, and list people's offers to help."""
    if not entries:
        return ()
    codes = tuple(Territory(code) for code in dict.fromkeys(entry.territory for entry in entries))
    offers = [entry for entry in entries if entry.offer]
    return (
        _("Needed there too: {territories}", territories=Listing(codes)),
        *(
            _(
                "{name} could help: {offer}",
                name=Person(entry.participant_id, "short", entry.name),
                offer=offer_words(entry),
            )
            if entry.name
            else _("Someone could help: {offer}", offer=offer_words(entry))
            for entry in offers
        ),
    )
