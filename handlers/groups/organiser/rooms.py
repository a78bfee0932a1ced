"""Screens to set a group's room and name: both are confirmed, then saved, and the members are notified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Name, Span, Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.conflicts import keep_typed, typed_into
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion, WaitingForm
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.delivery import outbox
from handlers.groups.actions import OpenGroup
from handlers.groups.messages.cards import MY_GROUP, day, room_line, title
from handlers.groups.model import Group, Round
from handlers.groups.organiser.layout import count_line, require_group, will_be_told
from handlers.groups.organiser.room_conflicts import room_conflicts
from handlers.groups.service import membership
from handlers.groups.store import members, reach, rounds
from handlers.groups.store.groups import rename_group, set_room
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.themes.model import Theme

routes = Routes()


class GroupForm(Form):
    """The form that asks for a group's room and name."""

    title: ClassVar[Text] = _("Room and name")
    room: str = text(_("Room"), max_length=60, required=False, hint=_("Where the group meets, for instance «Room 12»."))
    name: str = text(
        _("Name of the group"), max_length=40, required=False, hint=_("Leave it empty to show only its number.")
    )


def edit_button(group: Group) -> Button:
    """Return the button that opens the form for a group's room and name."""
    return Button(_("Room and name"), _edit(group))


def _edit(group: Group) -> Action:
    return edit_group.seeing(group.room, group.name).to(group.id)


async def _now(request: Request, group_id: int) -> StoredVersion:
    group, _theme, _round = await require_group(request, group_id)
    values, subject, answers = (group.room, group.name), f"group:{group.id}", _answers(group.room, group.name)
    return StoredVersion(values, WaitingForm(subject, answers, _edit(group), _back(group)))


def _back(group: Group) -> tuple[Button, ...]:
    return Button(_("Back"), OpenGroup(group.id)), BACK


def _answers(room: str, name: str) -> dict[str, str]:
    return {"room": room, "name": name}


def _lines(room: str, name: str) -> tuple[Span, Span]:
    return (
        room_line(room) if room else _("No room"),
        _("Name: {name}", name=Strong(Name(name))) if name else _("No name of its own"),
    )


@routes.form("gp", GroupForm, who=ORGANISER, unless_changed=_now)
async def edit_group(request: Request, form: GroupForm, group_id: int) -> Reply:
    """Store the typed room and name of a group as a draft, and ask the organiser to confirm them."""
    group, theme, round_ = await require_group(request, group_id)
    await keep_typed(request, _edit(group).encode(), _answers(form.room, form.name))
    confirm = save_group.seeing(group.room, group.name).to(group.id)
    return reply(
        _("{group}. Right?", group=title(Group(group.id, group.round, group.theme, group.number), theme)),
        *_lines(form.room, form.name),
        *await room_conflicts(request.tx, round_, {group.id: form.room}),
        await preview_line(request, round_, await member_ids(request, [group])),
        buttons=(
            Button(_("Confirm"), confirm, style="primary"),
            Button(_("Write something else"), _edit(group)),
            Button(_("Back"), OpenGroup(group.id)),
        ),
        fresh=True,
    )


async def member_ids(request: Request, groups: Iterable[Group]) -> list[int]:
    """Return the participant ids of the members of all `groups`."""
    return [member.id for group in groups for member in await members.members_of(request.tx, group)]


async def preview_line(request: Request, round_: Round, people: list[int]) -> Text:
    """Return the line that says how many of `people` (participant ids) will be told of a change."""
    reached = await reach.platforms_reached(request.tx)
    return will_be_told(round_, sum(person in reached and person != request.participant.id for person in people))


@routes.press("gpa", who=ORGANISER, unless_changed=_now)
async def save_group(request: Request, group_id: int) -> Reply:
    """Save the room and name that an organiser typed for a group, and notify its members."""
    group, theme, round_ = await require_group(request, group_id)
    account, back = request.account, _back(group)
    typed = await typed_into(request, _edit(group))
    if typed is None:
        return reply(
            _("What you wrote is no longer here, so nothing was saved. Write it again, please."),
            buttons=(edit_button(group), *back),
        )
    room, name = typed.get("room", ""), typed.get("name", "")
    if (room, name) == (group.room, group.name):
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await dialogue_store.end(request.tx, account.platform, account.form_chat)
    notified = await _rewrite(request, group, theme, round_, room, name)
    summary = _summary(group, theme, room, name)
    values = {"before": _answers(group.room, group.name), "after": _answers(room, name)}
    undo = await record_change(request, f"group:{group.id}", summary, restore_group.to(group.id), values)
    return reply(Strong(summary), *count_line(round_, notified), buttons=(undo, *back), toast=_("Saved."))


def _summary(group: Group, theme: Theme, room: str, name: str) -> Text:
    title_ = title(Group(group.id, group.round, group.theme, group.number, name), theme)
    return _("{group}: {room}", group=title_, room=Name(room)) if room else _("{group}: no room", group=title_)


async def _rewrite(request: Request, group: Group, theme: Theme, round_: Round, room: str, name: str) -> int:
    """Set a group's room and name, and notify its members if the round is published.

    Returns how many people are notified.
    """
    await set_room(request.tx, group.id, room)
    await rename_group(request.tx, group.id, name)
    lines: list[Span] = []
    if name != group.name:
        lines.append(
            _("Your group is now called «{name}».", name=Name(name))
            if name
            else _("Your group no longer has a name of its own.")
        )
    if room != group.room:
        lines.append(
            _("The room of your group is now: {room}.", room=Strong(Name(room)))
            if room
            else _("Your group no longer has a room. The team will tell you the new one.")
        )
    if len(await rounds.all_rounds(request.tx)) > 1:
        lines.insert(0, _("{group}, {date}:", group=title(group, theme), date=day(round_)))
    return await notify_members(request, round_, [group], View(tuple(lines), (MY_GROUP,)))


async def notify_members(request: Request, round_: Round, groups: Iterable[Group], view: View) -> int:
    """Update the cards and channels of `groups`, send `view` to their members, and return how many people get it.

    The organiser who makes the change gets no message. Before the round (day) is published, nothing is sent, and the
    result is 0.
    """
    if not round_.published:
        return 0
    changed = list(groups)
    await membership.follow_cards(request.tx, [group.id for group in changed], request.now)
    others = [member for member in await member_ids(request, changed) if member != request.participant.id]
    reached = await reach.platforms_reached(request.tx)
    await outbox.notify_many(request.tx, others, view, request.now, outbox.Telling.NEWS)
    await outbox.refresh_channels(request.tx, [group.id for group in changed], request.now)
    return sum(member in reached for member in others)


@inverses.declare("gpr")
async def restore_group(request: Request, values: Values, group_id: int) -> Undone:
    """Restore a group's former room and name, and notify the members again.

    Raises UserError if they were changed again since.
    """
    try:
        group, theme, round_ = await require_group(request, group_id)
    except Stale:
        raise changed_since() from None
    if _answers(group.room, group.name) != values["after"]:
        raise changed_since()
    before = values["before"]
    notified = await _rewrite(request, group, theme, round_, before["room"], before["name"])
    summary = _summary(group, theme, before["room"], before["name"])
    return Undone((summary, *count_line(round_, notified)), (Button(_("Back"), OpenGroup(group.id)),))
