"""Screens to set the rooms of all groups of a theme at once.

The rooms are shown for confirmation, then saved, and the members are notified.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.conflicts import keep_typed, typed_into
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion, WaitingForm
from bot.conversation.undo import Values, changed_since, record_change
from handlers.groups.actions import ShowGroups
from handlers.groups.messages.cards import MY_GROUP, day, title
from handlers.groups.model import Group, Round
from handlers.groups.organiser.layout import count_line, group_label, require_round
from handlers.groups.organiser.room_conflicts import room_conflicts
from handlers.groups.organiser.rooms import member_ids, notify_members, preview_line
from handlers.groups.store import rounds
from handlers.groups.store.groups import groups_of_round, set_room
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.themes.model import Theme
from handlers.themes.store import all_themes, find_theme

routes = Routes()

_LONGEST_ROOM = 60
_LINE = re.compile(r"\s*(\d{1,5})\s*[:.)–-]?\s*(.*?)\s*")


class RoomsForm(Form):
    """The form that asks for the rooms: a line for each group with its number, then its room."""

    title: ClassVar[Text] = _("Rooms")
    rooms: str = text(
        _("One line per group: its number, then its room"),
        max_length=3500,
        multiline=True,
        hint=_("For instance «1: Room 12». A group without a line keeps its room; a number alone takes it away."),
    )


@routes.press("gvd", who=ORGANISER)
async def show_rooms(request: Request, round_id: int) -> Reply:
    """Show how many groups of each theme have a room, with a button to set the rooms of each theme."""
    round_ = await require_round(request, round_id)
    groups = await groups_of_round(request.tx, round_.number)
    lines: list[Span] = [_("Rooms for {date}", date=Strong(day(round_)))]
    buttons: list[Button] = []
    for theme in await all_themes(request.tx):
        groups_of_theme = [group for group in groups if group.theme == theme.key]
        if groups_of_theme:
            name = Localised(theme.title)
            with_room = sum(bool(group.room) for group in groups_of_theme)
            lines.append(
                _("{theme}: {ready} of {all} groups have a room", theme=name, ready=with_room, all=len(groups_of_theme))
            )
            buttons.append(Button(_("Rooms: {theme}", theme=name), _edit(round_, theme, groups_of_theme)))
    if not buttons:
        raise Stale
    lines += await room_conflicts(request.tx, round_)
    return reply(*lines, buttons=(*buttons, *_back(round_.number)))


def _back(round_number: int) -> tuple[Button, ...]:
    return Button(_("Groups"), ShowGroups(round_number)), BACK


async def _groups(request: Request, round_number: int, key: str) -> tuple[Round, Theme, dict[int, Group]]:
    """Return a round, a theme and its groups in the round, by number. Raises Stale if there are none."""
    round_, theme = await require_round(request, round_number), await find_theme(request.tx, key)
    groups = [group for group in await groups_of_round(request.tx, round_number) if group.theme == key]
    if theme is None or not groups:
        raise Stale
    return round_, theme, {group.number: group for group in groups}


def _rooms(groups: Iterable[Group]) -> list[tuple[int, str]]:
    return [(group.id, group.room) for group in groups]


def _edit(round_: Round, theme: Theme, groups: Iterable[Group]) -> Action:
    return edit_rooms.seeing(_rooms(groups)).to(round_.number, theme.key)


async def _now(request: Request, round_id: int, theme_key: str) -> StoredVersion:
    round_, theme, groups = await _groups(request, round_id, theme_key)
    lines = "\n".join(f"{number}: {group.room}".strip() for number, group in groups.items())
    return StoredVersion(
        (_rooms(groups.values()),),
        WaitingForm(
            _subject(round_, theme),
            {"rooms": lines},
            _edit(round_, theme, groups.values()),
            _back(round_.number),
        ),
    )


def _read(typed: str, groups: Mapping[int, Group]) -> dict[int, str]:
    """Parse the typed lines. Returns the rooms that differ from the rooms of `groups`, by group number.

    Raises Incomplete, which quotes the first line that is not understood.
    """
    rooms: dict[int, str] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            why = _("«{line}» does not begin with the number of a group.", line=Name(line[:_LONGEST_ROOM]))
            raise Incomplete("rooms", why)
        number, room = int(match[1]), match[2]
        if number not in groups:
            raise Incomplete("rooms", _("There is no group {number} in this theme.", number=number))
        if number in rooms:
            raise Incomplete("rooms", _("Group {number} has two lines.", number=number))
        if len(room) > _LONGEST_ROOM:
            why = _("The room of group {number} is longer than {most} characters.", number=number, most=_LONGEST_ROOM)
            raise Incomplete("rooms", why)
        rooms[number] = room
    return {number: room for number, room in rooms.items() if room != groups[number].room}


def _lines(rooms: Mapping[int, str], groups: Mapping[int, Group]) -> list[Span]:
    return [
        _("{group}: {room}", group=group_label(groups[number]), room=Name(room))
        if room
        else _("{group}: no room", group=group_label(groups[number]))
        for number, room in sorted(rooms.items())
    ]


@routes.form("gve", RoomsForm, who=ORGANISER, unless_changed=_now)
async def edit_rooms(request: Request, form: RoomsForm, round_id: int, theme_key: str) -> Reply:
    """Store the typed rooms of a theme's groups as a draft, and ask the organiser to confirm them.

    If no room changes, the reply says so. The form comes back if a line cannot be understood.
    """
    round_, theme, groups = await _groups(request, round_id, theme_key)
    rooms = _read(form.rooms, groups)
    if not rooms:
        return reply(_("Nothing was changed."), buttons=_back(round_.number), fresh=True)
    edit = _edit(round_, theme, groups.values())
    await keep_typed(request, edit.encode(), {"rooms": form.rooms})
    confirm = save_rooms.seeing(_rooms(groups.values())).to(round_.number, theme.key)
    return reply(
        _("{theme}, rooms. Right?", theme=Strong(Localised(theme.title))),
        *_lines(rooms, groups),
        *await room_conflicts(request.tx, round_, {groups[number].id: room for number, room in rooms.items()}),
        await preview_line(request, round_, await member_ids(request, [groups[number] for number in rooms])),
        buttons=(
            Button(_("Confirm"), confirm, style="primary"),
            Button(_("Write something else"), edit),
            *_back(round_.number),
        ),
        fresh=True,
    )


@routes.press("gvf", who=ORGANISER, unless_changed=_now)
async def save_rooms(request: Request, round_id: int, theme_key: str) -> Reply:
    """Save the rooms that an organiser typed for a theme's groups, and notify the members.

    The rooms are read from the form's draft. If the draft is gone, nothing is saved, and the reply says so.
    """
    round_, theme, groups = await _groups(request, round_id, theme_key)
    account, back = request.account, _back(round_.number)
    typed = await typed_into(request, _edit(round_, theme, groups.values()))
    if typed is None:
        return reply(
            _("What you wrote is no longer here, so nothing was saved. Write it again, please."),
            buttons=(Button(_("Rooms"), show_rooms.to(round_.number)), *back),
        )
    rooms = _read(typed.get("rooms", ""), groups)
    if not rooms:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await dialogue_store.end(request.tx, account.platform, account.form_chat)
    before = [[number, groups[number].room] for number in rooms]
    notified = await _rewrite(request, round_, theme, {groups[number]: room for number, room in rooms.items()})
    summary = _n("{theme}: {count} room", "{theme}: {count} rooms", len(rooms), theme=Localised(theme.title))
    values = {"before": before, "after": [[number, room] for number, room in rooms.items()]}
    undo = await record_change(
        request, _subject(round_, theme), summary, restore_rooms.to(round_.number, theme.key), values
    )
    roomless = any(not group.room for group in await groups_of_round(request.tx, round_.number))
    more = (Button(_("Rooms"), show_rooms.to(round_.number), style="primary"),) if roomless else ()
    return reply(Strong(summary), *count_line(round_, notified), buttons=(*more, undo, *back), toast=_("Saved."))


def _subject(round_: Round, theme: Theme) -> str:
    return f"rooms:{round_.number}:{theme.key}"


async def _rewrite(request: Request, round_: Round, theme: Theme, rooms: Mapping[Group, str]) -> int:
    """Set the rooms of groups, and notify their members if the round is published.

    `rooms` holds the new rooms by group number. Returns how many people are notified.
    """
    notified = 0
    several = len(await rounds.all_rounds(request.tx)) > 1
    for group, room in rooms.items():
        await set_room(request.tx, group.id, room)
        lines: list[Span] = [_("{group}, {date}:", group=title(group, theme), date=day(round_))] if several else []
        lines.append(
            _("The room of your group is now: {room}.", room=Strong(Name(room)))
            if room
            else _("Your group no longer has a room. The team will tell you the new one.")
        )
        notified += await notify_members(request, round_, [group], View(tuple(lines), (MY_GROUP,)))
    return notified


@inverses.declare("gvr")
async def restore_rooms(request: Request, values: Values, round_id: int, theme_key: str) -> None:
    """Restore the former rooms of a theme's groups, and notify the members again.

    Raises UserError if one of the rooms was changed again since.
    """
    try:
        round_, theme, groups = await _groups(request, round_id, theme_key)
    except Stale:
        raise changed_since() from None
    if any(number not in groups or groups[number].room != room for number, room in values["after"]):
        raise changed_since()
    await _rewrite(request, round_, theme, {groups[number]: room for number, room in values["before"]})
