"""The card with which an organiser conducts a plenary: one message, kept up to date, with a button for each step.

Several organisers can have the card. Every button has a digest of what its card showed: an organiser who presses second
changes nothing, and reads who was first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.errors import Stale, existing
from bot.content.folding import MORE
from bot.content.texts import Joined, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation import journal_store
from bot.conversation.journal_store import JournalEntry
from bot.conversation.routes import ORGANISER, Instead, Request, Routes, StoredVersion, Transaction
from bot.conversation.undo import WINDOW, Undo, author, what
from handlers.navigation.actions import BACK
from handlers.plenary.actions import PLENARIES, BeginPlenary, ConductStep, OpenPlenary, ShowLengths
from handlers.plenary.messages import (
    asked_by,
    delay_line,
    heading,
    on_stage_line,
    order_button,
    question_quote,
    question_words,
    room_words,
    time_left,
    wanted_words,
)
from handlers.plenary.model.questions import ranked
from handlers.plenary.model.turns import PlenaryState, StageTurn, TalkClock
from handlers.plenary.organiser.asking import ask_aloud, put_question, rank_questions
from handlers.plenary.organiser.changing import change, find, subject_of, version_of
from handlers.plenary.organiser.preparing import ask_for_groups, offer_another_session, prepare_first, show
from handlers.plenary.organiser.showing import screen_buttons
from handlers.plenary.service import conducting, preparing
from handlers.plenary.service.conducting import card_key
from handlers.plenary.service.questions import leave_to_groups, turn_in_plenary
from handlers.plenary.service.restoring import values_of
from handlers.plenary.store.plenaries import find_state
from handlers.plenary.store.questions import find_question, questions_of_group
from handlers.plenary.store.wishes import groups_declining
from handlers.programme.model import Plan, local_day
from handlers.themes.store import all_themes

routes = Routes()

_FIRST = 3
"""How many questions the card shows while they are asked; the first has a button, the others are behind «More…»."""
_LABEL = 20
"""How many characters of the first question its button shows."""
_MOST_OF_A_QUESTION = 140
_EARLY = timedelta(minutes=30)
"""How long before its session a plenary begins only after a question."""


# --- opening it


@routes.command(
    "pleniere",
    _("Prepare and conduct the plenary"),
    names={"en": "plenary", "de": "plenum"},
    who=ORGANISER,
    plain_words=_("the plenary, plenary session, conduct the plenary"),
    for_others="scene",
)
async def open_plenaries(request: Request) -> Reply:
    """Show the plenary of the last published groups, in the state that it is in.

    The screen tells what is needed to prepare one, shows the preparation, or sends a new card (a message) for
    conducting it; afterwards it says that the plenary is over. With two rooms, the person chooses one. Groups that have
    not presented can have another session.
    """
    round_ = await preparing.round_to_present(request.tx)
    if round_ is None:
        return await ask_for_groups(request)
    plenaries = await preparing.rooms_of_round(request.tx, round_.number)
    if not plenaries:
        return await prepare_first(request)
    if len(plenaries) == 1:
        return await open_plenary(request, plenaries[0].id)
    presenting = await preparing.groups_to_present(request.tx, round_.number)
    themes = await all_themes(request.tx)
    lines: list[Span] = []
    buttons: list[Button] = []
    for plenary in plenaries:
        state = await find(request, plenary.id)
        here = {presenting.groups[turn.group_id].theme for turn in state.turns}
        room = room_words(plenary.room, [theme for theme in themes if theme.key in here])
        lines += [Strong(room), await _where_it_stands(state, presenting.titles)]
        buttons.append(Button(_("Room {number}", number=plenary.room), OpenPlenary(plenary.id), style="primary"))
    rest = await offer_another_session(request.tx, round_.number)
    return reply(*lines, *rest.lines, buttons=(*rest.buttons, *buttons, BACK))


async def _where_it_stands(state: PlenaryState, titles: Mapping[int, Text]) -> Span:
    if state.plenary.ended_at is not None:
        return _("Over since {time}.", time=Moment(state.plenary.ended_at, "time"))
    if turn := state.current:
        return on_stage_line(titles[turn.group_id])
    return _n("{count} group, not begun yet", "{count} groups, not begun yet", len(state.turns))


async def is_running(request: Request) -> bool:
    """Return whether a plenary is being conducted, so that the menu offers it."""
    return bool(await preparing.running_now(request.tx))


@routes.press(OpenPlenary, who=ORGANISER)
async def open_plenary(request: Request, plenary: int) -> Reply:
    """Show one plenary: its preparation, a new card for conducting it, or a message that it is over."""
    state = await find(request, plenary)
    if state.plenary.began_at is None:
        return await show(request, state)
    if state.plenary.ended_at is not None:
        view = existing(await draw_card(request.tx, str(state.plenary.id), request.now))
        return Reply(view)
    return await _send_card(request, state, _("Everything is below. It updates by itself."))


async def _send_card(request: Request, state: PlenaryState, line: Span) -> Reply:
    """Send the person a new card below a line; their earlier card goes."""
    await request.show_below(card_key(state.plenary.id), pinned=True)
    return reply(line, buttons=(order_button(state.plenary), BACK), fresh=True)


async def _before_it(request: Request, plenary: int) -> StoredVersion | None:
    """Return the plenary that would begin; None where it has begun."""
    state = await find(request, plenary)
    return version_of(state) if state.plenary.began_at is None else None


@routes.press(BeginPlenary, who=ORGANISER, unless_changed=_before_it)
async def begin(request: Request, plenary: int) -> Reply:
    """Begin a plenary: the first group comes on stage, and the card for conducting the plenary is sent below.

    If its session is still far off, ask for confirmation first, because everybody's phone would show the plenary.
    """
    state = await find(request, plenary)
    session = await preparing.session_of(request.tx, state.plenary)
    early = session is not None and session.plan.starts - request.now > _EARLY
    if session is None or not early or not state.turns or state.plenary.began_at is not None:
        return await begin_now(request, plenary)
    return reply(
        _early_line(session.plan, request.now),
        buttons=(
            Button(_("Begin now"), begin_now.seeing(values_of(state)).to(plenary)),
            Button(_("Back to the plenary"), OpenPlenary(plenary), style="primary"),
        ),
    )


@routes.press("pnbe", who=ORGANISER, unless_changed=_before_it)
async def begin_now(request: Request, plenary: int) -> Reply:
    """Begin a plenary, even long before its session. Without a session or groups, show what is missing instead."""
    state = await find(request, plenary)
    session = await preparing.session_of(request.tx, state.plenary)
    if session is None or state.plenary.began_at is not None or not state.turns:
        return await open_plenary(request, plenary)
    after = conducting.begun(state, session.plan.starts, request.now)
    await change(request, state, after, _("The plenary begins"))
    gallery, stage = _("The gallery begins. Everything is below."), _("The plenary begins. Everything is below.")
    answer = await _send_card(request, after, gallery if after.plenary.gallery else stage)
    return replace(answer, fresh=False)  # in place of the preparation, which is over


def _early_line(plan: Plan, now: datetime) -> Text:
    """Return the question whether to begin a plenary now, with the time, or on another day the date, of its session."""
    if local_day(plan, plan.starts) == local_day(plan, now):
        return _("The plenary is planned at {time}. Begin now?", time=Moment(plan.starts, "time"))
    return _("The plenary is planned for {day}. Begin now?", day=Moment(plan.starts))


# --- what it shows


@routes.live_screen("plenary", who=ORGANISER)
async def draw_card(tx: Transaction, subject: str, now: datetime) -> View | None:
    """Return the present card for conducting a plenary; None if the plenary was deleted.

    `subject` is the id of the plenary. If its beginning was undone, the card has a button to the preparation.
    """
    state = await find_state(tx, int(subject))
    if state is None:
        return None
    if state.plenary.began_at is None:
        return View(
            (_("Undone: it has not begun."),),
            (Button(_("Back to the plenary"), OpenPlenary(state.plenary.id), style="primary"), BACK),
        )
    titles = (await preparing.groups_to_present(tx, state.plenary.round)).titles
    entry = await _last_step(tx, state.plenary.id, now)
    undo = (Button(_("Undo this change"), Undo(entry.id)),) if entry else ()
    order = order_button(state.plenary)
    clock, turn, seen = state.clock(now), state.current, version_of(state).seen
    if state.plenary.ended_at is not None:
        rest = await offer_another_session(tx, state.plenary.round)
        return View((*_over_lines(state), *rest.lines), (*rest.buttons, *undo, order, BACK))
    if turn is not None and clock is not None and state.plenary.gallery:
        return _gallery_card(state, turn, clock, now, undo)
    if turn is None or clock is None:
        go_on = Button(_("Next group"), ConductStep(state.plenary.id, "n", seen), style="primary")
        return View((_("The group on stage was dissolved."), delay_line(state, now)), (go_on, *undo, order))
    stage = (
        _("Questions to {group}", group=titles[turn.group_id]) if turn.state == "questions" else titles[turn.group_id]
    )
    following = state.waiting
    # L10N: on the conductor's card: the group that presents next
    after = _("Then: {group}", group=titles[following[0].group_id]) if following else _("This is the last group.")
    asking = await _questions_view(tx, turn)
    return View(
        (Strong(stage), time_left(clock), after, delay_line(state, now), *asking.lines),
        (
            *asking.buttons,
            *_steps(state, await _next_label(tx, state, turn, now))[: 2 if asking.buttons else None],
            *undo,
            Button(MORE, show_more.to(state.plenary.id)),
        ),
    )


@routes.press("pnmo", who=ORGANISER)
async def show_more(request: Request, plenary: int) -> Reply:
    """Show the rarer actions for conducting a plenary, in a message below its card."""
    state = await find(request, plenary)
    if not state.plenary.running:
        return await open_plenary(request, plenary)
    turn = None if state.plenary.gallery else state.current
    absent = ConductStep(plenary, "a", version_of(state).seen)
    return reply(
        heading(state),
        buttons=(
            # L10N: a button: the group that should be on stage is away; it comes last
            *((Button(_("The group is absent"), absent),) if turn and turn.state == "talk" else ()),
            *((await _all_questions(request.tx, turn.group_id),) if turn else ()),
            *((_longer(state),) if turn and turn.state == "questions" else ()),
            order_button(state.plenary),
            Button(_("Times"), ShowLengths(plenary)),
            *await screen_buttons(request.tx, state),
            PLENARIES,
        ),
        fresh=True,
    )


def _gallery_card(
    state: PlenaryState, turn: StageTurn, clock: TalkClock, now: datetime, undo: tuple[Button, ...]
) -> View:
    """Return the card with which a gallery is conducted: the round, its clock, and when all ends.

    `undo` is the button that undoes the last step, none once it cannot be.
    """
    following = state.advance(now).current
    if following is None:
        label = _("Next: the end")
    elif following.key == turn.key:
        label = _("Start the clock")
    else:
        label = _("Next: round {number}", number=following.position)
    return View(
        (
            Strong(_("Round {number} of {count}", number=turn.position, count=len(state.turns))),
            time_left(clock, gallery=True),
            delay_line(state, now),
        ),
        (*_steps(state, label), *undo, Button(MORE, show_more.to(state.plenary.id))),
    )


def _steps(state: PlenaryState, next_label: Text) -> tuple[Button, ...]:
    """Return the buttons for the next step, a pause or going on after it, and half a minute more."""
    plenary_id, seen = state.plenary.id, version_of(state).seen
    return (
        Button(next_label, ConductStep(plenary_id, "n", seen), style="primary"),
        # L10N: a button: the clock on stage goes on after a pause
        Button(_("Go on"), ConductStep(plenary_id, "g", seen))
        if state.plenary.paused_at is not None
        else Button(_("Pause"), ConductStep(plenary_id, "p", seen)),
        _longer(state),
    )


def _longer(state: PlenaryState) -> Button:
    return Button(_("+30 s"), ConductStep(state.plenary.id, "m", version_of(state).seen))


async def _questions_view(tx: Transaction, turn: StageTurn) -> View:
    """Return what the card says of the questions to the group on stage, in time for them: those wanted most."""
    if turn.state != "questions":
        return View(())
    listed = ranked(question for question in await questions_of_group(tx, turn.group_id) if question.shown)
    unasked = [question for question in listed if question.asked_at is None]
    lines: list[Span] = []
    if listed and listed[0].asked_at is not None:
        # L10N: on the conductor's card: the question that is being asked aloud
        asked = _("Being asked: {question}", question=Strong(question_words(listed[0], "led")))
        lines.append(Joined((asked, *(span for name in asked_by(listed[0]) for span in (" · ", name)))))
    for number, question in enumerate(unasked[:_FIRST], start=1):
        text = _("{number}. {question}", number=number, question=question_quote(question, _MOST_OF_A_QUESTION, "led"))
        lines.append(Joined((text, " · ", wanted_words(question))))
    # L10N: a button: this question, of which the first words follow, is asked aloud now
    buttons = [
        Button(_("Ask: {question}", question=question_quote(question, _LABEL, "led")), ask_question.to(question.id))
        for question in unasked[:1]
    ]
    return View(tuple(lines), tuple(buttons))


async def _all_questions(tx: Transaction, group_id: int) -> Button:
    """Return the button to all questions to a group, with the number of those that were not asked."""
    left = sum(question.shown and question.asked_at is None for question in await questions_of_group(tx, group_id))
    return Button(_("Questions: {count}", count=left), rank_questions.to(group_id))


async def _next_label(tx: Transaction, state: PlenaryState, turn: StageTurn, now: datetime) -> Text:
    """Return the label of the button for the next step, which says what that is."""
    after = state.advance(now, await groups_declining(tx, state.plenary.id))
    if after.plenary.ended_at is not None:
        return _("Next: the end")
    if after.current is None or after.current.group_id != turn.group_id:
        return _("Next group")
    if after.current.state == "questions":
        return _("Next: questions")
    # L10N: a button: the clock of the talk begins now, before the group's time to come on stage is over
    return _("Start the clock")


def _over_lines(state: PlenaryState) -> tuple[Span, ...]:
    plenary = state.plenary
    assert plenary.began_at is not None
    assert plenary.ended_at is not None
    return (
        heading(state),
        _(
            "It is over: from {start} to {end}.",
            start=Moment(plenary.began_at, "time"),
            end=Moment(plenary.ended_at, "time"),
        ),
    )


async def _last_step(tx: Transaction, plenary_id: int, now: datetime) -> JournalEntry | None:
    """Return the last change of a plenary that was not undone, while it can be; None for none."""
    entry = await journal_store.last(tx, subject_of(plenary_id))
    return entry if entry and now < entry.done_at + WINDOW else None


# --- what is done from it


async def _while_it_runs(request: Request, plenary: int, _what: str) -> StoredVersion | None:
    """Return the plenary as it is, whose card says who was first; None where it does not run."""
    state = await find(request, plenary)
    if not state.plenary.running:
        return None

    async def say_who_was_first() -> Reply:
        return await _card(request, plenary, await _who_was_first(request, plenary))

    return replace(version_of(state), conflict=Instead(say_who_was_first))


@routes.press(ConductStep, who=ORGANISER, unless_changed=_while_it_runs)
async def make_step(request: Request, plenary: int, what: str) -> Reply:
    """Make one step of a plenary (`what`, see `ConductStep`), and show the updated card."""
    state = await find(request, plenary)
    if not state.plenary.running:
        return await open_plenary(request, state.plenary.id)
    after = await _step(request, what, state)
    if after == state:
        raise Stale
    titles = (await preparing.groups_to_present(request.tx, state.plenary.round)).titles
    await change(request, state, after, _summary(what, state, after, titles))
    if after.plenary.ended_at is not None:
        await leave_to_groups(request.tx, after, request.now)
    return await _card(request, plenary)


@routes.press("pnuc", who=ORGANISER)
async def ask_question(request: Request, question_id: int) -> Reply:
    """Have a question of the card asked aloud, and show the card with the next step; another press asks it once."""
    question = existing(await find_question(request.tx, question_id))
    turn = existing(await turn_in_plenary(request.tx, existing(question.group_id)))
    if not question.shown or question.asked_at is not None:
        return await put_question(request, question_id)  # which answers that it is hidden or asked already
    await ask_aloud(request, question, subject_of(turn.plenary_id))
    return replace(await _card(request, turn.plenary_id), toast=_("Saved."))


async def _step(request: Request, word: str, state: PlenaryState) -> PlenaryState:
    now = request.now
    match word:
        case "n":
            return state.advance(now, await groups_declining(request.tx, state.plenary.id))
        case "p":
            return state.pause(now)
        case "g":
            return state.resume(now)
        case "m":
            return state.extend(now)
        case "a" if not state.plenary.gallery:
            return state.skip(now)
        case "e" if not state.plenary.gallery:
            return state.end(now)
    raise Stale


def _summary(word: str, before: PlenaryState, after: PlenaryState, titles: Mapping[int, Text]) -> Text:
    """Return one line about a step, for the list of changes and for who pressed second."""
    if after.current is None:
        return _("Plenary: the end")
    turn = before.current
    if turn is not None and before.plenary.gallery:
        return _round_summary(word, turn, after.current)
    if turn is None:  # it was dissolved
        return _("Plenary: {group} comes on stage", group=titles[after.current.group_id])
    group = titles[turn.group_id]
    match word:
        case "p":
            return _("Plenary: paused")
        case "g":
            return _("Plenary: resumed")
        case "m":
            return _("Plenary: 30 s more for {group}", group=group)
        case "a":
            return _("Plenary: {group} is absent", group=group)
    if after.current.group_id != turn.group_id:
        return _("Plenary: {group} comes on stage", group=titles[after.current.group_id])
    if after.current.state == "questions":
        return _("Plenary: questions to {group}", group=group)
    return _("Plenary: the clock of {group} begins", group=group)


def _round_summary(word: str, before: StageTurn, after: StageTurn) -> Text:
    """Return one line about a step of a gallery, from one round (or the same) to another."""
    match word:
        case "p":
            return _("Gallery: paused")
        case "g":
            return _("Gallery: resumed")
        case "m":
            return _("Gallery: 30 s more for round {number}", number=after.position)
    if after.key == before.key:
        return _("Gallery: the clock of round {number} begins", number=after.position)
    return _("Gallery: round {number}", number=after.position)


async def _who_was_first(request: Request, plenary_id: int) -> Span:
    entry = await journal_store.last(request.tx, subject_of(plenary_id))
    if entry is None:
        return _("This has changed in the meantime, so I did nothing more. Here is how it is now.")
    if entry.author_id == request.participant.id:
        return _("Already done: {what}", what=what(entry))
    return _("{name} was first: {what}", name=author(entry), what=what(entry))


async def _card(request: Request, plenary_id: int, *lines: Span) -> Reply:
    view = existing(await draw_card(request.tx, str(plenary_id), request.now))
    return Reply(replace(view, lines=(*lines, *view.lines)))
