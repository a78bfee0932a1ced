"""Handles calls for help: a group asks that a facilitator comes, and a facilitator takes the call.

Each function notifies the people concerned and updates the facilitators' panels.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.config.settings import Settings
from bot.content.actions import Action, Go
from bot.content.roles import Who
from bot.content.texts import Span, Strong, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.membership.browsers import UNCONFIRMED
from bot.people import audience_store, facilitator_store
from bot.people.audiences import Audience
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.messages.cards import room_line, title
from handlers.groups.model import Group
from handlers.groups.store.groups import find_group
from handlers.themes.store import find_theme
from handlers.workshops.actions import CallForHelp, ShowPanel
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import calls
from handlers.workshops.store.calls import FacilitatorCall

ORGANISERS = Audience("organisers")
"""The audience that is notified of a call for help if no facilitator answers it."""
_HELPED = timedelta(minutes=15)
"""How long after it was taken a call counts as over, even if nobody closed it."""


class TakeCall(Action, code="wkt"):
    """The button with which a facilitator takes a group's call for help (an id), and promises to come."""

    call: int


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A new call for help, and who was notified of it.

    `notified` is «nobody» if no message reaches a facilitator or an organiser.
    """

    call: FacilitatorCall
    notified: Literal["facilitators", "organisers", "nobody"]


async def call_for_help(
    tx: Transaction, settings: Settings, group: Group, caller: int, now: datetime, browser: str = ""
) -> PlacedCall | None:
    """Store a group's call for help, and notify the group's facilitators.

    Facilitators who are busy with another call are notified only if all are busy; the organisers are notified if no
    facilitator can be reached. `caller` is the id of the participant who calls, `browser` the id of the unconfirmed
    browser in which they call, '' for any other place. Returns None, and stores nothing, if the group has an open call
    already.
    """
    await calls.close_forgotten_call(tx, group.id, now - _HELPED, now)
    call_id = await calls.add_call(tx, group.id, caller, now, now + _time_to_answer(settings), browser)
    if call_id is None:
        return None
    notified: Literal["facilitators", "organisers", "nobody"] = "facilitators"
    if not await _notify_facilitators(tx, call_id, group, now, but=caller):
        notified = "organisers" if await _notify_organisers(tx, call_id, group, now, but=caller) else "nobody"
    await facilitator_store.touch_panels(tx, [group.id])
    call = await calls.find_call(tx, call_id)
    assert call is not None
    return PlacedCall(call, notified)


async def answer_call(tx: Transaction, call: FacilitatorCall, group: Group, by: Participant, now: datetime) -> bool:
    """Store that a facilitator takes a call for help, and tell the group who comes.

    Returns False, and stores nothing, if somebody else took the call or it is closed; True otherwise.
    """
    if not await calls.set_taken(tx, call.id, by.id, now):
        return False
    comes = _("{name} is coming.", name=called(by, "given"))
    await message_updates.close_messages(
        tx, _subject(call.id), _("{name} is on the way.", name=called(by, "given")), now
    )
    await outbox.notify_groups(tx, [group.id], View((comes,), (SHOW_PHASE,)), now, but=by.id)
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def return_call(
    tx: Transaction, settings: Settings, call: FacilitatorCall, group: Group, by: Participant, now: datetime
) -> bool:
    """Give back a call for help that a person took: tell the group, and call the other facilitators.

    If no other facilitator can be reached, the organisers are called. Returns False if the person has not taken the
    call or it is closed; True otherwise.
    """
    if not await calls.set_given_back(tx, call.id, by.id, now + _time_to_answer(settings)):
        return False
    line = _("{name} cannot come after all. I am calling someone else.", name=called(by, "given"))
    await outbox.notify_groups(tx, [group.id], View((line,)), now, but=by.id)
    if not await _notify_facilitators(tx, call.id, group, now, but=by.id):
        await _notify_organisers(tx, call.id, group, now, but=by.id)
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def close_call(
    tx: Transaction, call: FacilitatorCall, group: Group, now: datetime, *, withdrawn_by: int | None = None
) -> bool:
    """Close a call for help, and say in the messages about it that it is over. Returns False if it was closed already.

    `withdrawn_by` is the id of the member who withdrew the call; None if the group got help.
    """
    if not await calls.set_closed(tx, call.id, now, withdrawn_by=withdrawn_by):
        return False
    over = _("This call is over.")
    await message_updates.close_messages(tx, _subject(call.id), over, now)
    members = await audience_store.people(tx, Audience("group", str(group.id)))
    answer = View((over,), (Button(_("My phase"), Go("phase")),))
    await message_updates.expire_screens(tx, members, (), now, over={CallForHelp(group.id).encode(): answer})
    await facilitator_store.touch_panels(tx, [group.id])
    return True


async def cancel_call(tx: Transaction, call: FacilitatorCall, group: Group, by: int, now: datetime) -> bool:
    """Withdraw a group's call for help and notify the facilitator who had taken it.

    `by` is the id of the member who withdraws the call. Returns False if the call was over already, True otherwise.
    """
    if not await close_call(tx, call, group, now, withdrawn_by=by):
        return False
    if call.taken_by is not None:
        line = _("{group} no longer needs help.", group=Strong(await _group_title(tx, group)))
        await outbox.notify(tx, call.taken_by, View((line,), who=Who.FACILITATOR), now, outbox.Telling.PRESSING_ANSWER)
    return True


async def escalate_call(tx: Transaction, call: FacilitatorCall, now: datetime) -> None:
    """Notify the organisers of a call for help that nobody has answered."""
    group = await find_group(tx, call.group_id)
    assert group is not None
    await _notify_organisers(tx, call.id, group, now, but=0)
    await facilitator_store.touch_panels(tx, [group.id])


def room_of(group: Group) -> Span:
    """Return a line that says in which room a group meets, or that the room is not known yet."""
    return room_line(group.room) if group.room else _("The room is not known yet.")


def _subject(call_id: int) -> str:
    return f"call:{call_id}"


def _time_to_answer(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.of(WorkshopSettings).help_waits)


async def _notify_facilitators(tx: Transaction, call_id: int, group: Group, now: datetime, *, but: int) -> int:
    everyone = await calls.answerers(tx, group.id, but=but, since=now - _HELPED)
    free = [person.id for person in everyone if not person.busy]
    person_ids = free or [person.id for person in everyone]
    return await _notify_people(tx, person_ids, await _call_view(tx, call_id, group), now, _subject(call_id))


async def _notify_organisers(tx: Transaction, call_id: int, group: Group, now: datetime, *, but: int) -> int:
    """Notify the organisers and note that the call was escalated. Returns how many were notified."""
    team = [person_id for person_id in await audience_store.people(tx, ORGANISERS) if person_id != but]
    await calls.set_escalated(tx, call_id)
    return await _notify_people(tx, team, await _call_view(tx, call_id, group, unanswered=True), now, _subject(call_id))


async def _notify_people(tx: Transaction, person_ids: Iterable[int], view: View, now: datetime, subject: str) -> int:
    """Notify people of a call, and return how many can be reached.

    With their role they asked for calls, so a call also reaches people who want no messages sent to many.
    """
    reached = [
        await outbox.notify(tx, person_id, view, now, outbox.Telling.PRESSING_ANSWER, subject=subject)
        for person_id in person_ids
    ]
    return sum(reached)


async def _call_view(tx: Transaction, call_id: int, group: Group, *, unanswered: bool = False) -> View:
    call, name = await calls.find_call(tx, call_id), Strong(await _group_title(tx, group))
    lines: list[Span] = [_("{group} is calling for help.", group=name), room_of(group)]
    if call is not None and call.browser:
        lines.append(UNCONFIRMED)
    if unanswered:
        lines.append(_("Nobody has answered yet."))
    buttons = (
        Button(_("I am on my way"), TakeCall(call_id), style="primary"),
        # L10N: a button: the panel is a message with all groups that a facilitator runs, kept up to date
        Button(_("My panel"), ShowPanel()),
    )
    return View(tuple(lines), buttons, who=Who.FACILITATOR)


async def _group_title(tx: Transaction, group: Group) -> Span:
    theme = await find_theme(tx, group.theme)
    assert theme is not None
    return title(group, theme)
