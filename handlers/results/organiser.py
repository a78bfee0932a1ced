"""The slides of every group, for organisers: who has not confirmed, reminding them, sending each group its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from bot.background import job_store
from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.texts import Moment, Span, _, _n
from bot.content.views import Button, JobRequest, Reply, View, reply
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes, Transaction
from bot.delivery import outbox
from bot.people.participants import Participant
from handlers.groups.store import all_rounds
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE, page_of, turn
from handlers.results import service, store
from handlers.results.jobs import make_decks
from handlers.results.participant.slides import AT_ONCE, handed_over, read_groups
from handlers.results.participant.summary import SHOW_RESULTS
from handlers.results.service import ALL_DECKS, GroupDeck, ShowDecks
from handlers.workshops.actions import MyDeck

routes = Routes()

_REMINDED = "decks_reminded_at"
_SENT = "decks_sent_at"
_REST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AskToRemindGroups(Action):
    """Say how many groups would be reminded."""

    code: ClassVar[str] = "wda"


@dataclass(frozen=True, slots=True)
class RemindGroups(Action):
    """Remind the groups that have not confirmed."""

    code: ClassVar[str] = "wdr"


@dataclass(frozen=True, slots=True)
class AskToSend(Action):
    """Say how many groups would get their slides."""

    code: ClassVar[str] = "wdq"


@dataclass(frozen=True, slots=True)
class SendDecks(Action):
    """Send every group its slides."""

    code: ClassVar[str] = "wds"


async def offer_results(request: Request) -> View:
    """The way to the results, as a part of the organisers' screen, once groups are published."""
    published = any(round_.published for round_ in await all_rounds(request.tx))
    return View((), (SHOW_RESULTS, ALL_DECKS) if published else ())


async def results_to_gather(request: Request) -> Sequence[NextStep]:
    """Slides to be confirmed before the plenary, then results to be taken away, once groups have done their work."""
    rounds, gathering = await all_rounds(request.tx), request.settings.gathering
    if not any(round_.published and round_.day <= request.today for round_ in rounds):
        return ()
    left = await store.unfinished(request.tx, request.today, request.now)
    if left.running or not left.done:
        return ()
    steps: list[NextStep] = []
    if left.unconfirmed and request.now < gathering.closes:
        line = _n(
            "{count} group has not confirmed its slides",
            "{count} groups have not confirmed their slides",
            left.unconfirmed,
        )
        steps.append(NextStep(left.plenary or gathering.closes, line, ALL_DECKS))
    if all(round_.day <= request.today for round_ in rounds):
        line = _n("The results of {count} group are ready", "The results of {count} groups are ready", left.done)
        steps.append(NextStep(gathering.closes, line, SHOW_RESULTS))
    return steps


@routes.action(ShowDecks, who=ORGANISER)
async def show_decks(request: Request, action: ShowDecks) -> Reply:
    """How many have confirmed, and who has not."""
    every = await service.all_decks(request.tx)
    if not every:
        raise UserError(_("No groups are published yet."), buttons=(Button(_("Groups"), Go("groupes")), BACK))
    waited = [deck for deck in every if not deck.confirmed]
    ready, empty = len(every) - len(waited), sum(deck.empty for deck in waited)
    lines: list[Span] = [_("{ready} of {count} groups have confirmed their slides.", ready=ready, count=len(every))]
    if empty:
        lines.append(_n("{count} group has nothing to show yet.", "{count} groups have nothing to show yet.", empty))
    remind = (Button(_("Remind those who have not"), AskToRemindGroups(), style="primary"),) if waited else ()
    page = min(action.page, max(0, len(waited) - 1) // PER_PAGE)
    return reply(
        *lines,
        buttons=(
            *(Button(deck.title, MyDeck(deck.group.id)) for deck in page_of(waited, page)),
            *turn(ShowDecks, page, len(waited)),
            *remind,
            Button(_("Send every group its slides"), AskToSend()),
            SHOW_RESULTS,
            BACK,
        ),
    )


@routes.action(AskToRemindGroups, who=ORGANISER)
async def ask_to_remind(request: Request, _action: AskToRemindGroups) -> Reply:
    """How many groups are meant."""
    await _rested(request, _REMINDED)
    count = len(await _unconfirmed(request))
    if not count:
        raise UserError(_("Every group has confirmed its slides."), buttons=(ALL_DECKS,))
    asked = _n("Remind {count} group to confirm its slides?", "Remind {count} groups to confirm their slides?", count)
    return reply(asked, buttons=(Button(_("Send the reminder"), RemindGroups(), style="primary"), ALL_DECKS))


@routes.action(RemindGroups, who=ORGANISER)
async def remind_groups(request: Request, _action: RemindGroups) -> Reply:
    """Write to each of them, privately or in its thread, and not again for a while."""
    await _rested(request, _REMINDED)
    waited = await _unconfirmed(request)
    for deck in waited:
        said = service.deck_state(deck) if deck.empty or deck.changed else _("Look at them, then confirm them.")
        view = View((_("Your slides for the plenary wait for your group."), said), (deck.open_button,))
        await outbox.notify_groups(request.tx, [deck.group.id], view, request.now)
    await setting_store.put(request.tx, _REMINDED, str(to_micros(request.now)))
    done = _n("{count} group is reminded.", "{count} groups are reminded.", len(waited))
    return reply(done, buttons=(ALL_DECKS, BACK), toast=_("Sent."))


async def _unconfirmed(request: Request) -> list[GroupDeck]:
    return [deck for deck in await service.all_decks(request.tx) if not deck.confirmed]


async def _rested(request: Request, what: str) -> None:
    """Raises UserError within minutes of the last time: two presses, or two organisers, are one."""
    last = await setting_store.get(request.tx, what)
    if last and request.now < from_micros(int(last)) + _REST:
        at = Moment(from_micros(int(last)), "time")
        raise UserError(_("That was done at {time} already. Wait ten minutes.", time=at), buttons=(ALL_DECKS,))


@routes.action(AskToSend, who=ORGANISER)
async def ask_to_send(request: Request, _action: AskToSend) -> Reply:
    """How many groups are meant."""
    await _rested(request, _SENT)
    count = sum(not deck.empty for deck in await service.all_decks(request.tx))
    if not count:
        raise UserError(_("No group has anything to show yet."), buttons=(ALL_DECKS,))
    asked = _n("Send {count} group its slides?", "Send {count} groups their slides?", count)
    return reply(asked, buttons=(Button(_("Send the slides"), SendDecks(), style="primary"), ALL_DECKS))


@routes.action(SendDecks, who=ORGANISER)
async def send_decks(request: Request, _action: SendDecks) -> Reply:
    """Have them made, a few at a time; each group gets its own."""
    await _rested(request, _SENT)
    meant = [deck.group.id for deck in await service.all_decks(request.tx) if not deck.empty]
    await setting_store.put(request.tx, _SENT, str(to_micros(request.now)))
    payload = service.file_payload(request.settings, request.locale, groups=meant, sent=0, at=to_micros(request.now))
    return reply(
        _n("The slides of {count} group are being made.", "The slides of {count} groups are being made.", len(meant)),
        _("You are told when all are sent."),
        buttons=(ALL_DECKS, BACK),
        job=JobRequest("decks", payload),
        fresh=True,
        toast=_("A moment."),
    )


@routes.job(
    "decks",
    work=make_decks,
    read=read_groups,
    instead=_("Groups that got their slides keep them; the others take theirs with /diapos."),
)
async def decks_are_made(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View | None:
    """Each group gets its own; then the next few are made, and at the end the organiser is told."""
    sent = result["sent"]
    for made in result["decks"]:
        if view := await handed_over(tx, made):
            await outbox.notify_groups(tx, [made["group"]], view, from_micros(result["at"]))
            sent += 1
    if rest := result["groups"][AT_ONCE:]:
        payload = {key: value for key, value in result.items() if key != "decks"}
        more = JobRequest("decks", {**payload, "groups": rest, "sent": sent})
        await job_store.add(tx, more, organiser.id, None, from_micros(result["at"]), who=ORGANISER)
        return None
    return View((_n("{count} group got its slides.", "{count} groups got their slides.", sent),), (ALL_DECKS, BACK))
