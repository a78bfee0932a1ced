"""The organisers' screens of slides: which groups have not confirmed theirs, reminding them, sending all slides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.background import job_store
from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.errors import UserError
from bot.content.texts import Moment, Span, _, _n
from bot.content.views import Button, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes, Transaction
from bot.delivery import outbox
from bot.people.participants import Participant
from handlers.groups.store.rounds import all_rounds
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged
from handlers.results import service
from handlers.results.jobs import make_decks
from handlers.results.participant.slides import AT_ONCE, deck_message, read_groups
from handlers.results.participant.summary import SHOW_RESULTS
from handlers.results.service import ALL_DECKS, GroupDeck, ShowDecks
from handlers.results.store import confirmations
from handlers.workshops.actions import MyDeck

routes = Routes()

_REMINDED = "decks_reminded_at"  # key of a setting: when, in microseconds
_SENT = "decks_sent_at"  # likewise
_REST = timedelta(minutes=10)  # before the same can be done again


async def offer_results(request: Request) -> View:
    """Return the part of the organisers' screen with buttons for the results; empty before groups are published."""
    published = any(round_.published for round_ in await all_rounds(request.tx))
    return View((), (SHOW_RESULTS, ALL_DECKS) if published else ())


async def results_to_gather(request: Request) -> Sequence[NextStep]:
    """Return the organisers' next steps about results; empty until groups have finished their work.

    One step is to remind groups that have not confirmed their slides, until the gathering closes. The other is to
    download the results.
    """
    rounds, gathering = await all_rounds(request.tx), request.settings.gathering
    if not any(round_.published and round_.day <= request.today for round_ in rounds):
        return ()
    unfinished = await confirmations.unfinished(request.tx, request.today, request.now)
    if unfinished.running or not unfinished.done:
        return ()
    steps: list[NextStep] = []
    if unfinished.unconfirmed and request.now < gathering.closes:
        line = _n(
            "{count} group has not confirmed its slides",
            "{count} groups have not confirmed their slides",
            unfinished.unconfirmed,
        )
        steps.append(NextStep(unfinished.plenary or gathering.closes, line, ALL_DECKS))
    if all(round_.day <= request.today for round_ in rounds):
        line = _n("The results of {count} group are ready", "The results of {count} groups are ready", unfinished.done)
        steps.append(NextStep(gathering.closes, line, SHOW_RESULTS))
    return steps


@routes.press(ShowDecks, who=ORGANISER)
async def show_decks(request: Request, page_number: int) -> Reply:
    """Show how many groups have confirmed their slides, and list the other groups, one page (from 0) at a time."""
    decks = await service.all_decks(request.tx)
    if not decks:
        raise UserError(_("No groups are published yet."), buttons=(Button(_("Groups"), Go("groupes")), BACK))
    unconfirmed = [deck for deck in decks if not deck.confirmed]
    ready, empty = len(decks) - len(unconfirmed), sum(deck.empty for deck in unconfirmed)
    lines: list[Span] = [_("{ready} of {count} groups have confirmed their slides.", ready=ready, count=len(decks))]
    if empty:
        lines.append(_n("{count} group has nothing to show yet.", "{count} groups have nothing to show yet.", empty))
    remind: tuple[Button, ...] = ()
    if unconfirmed and not await _done_at(request, _REMINDED):
        remind = (Button(_("Remind the others"), remind_groups.ask.to(), style="primary"),)
    sending: tuple[Button, ...] = ()
    if any(not deck.empty for deck in decks) and not await _done_at(request, _SENT):
        sending = (Button(_("Send every group its slides"), send_decks.ask.to()),)
    shown, pages = paged(unconfirmed, page_number, ShowDecks)
    return reply(
        *lines,
        buttons=(
            *(Button(deck.title, MyDeck(deck.group.id)) for deck in shown),
            *pages,
            *remind,
            *sending,
            SHOW_RESULTS,
            BACK,
        ),
        again=ShowDecks(page_number),
    )


async def _sure_to_remind(request: Request) -> Question:
    await _check_rest(request, _REMINDED)
    count = len(await _unconfirmed(request))
    if not count:
        raise UserError(_("Every group has confirmed its slides."), buttons=(ALL_DECKS,))
    question = _n(
        "Remind {count} group to confirm its slides?", "Remind {count} groups to confirm their slides?", count
    )
    return Question(question, yes=_("Send the reminder"), style="primary", back=(ALL_DECKS,))


@routes.press("wdr", who=ORGANISER, first=Asks("wda", _sure_to_remind))
async def remind_groups(request: Request) -> Reply:
    """Remind each group that has not confirmed its slides, in private or in its channel.

    Raises UserError if groups were reminded less than ten minutes ago.
    """
    await _check_rest(request, _REMINDED)
    decks = await _unconfirmed(request)
    for deck in decks:
        line = service.deck_state(deck) if deck.empty or deck.changed else _("Look at them, then confirm them.")
        view = View((_("Your slides for the plenary are waiting for your group."), line), (deck.open_button,))
        await outbox.notify_groups(request.tx, [deck.group.id], view, request.now)
    await setting_store.put(request.tx, _REMINDED, str(to_micros(request.now)))
    line = _n("{count} group has been reminded.", "{count} groups have been reminded.", len(decks))
    return reply(line, buttons=(ALL_DECKS, BACK), toast=_("Sent."))


async def _unconfirmed(request: Request) -> list[GroupDeck]:
    return [deck for deck in await service.all_decks(request.tx) if not deck.confirmed]


async def _check_rest(request: Request, key: str) -> None:
    """Raise UserError if what `key` stands for was done less than ten minutes ago.

    So two presses, or two organisers, have one effect.
    """
    if last := await _done_at(request, key):
        at = Moment(last, "time")
        raise UserError(_("That was already done at {time}. Wait ten minutes.", time=at), buttons=(ALL_DECKS,))


async def _done_at(request: Request, key: str) -> datetime | None:
    """Return when what `key` stands for was done, if that was less than ten minutes ago; else None."""
    last = await setting_store.get(request.tx, key)
    done = from_micros(int(last)) if last else None
    return done if done and request.now < done + _REST else None


async def _sure_to_send(request: Request) -> Question:
    await _check_rest(request, _SENT)
    count = sum(not deck.empty for deck in await service.all_decks(request.tx))
    if not count:
        raise UserError(_("No group has anything to show yet."), buttons=(ALL_DECKS,))
    question = _n("Send {count} group its slides?", "Send {count} groups their slides?", count)
    return Question(question, yes=_("Send the slides"), style="primary", back=(ALL_DECKS,))


@routes.press("wds", who=ORGANISER, first=Asks("wdq", _sure_to_send))
async def send_decks(request: Request) -> Reply:
    """Start the job that makes the slides of every group that has something to show, and sends them to the groups.

    The organiser is notified when all are sent. Raises UserError if the slides were sent less than ten minutes ago.
    """
    await _check_rest(request, _SENT)
    group_ids = [deck.group.id for deck in await service.all_decks(request.tx) if not deck.empty]
    await setting_store.put(request.tx, _SENT, str(to_micros(request.now)))
    payload = service.file_payload(
        request.settings, request.locale, groups=group_ids, sent=0, at=to_micros(request.now)
    )
    return reply_with_job(
        _n(
            "I am making the slides of {count} group.",
            "I am making the slides of {count} groups.",
            len(group_ids),
        ),
        _("You will be told when they are all sent."),
        buttons=(ALL_DECKS, BACK),
        job=JobRequest("decks", payload),
    )


@routes.job(
    "decks",
    work=make_decks,
    read=read_groups,
    instead=_("Groups that got their slides keep them; the others can get theirs with /diapos."),
)
async def decks_are_made(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View | None:
    """Send each group the slides that a job made, and start the job for the next few groups.

    Returns None as long as there are more groups, then the message that tells the organiser how many slides were sent.
    """
    sent = result["sent"]
    for deck in result["decks"]:
        if view := await deck_message(tx, deck):
            await outbox.notify_groups(tx, [deck["group"]], view, from_micros(result["at"]))
            sent += 1
    if rest := result["groups"][AT_ONCE:]:
        payload = {key: value for key, value in result.items() if key != "decks"}
        more = JobRequest("decks", {**payload, "groups": rest, "sent": sent})
        await job_store.add(tx, more, organiser.id, None, from_micros(result["at"]), who=ORGANISER)
        return None
    return View((_n("{count} group got its slides.", "{count} groups got their slides.", sent),), (ALL_DECKS, BACK))
