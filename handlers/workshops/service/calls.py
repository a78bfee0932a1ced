"""A group calls for help: who is told, who comes, and what the group reads of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.roles import Who
from bot.content.texts import Name, Span, Strong, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import outbox, standing
from bot.people import audience_store, facilitator_store
from bot.people.audiences import Audience
from bot.people.participants import Participant
from handlers.groups.messages.cards import room_line, title
from handlers.groups.model import Group
from handlers.groups.store import find_group
from handlers.themes.store import find_theme
from handlers.workshops import store
from handlers.workshops.actions import ShowPanel
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import FacilitatorCall

ORGANISERS = Audience("organisers")
_HELPED = timedelta(minutes=15)
"""How long after somebody set out a call is over, whether they said so or not."""


@dataclass(frozen=True, slots=True)
class TakeCall(Action):
    """Go to a group that called."""

    code: ClassVar[str] = "wkt"
    call: int


@dataclass(frozen=True, slots=True)
class Rung:
    """What a call led to: the facilitators are told, the organisers at once where there is none, or nobody can be."""

    call: FacilitatorCall
    told: Literal["facilitators", "organisers", "nobody"]


async def call_for_help(tx: Transaction, settings: Settings, group: Group, caller: int, now: datetime) -> Rung | None:
    """Call the free facilitators of a group, all of them where none is free, the organisers where there is none.

    None where the group has called already, and was not helped since.
    """
    await store.close_forgotten_call(tx, group.id, now - _HELPED, now)
    call_id = await store.add_call(tx, group.id, caller, now, now + _patience(settings))
    if call_id is None:
        return None
    told: Literal["facilitators", "organisers", "nobody"] = "facilitators"
    if not await _tell_facilitators(tx, call_id, group, now, but=caller):
        told = "organisers" if await _tell_organisers(tx, call_id, group, now, but=caller) else "nobody"
    await facilitator_store.touch_panels(tx, [group.id])
    call = await store.find_call(tx, call_id)
    assert call is not None
    return Rung(call, told)


async def answer_call(tx: Transaction, call: FacilitatorCall, group: Group, by: Participant, now: datetime) -> bool:
    """Somebody comes: the group is told who. False where somebody else does, or it is over."""
    if not await store.set_taken(tx, call.id, by.id, now):
        return False
    comes = _("{name} is coming.", name=Name(by.given_name))
    await standing.settle(tx, _subject(call.id), _("{name} goes there.", name=Name(by.given_name)), now)
    await outbox.notify_groups(tx, [group.id], View((comes,)), now, but=by.id)
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def return_call(
    tx: Transaction, settings: Settings, call: FacilitatorCall, group: Group, by: Participant, now: datetime
) -> bool:
    """Who took a call cannot come: it rings again, and the group is told. False where it is not theirs any more."""
    if not await store.set_given_back(tx, call.id, by.id, now + _patience(settings)):
        return False
    said = _("{name} cannot come after all. Others are called.", name=Name(by.given_name))
    await outbox.notify_groups(tx, [group.id], View((said,)), now, but=by.id)
    if not await _tell_facilitators(tx, call.id, group, now, but=by.id):
        await _tell_organisers(tx, call.id, group, now, but=by.id)
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def close_call(
    tx: Transaction, call: FacilitatorCall, group: Group, now: datetime, *, withdrawn_by: int | None = None
) -> bool:
    """The call is over, perhaps because somebody took it back: whoever was called reads so. False where it was over."""
    if not await store.set_closed(tx, call.id, now, withdrawn_by=withdrawn_by):
        return False
    await standing.settle(tx, _subject(call.id), _("This call is over."), now)
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def cancel_call(tx: Transaction, call: FacilitatorCall, group: Group, by: int, now: datetime) -> bool:
    """The group needs nobody any more: who was on the way is told. False where the call was over."""
    if not await close_call(tx, call, group, now, withdrawn_by=by):
        return False
    if call.taken_by is not None:
        said = _("{group} needs no help any more.", group=Strong(await _named(tx, group)))
        await outbox.notify(tx, call.taken_by, View((said,)), now, asked=True, urgent=True)
    return True


async def escalate_call(tx: Transaction, call: FacilitatorCall, now: datetime) -> None:
    """Nobody answered: the organisers are told."""
    group = await find_group(tx, call.group_id)
    assert group is not None
    await _tell_organisers(tx, call.id, group, now, but=0)
    await facilitator_store.touch_panels(tx, [group.id])


def whereabouts(group: Group) -> Span:
    """Where a group is to be found."""
    return room_line(group.room) if group.room else _("The room is not known yet.")


def _subject(call_id: int) -> str:
    return f"call:{call_id}"


def _patience(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.of(WorkshopSettings).help_waits)


async def _tell_facilitators(tx: Transaction, call_id: int, group: Group, now: datetime, *, but: int) -> int:
    everyone = await store.answerers(tx, group.id, but=but, since=now - _HELPED)
    free = [person.id for person in everyone if not person.busy]
    told = free or [person.id for person in everyone]
    return await _tell_called(tx, told, await _notice(tx, call_id, group), now, _subject(call_id))


async def _tell_organisers(tx: Transaction, call_id: int, group: Group, now: datetime, *, but: int) -> int:
    """From now on it waits for nobody else."""
    team = [person for person in await audience_store.people(tx, ORGANISERS) if person != but]
    await store.set_escalated(tx, call_id)
    return await _tell_called(tx, team, await _notice(tx, call_id, group, unanswered=True), now, _subject(call_id))


async def _tell_called(tx: Transaction, people: Iterable[int], view: View, now: datetime, subject: str) -> int:
    """They asked for it with the role: it reaches them where messages to many would not."""
    told = [await outbox.notify(tx, person, view, now, asked=True, urgent=True, subject=subject) for person in people]
    return sum(told)


async def _notice(tx: Transaction, call_id: int, group: Group, *, unanswered: bool = False) -> View:
    name = Strong(await _named(tx, group))
    lines: list[Span] = [_("{group} calls for help.", group=name), whereabouts(group)]
    if unanswered:
        lines.append(_("Nobody has answered yet."))
    buttons = (
        Button(_("I am going there"), TakeCall(call_id), style="primary"),
        Button(_("My panel"), ShowPanel()),
    )
    return View(tuple(lines), buttons, who=Who.FACILITATOR)


async def _named(tx: Transaction, group: Group) -> Span:
    theme = await find_theme(tx, group.theme)
    assert theme is not None
    return title(group, theme)
