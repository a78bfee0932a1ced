"""Where a group meets and what it is called: read back, then saved, and told to those concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.delivery import outbox
from handlers.groups import store
from handlers.groups.actions import OpenGroup
from handlers.groups.messages.cards import MY_GROUP, day, room_line, title
from handlers.groups.model import Group, Round
from handlers.groups.organiser.layout import a_group
from handlers.groups.service import membership
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import mark, who_was_faster
from handlers.themes.model import Theme

routes = Routes()


@dataclass(frozen=True, slots=True)
class EditGroup(Action):
    """Open the form of a group's room and name. `seen` marks the present ones."""

    code: ClassVar[str] = "gp"
    group: int
    seen: str


@dataclass(frozen=True, slots=True)
class ConfirmGroup(Action):
    """Save the room and name that were read back."""

    code: ClassVar[str] = "gpa"
    group: int
    seen: str


@dataclass(frozen=True, slots=True)
class RestoreGroup(Action):
    """The inverse: a group's room and name as they were."""

    code: ClassVar[str] = "gpr"
    group: int


@dataclass(frozen=True, slots=True)
class GroupForm(Form):
    """Where a group meets, and what it is called."""

    title: ClassVar[Text] = _("Room and name")
    room: str = text(_("Room"), max_length=60, required=False, hint=_("Where the group meets, for instance «Room 12»."))
    name: str = text(_("Name of the group"), max_length=40, required=False, hint=_("Empty: its number is enough."))


def edit_button(group: Group) -> Button:
    """The way to a group's room and name."""
    return Button(_("Room and name"), EditGroup(group.id, _seen(group)))


def _seen(group: Group) -> str:
    return mark(group.room, group.name)


async def _as_it_is(request: Request, action: EditGroup) -> Mapping[str, str]:
    group, _theme, _round = await a_group(request, action.group)
    return _answers(group.room, group.name)


def _answers(room: str, name: str) -> dict[str, str]:
    return {"room": room, "name": name}


def _called(room: str, name: str) -> tuple[Span, Span]:
    return (
        room_line(room) if room else _("No room"),
        _("Name: {name}", name=Strong(Name(name))) if name else _("No name of its own"),
    )


@routes.action(EditGroup, who=ORGANISER, form=GroupForm, before=_as_it_is)
async def edit_group(request: Request, action: EditGroup, form: GroupForm) -> Reply:
    """Read room and name back; they are kept as a draft until they are confirmed."""
    group, theme, round_ = await a_group(request, action.group)
    account = request.account
    typed = _answers(form.room, form.name)
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, action.encode(), typed, request.now)
    return reply(
        _("{group}. Right?", group=title(Group(group.id, group.round, group.theme, group.number), theme)),
        *_called(form.room, form.name),
        *await who_reads(request, round_, await members(request, [group])),
        buttons=(
            Button(_("Confirm"), ConfirmGroup(group.id, action.seen), style="primary"),
            Button(_("Write something else"), action),
            Button(_("Back"), OpenGroup(group.id)),
        ),
        fresh=True,
    )


async def members(request: Request, of: Iterable[Group]) -> list[int]:
    """Who is in some groups."""
    return [member.id for group in of for member in await store.members_of(request.tx, group)]


async def who_reads(request: Request, round_: Round, people: list[int]) -> tuple[Span, ...]:
    """How many of these people would be told."""
    if not round_.published:
        return (_("Nobody is told: these groups are not published yet."),)
    reached = await store.platforms_reached(request.tx)
    others = [person for person in people if person in reached and person != request.participant.id]
    return (_n("It is told to {count} person.", "It is told to {count} people.", len(others)),)


@routes.action(ConfirmGroup, who=ORGANISER)
async def confirm_group(request: Request, action: ConfirmGroup) -> Reply:
    """Save what was read back, unless another organiser did meanwhile: then both are shown."""
    group, theme, round_ = await a_group(request, action.group)
    account, back = request.account, (Button(_("Back"), OpenGroup(group.id)), BACK)
    draft = await dialogue_store.current(request.tx, account.platform, account.chat, request.now)
    if draft is None or draft.action != EditGroup(group.id, action.seen).encode():
        return reply(
            _("What you wrote is no longer here, so nothing was saved. Write it again, please."),
            buttons=(edit_button(group), *back),
        )
    room, name = draft.draft.get("room", ""), draft.draft.get("name", "")
    if (room, name) == (group.room, group.name):
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    if _seen(group) != action.seen:
        again = EditGroup(group.id, _seen(group))
        await dialogue_store.keep_draft(
            request.tx, account.platform, account.chat, again.encode(), draft.draft, request.now
        )
        return reply(
            await who_was_faster(request, f"group:{group.id}"),
            _("Now:"),
            *_called(group.room, group.name),
            _("You wrote:"),
            *_called(room, name),
            buttons=(Button(_("Confirm"), ConfirmGroup(group.id, _seen(group))), *back),
        )
    await dialogue_store.end(request.tx, account.platform, account.chat)
    told = await _rewrite(request, group, theme, round_, room, name)
    said = _said(group, theme, room, name)
    values = {"before": _answers(group.room, group.name), "after": _answers(room, name)}
    undo = await note(request, f"group:{group.id}", said, RestoreGroup(group.id), values)
    return reply(Strong(said), *how_many(round_, told), buttons=(undo, *back), toast=_("Saved."))


def _said(group: Group, theme: Theme, room: str, name: str) -> Text:
    named = title(Group(group.id, group.round, group.theme, group.number, name), theme)
    return _("{group}: {room}", group=named, room=Name(room)) if room else _("{group}: no room", group=named)


def how_many(round_: Round, told: int) -> tuple[Span, ...]:
    """How many were told, where anyone is."""
    return (_n("{count} person is told.", "{count} people are told.", told),) if round_.published else ()


async def _rewrite(request: Request, group: Group, theme: Theme, round_: Round, room: str, name: str) -> int:
    """Give a group its room and name, and tell its members if they know of it; how many."""
    await store.set_room(request.tx, group.id, room)
    await store.rename_group(request.tx, group.id, name)
    lines: list[Span] = []
    if name != group.name:
        lines.append(
            _("Your group is called «{name}» now.", name=Name(name))
            if name
            else _("Your group has no name of its own any more.")
        )
    if room != group.room:
        lines.append(
            _("Your group meets here now: {room}.", room=Strong(Name(room)))
            if room
            else _("Your group has no room any more. The team tells you the new one.")
        )
    if len(await store.all_rounds(request.tx)) > 1:
        lines.insert(0, _("{group}, {date}:", group=title(group, theme), date=day(round_)))
    return await tell(request, round_, [group], View(tuple(lines), (MY_GROUP,)))


async def tell(request: Request, round_: Round, of: Iterable[Group], view: View) -> int:
    """Tell the members of groups of a published round, but for who is asking; their places follow."""
    if not round_.published:
        return 0
    changed = list(of)
    await membership.follow_cards(request.tx, [group.id for group in changed], request.now)
    told, reached = 0, await store.platforms_reached(request.tx)
    for member in await members(request, changed):
        if member != request.participant.id:
            told += await outbox.notify(request.tx, member, view, request.now) and member in reached
    await outbox.refresh_channels(request.tx, [group.id for group in changed], request.now)
    return told


@inverses.declare(RestoreGroup)
async def restore_group(request: Request, action: RestoreGroup, values: Values) -> Undone:
    """Put room and name back, and tell the members again."""
    try:
        group, theme, round_ = await a_group(request, action.group)
    except Stale:
        raise changed_since() from None
    if _answers(group.room, group.name) != values["after"]:
        raise changed_since()
    before = values["before"]
    told = await _rewrite(request, group, theme, round_, before["room"], before["name"])
    said = _said(group, theme, before["room"], before["name"])
    return Undone((said, *how_many(round_, told)), (Button(_("Back"), OpenGroup(group.id)),))
