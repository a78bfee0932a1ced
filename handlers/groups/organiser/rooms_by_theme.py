"""The rooms of a theme's groups all at once: a line each, read back, then saved, and told to those concerned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Values, changed_since, note
from handlers.groups import store
from handlers.groups.actions import ShowGroups, ShowRooms
from handlers.groups.messages.cards import MY_GROUP, day, title
from handlers.groups.model import Group, Round
from handlers.groups.organiser.layout import a_round, group_label
from handlers.groups.organiser.rooms import how_many, members, tell, who_reads
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import mark, who_was_faster
from handlers.themes.model import Theme
from handlers.themes.store import all_themes, find_theme

routes = Routes()

_LONGEST_ROOM = 60
_LINE = re.compile(r"\s*(\d{1,5})\s*[:.)–-]?\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class EditRooms(Action):
    """Open the form of a theme's rooms. `seen` marks the present ones."""

    code: ClassVar[str] = "gve"
    round: int
    theme: str
    seen: str


@dataclass(frozen=True, slots=True)
class ConfirmRooms(Action):
    """Save the rooms that were read back."""

    code: ClassVar[str] = "gvf"
    round: int
    theme: str
    seen: str


@dataclass(frozen=True, slots=True)
class RestoreRooms(Action):
    """The inverse: the rooms as they were."""

    code: ClassVar[str] = "gvr"
    round: int
    theme: str


@dataclass(frozen=True, slots=True)
class RoomsForm(Form):
    """A line for each group: its number, then the room."""

    title: ClassVar[Text] = _("Rooms")
    rooms: str = text(
        _("A line a group: its number, then its room"),
        max_length=3500,
        multiline=True,
        hint=_("For instance «1: Room 12». A group without a line keeps its room; a number alone takes it away."),
    )


@routes.action(ShowRooms, who=ORGANISER)
async def show_rooms(request: Request, action: ShowRooms) -> Reply:
    """How many groups of each theme have a room."""
    round_ = await a_round(request, action.round)
    formed = await store.groups_of_round(request.tx, round_.number)
    lines: list[Span] = [_("Rooms for {date}", date=Strong(day(round_)))]
    buttons: list[Button] = []
    for theme in await all_themes(request.tx):
        mine = [group for group in formed if group.theme == theme.key]
        if mine:
            named = Localised(theme.title)
            with_room = sum(bool(group.room) for group in mine)
            lines.append(_("{theme}: {ready} of {all} groups have a room", theme=named, ready=with_room, all=len(mine)))
            edit = EditRooms(round_.number, theme.key, _seen(mine))
            buttons.append(Button(_("Rooms: {theme}", theme=named), edit))
    if not buttons:
        raise Stale
    return reply(*lines, buttons=(*buttons, *_back(round_.number)))


def _back(round_number: int) -> tuple[Button, ...]:
    return Button(_("Groups"), ShowGroups(round_number)), BACK


async def _groups(request: Request, round_number: int, key: str) -> tuple[Round, Theme, dict[int, Group]]:
    """A theme's groups in a round, by number. Raises Stale where there are none."""
    round_, theme = await a_round(request, round_number), await find_theme(request.tx, key)
    found = [group for group in await store.groups_of_round(request.tx, round_number) if group.theme == key]
    if theme is None or not found:
        raise Stale
    return round_, theme, {group.number: group for group in found}


def _seen(of: Sequence[Group]) -> str:
    return mark([(group.id, group.room) for group in of])


async def _as_they_are(request: Request, action: EditRooms) -> Mapping[str, str]:
    _round, _theme, found = await _groups(request, action.round, action.theme)
    return {"rooms": "\n".join(f"{number}: {group.room}".strip() for number, group in found.items())}


def _read(typed: str, found: Mapping[int, Group]) -> dict[int, str]:
    """The rooms of some groups, by number. Raises Incomplete with the first line that is not understood."""
    rooms: dict[int, str] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        read = _LINE.fullmatch(line)
        if read is None:
            why = _("«{line}» does not begin with the number of a group.", line=Name(line[:_LONGEST_ROOM]))
            raise Incomplete("rooms", why)
        number, room = int(read[1]), read[2]
        if number not in found:
            raise Incomplete("rooms", _("There is no group {number} in this theme.", number=number))
        if number in rooms:
            raise Incomplete("rooms", _("Group {number} has two lines.", number=number))
        if len(room) > _LONGEST_ROOM:
            why = _("The room of group {number} is longer than {most} characters.", number=number, most=_LONGEST_ROOM)
            raise Incomplete("rooms", why)
        rooms[number] = room
    return {number: room for number, room in rooms.items() if room != found[number].room}


def _lines(rooms: Mapping[int, str], found: Mapping[int, Group]) -> list[Span]:
    return [
        _("{group}: {room}", group=group_label(found[number]), room=Name(room))
        if room
        else _("{group}: no room", group=group_label(found[number]))
        for number, room in sorted(rooms.items())
    ]


@routes.action(EditRooms, who=ORGANISER, form=RoomsForm, before=_as_they_are)
async def edit_rooms(request: Request, action: EditRooms, form: RoomsForm) -> Reply:
    """Read the rooms back; they are kept as a draft until they are confirmed."""
    round_, theme, found = await _groups(request, action.round, action.theme)
    rooms = _read(form.rooms, found)
    if not rooms:
        return reply(_("Nothing was changed."), buttons=_back(round_.number), fresh=True)
    account = request.account
    typed = {"rooms": form.rooms}
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, action.encode(), typed, request.now)
    return reply(
        _("{theme}, rooms. Right?", theme=Strong(Localised(theme.title))),
        *_lines(rooms, found),
        *await who_reads(request, round_, await members(request, [found[room] for room in rooms])),
        buttons=(
            Button(_("Confirm"), ConfirmRooms(round_.number, theme.key, action.seen), style="primary"),
            Button(_("Write something else"), action),
            *_back(round_.number),
        ),
        fresh=True,
    )


@routes.action(ConfirmRooms, who=ORGANISER)
async def confirm_rooms(request: Request, action: ConfirmRooms) -> Reply:
    """Save what was read back, unless another organiser changed a room meanwhile: then both are shown."""
    round_, theme, found = await _groups(request, action.round, action.theme)
    account, back = request.account, _back(round_.number)
    present = _seen(list(found.values()))
    draft = await dialogue_store.current(request.tx, account.platform, account.chat, request.now)
    if draft is None or draft.action != EditRooms(round_.number, theme.key, action.seen).encode():
        return reply(
            _("What you wrote is no longer here, so nothing was saved. Write it again, please."),
            buttons=(Button(_("Rooms"), ShowRooms(round_.number)), *back),
        )
    typed = draft.draft.get("rooms", "")
    rooms = _read(typed, found)
    if not rooms:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    if present != action.seen:
        again = EditRooms(round_.number, theme.key, present)
        await dialogue_store.keep_draft(
            request.tx, account.platform, account.chat, again.encode(), draft.draft, request.now
        )
        return reply(
            await who_was_faster(request, _subject(round_, theme)),
            _("Now:"),
            *_lines({number: found[number].room for number in rooms}, found),
            _("You wrote:"),
            *_lines(rooms, found),
            buttons=(Button(_("Confirm"), ConfirmRooms(round_.number, theme.key, present)), *back),
        )
    await dialogue_store.end(request.tx, account.platform, account.chat)
    before = [[number, found[number].room] for number in rooms]
    told = await _rewrite(request, round_, theme, {found[number]: room for number, room in rooms.items()})
    said = _n("{theme}: {count} room", "{theme}: {count} rooms", len(rooms), theme=Localised(theme.title))
    values = {"before": before, "after": [[number, room] for number, room in rooms.items()]}
    undo = await note(request, _subject(round_, theme), said, RestoreRooms(round_.number, theme.key), values)
    homeless = any(not group.room for group in await store.groups_of_round(request.tx, round_.number))
    more = (Button(_("Rooms"), ShowRooms(round_.number), style="primary"),) if homeless else ()
    return reply(Strong(said), *how_many(round_, told), buttons=(*more, undo, *back), toast=_("Saved."))


def _subject(round_: Round, theme: Theme) -> str:
    return f"rooms:{round_.number}:{theme.key}"


async def _rewrite(request: Request, round_: Round, theme: Theme, rooms: Mapping[Group, str]) -> int:
    """Give groups their rooms, and tell their members if they know of them; how many."""
    told = 0
    several = len(await store.all_rounds(request.tx)) > 1
    for group, room in rooms.items():
        await store.set_room(request.tx, group.id, room)
        lines: list[Span] = [_("{group}, {date}:", group=title(group, theme), date=day(round_))] if several else []
        lines.append(
            _("Your group meets here now: {room}.", room=Strong(Name(room)))
            if room
            else _("Your group has no room any more. The team tells you the new one.")
        )
        told += await tell(request, round_, [group], View(tuple(lines), (MY_GROUP,)))
    return told


@inverses.declare(RestoreRooms)
async def restore_rooms(request: Request, action: RestoreRooms, values: Values) -> None:
    """Put the rooms back, and tell the members again."""
    try:
        round_, theme, found = await _groups(request, action.round, action.theme)
    except Stale:
        raise changed_since() from None
    if any(number not in found or found[number].room != room for number, room in values["after"]):
        raise changed_since()
    await _rewrite(request, round_, theme, {found[number]: room for number, room in values["before"]})
