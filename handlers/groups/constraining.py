"""What forming groups must obey: people pinned where they are, pairs together or apart, groups locked as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Name, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.groups import pair_store, store
from handlers.groups.actions import OpenGroup, OpenMember
from handlers.groups.adjusting import ShowTargets
from handlers.groups.layout import a_group
from handlers.groups.messages import title
from handlers.groups.model import Member, PairKind
from handlers.groups.service import round_due
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import who_was_faster

routes = Routes()

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class SetPin(Action):
    """Keep someone in a group, or no longer, when groups are formed again."""

    code: ClassVar[str] = "gn"
    person: int
    group: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class SetLock(Action):
    """Keep a group as it is, or no longer, when groups are formed again."""

    code: ClassVar[str] = "gna"
    group: int
    locked: bool


@dataclass(frozen=True, slots=True)
class DropPair(Action):
    """Ask nothing of two people any more; `kind` is what was asked. The screen goes back to a round."""

    code: ClassVar[str] = "gnb"
    round: int
    person: int
    other: int
    kind: str


@dataclass(frozen=True, slots=True)
class RestorePin(Action):
    """The inverse: whether someone was pinned in a group."""

    code: ClassVar[str] = "gnp"
    person: int
    group: int


@dataclass(frozen=True, slots=True)
class RestoreLock(Action):
    """The inverse: whether a group was locked."""

    code: ClassVar[str] = "gnl"
    group: int


@dataclass(frozen=True, slots=True)
class RestorePair(Action):
    """The inverse: what was asked of two people."""

    code: ClassVar[str] = "gno"
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom someone must be with, or must not; `said` says so."""

    other: int
    name: str
    kind: PairKind
    said: Text


async def rules_of(request: Request, person: Member) -> Sequence[Rule]:
    """The pairs someone is in."""
    found = []
    for other_id, kind in await store.pairs_of(request.tx, person.id):
        other = await participant_store.find(request.tx, other_id)
        if other is not None:
            name = other.full_name
            said = (
                _("Together with {name}", name=Name(name))
                if kind == "together"
                else _("Apart from {name}", name=Name(name))
            )
            found.append(Rule(other_id, name, kind, said))
    return sorted(found, key=lambda rule: (rule.kind, rule.name, rule.other))


def undo_rule(round_number: int, person: Member, rule: Rule) -> Button:
    """The button that drops a pair."""
    name = Name(rule.name[:_LONGEST_NAME])
    label = (
        _("Not with {name} any more", name=name) if rule.kind == "together" else _("No longer apart: {name}", name=name)
    )
    return Button(label, DropPair(round_number, person.id, rule.other, rule.kind))


# --- pins


@routes.action(SetPin, who=ORGANISER)
async def set_pin(request: Request, action: SetPin) -> Reply:
    """Pin someone where they are, or unpin them; not where they were moved meanwhile."""
    group, theme, round_ = await a_group(request, action.group)
    person = await store.person(request.tx, round_.number, action.person)
    if person is None:
        raise Stale
    back = (Button(_("Back"), OpenMember(round_.number, person.id)), BACK)
    if person.group_id != group.id:
        return reply(await who_was_faster(request, f"groups:{round_.number}:{theme.key}"), buttons=back)
    if person.pinned == action.pinned:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await store.set_pinned(request.tx, person.id, round_.number, action.pinned)
    name, where = Name(person.full_name), title(group, theme)
    said = (
        _("{name} stays in {group}", name=name, group=where)
        if action.pinned
        else _("{name} may leave {group}", name=name, group=where)
    )
    values = {"after": action.pinned}
    undo = await note(request, f"pin:{round_.number}:{person.id}", said, RestorePin(person.id, group.id), values)
    return reply(Strong(said), _("This counts when groups are formed again."), buttons=(undo, *back), toast=_("Saved."))


@inverses.declare(RestorePin)
async def restore_pin(request: Request, action: RestorePin, values: Values) -> Undone:
    """Pin or unpin someone who is still in that group."""
    group = await store.find(request.tx, action.group)
    person = await store.person(request.tx, group.round, action.person) if group else None
    if group is None or person is None or person.group_id != group.id or person.pinned != values["after"]:
        raise changed_since()
    await store.set_pinned(request.tx, person.id, group.round, not values["after"])
    return Undone(buttons=(Button(_("Back"), OpenMember(group.round, person.id)),))


# --- locks


@routes.action(SetLock, who=ORGANISER)
async def set_lock(request: Request, action: SetLock) -> Reply:
    """Lock a group, or unlock it."""
    group, theme, _round = await a_group(request, action.group)
    back = (Button(_("Back"), OpenGroup(group.id)), BACK)
    if group.locked == action.locked:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await store.set_locked(request.tx, group.id, action.locked)
    where = title(group, theme)
    said = _("{group} is locked", group=where) if action.locked else _("{group} is unlocked", group=where)
    undo = await note(request, f"lock:{group.id}", said, RestoreLock(group.id), {"after": action.locked})
    return reply(Strong(said), _("This counts when groups are formed again."), buttons=(undo, *back), toast=_("Saved."))


@inverses.declare(RestoreLock)
async def restore_lock(request: Request, action: RestoreLock, values: Values) -> Undone:
    """Lock or unlock a group again."""
    group = await store.find(request.tx, action.group)
    if group is None or group.locked != values["after"]:
        raise changed_since()
    await store.set_locked(request.tx, group.id, not values["after"])
    return Undone(buttons=(Button(_("Back"), OpenGroup(group.id)),))


# --- pairs


async def pair(request: Request, round_number: int, person_id: int, other_id: int, kind: PairKind) -> Reply:
    """Ask two people to be together, or apart; what was asked of them before is replaced, and comes back with undo."""
    person, other = await _two(request, person_id, other_id)
    said = _said(person, other, kind)
    return await _save(request, round_number, person, other, kind, said)


@routes.action(DropPair, who=ORGANISER)
async def drop_pair(request: Request, action: DropPair) -> Reply:
    """Ask nothing of two people, unless something else is asked of them by now."""
    person, other = await _two(request, action.person, action.other)
    present = await pair_store.kind_of(request.tx, person.id, other.id)
    if present not in (None, action.kind):
        why = await who_was_faster(request, _subject(person.id, other.id))
        return reply(why, buttons=(Button(_("Back"), OpenMember(action.round, person.id)), BACK))
    first, second = Name(person.full_name), Name(other.full_name)
    said = _("{first} and {second}: no rule any more", first=first, second=second)
    return await _save(request, action.round, person, other, None, said)


async def _two(request: Request, person_id: int, other_id: int) -> tuple[Participant, Participant]:
    person, other = [await participant_store.find(request.tx, each) for each in (person_id, other_id)]
    if person is None or other is None or person.id == other.id:
        raise Stale
    return person, other


def _said(person: Participant, other: Participant, kind: PairKind) -> Text:
    first, second = Name(person.full_name), Name(other.full_name)
    if kind == "together":
        return _("{first} and {second} together", first=first, second=second)
    return _("{first} and {second} apart", first=first, second=second)


def _subject(one: int, other: int) -> str:
    return f"pair:{min(one, other)}:{max(one, other)}"


async def _save(
    request: Request, round_number: int, person: Participant, other: Participant, kind: PairKind | None, said: Text
) -> Reply:
    back = (Button(_("Back"), OpenMember(round_number, person.id)), BACK)
    before = await pair_store.kind_of(request.tx, person.id, other.id)
    if before == kind:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await pair_store.put(request.tx, person.id, other.id, kind)
    values = {"before": before, "after": kind}
    undo = await note(request, _subject(person.id, other.id), said, RestorePair(person.id, other.id), values)
    means, against = await _what_it_means(request, round_number, person, other, kind)
    move = (Button(_("Move"), ShowTargets(round_number, person.id), style="primary"),) if against else ()
    return reply(Strong(said), *means, buttons=(*move, undo, *back), toast=_("Saved."))


async def _what_it_means(
    request: Request, round_number: int, person: Participant, other: Participant, kind: PairKind | None
) -> tuple[tuple[Span, ...], bool]:
    """Whether the present groups obey a new rule, in words; True where moving someone would make them."""
    if kind is None:
        return (), False
    one, two = [await store.person(request.tx, round_number, each.id) for each in (person, other)]
    if one is None or two is None or one.theme != two.theme:
        return (_("They have different themes, so this changes nothing for now."),), False
    if one.group_id is None or two.group_id is None:
        return (_("This counts when groups are formed."),), False
    same = one.group_id == two.group_id
    if same == (kind == "together"):
        return (_("Their present groups are so already."),), False
    if same:
        return (_("They are in the same group now: move one of them, or form groups again."),), True
    return (_("They are in different groups now: move one of them, or form groups again."),), True


@inverses.declare(RestorePair)
async def restore_pair(request: Request, action: RestorePair, values: Values) -> Undone:
    """Ask of two people what was asked before; people who left are asked nothing."""
    people = [await participant_store.find(request.tx, each) for each in (action.one, action.other)]
    present = await pair_store.kind_of(request.tx, action.one, action.other)
    if None in people or present != values["after"]:
        raise changed_since()
    await pair_store.put(request.tx, action.one, action.other, values["before"])
    round_ = await round_due(request.tx, request.today)
    return Undone(buttons=(Button(_("Back"), OpenMember(round_.number, action.one)),) if round_ else ())
