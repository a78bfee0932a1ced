"""Screens for the rules that forming groups must obey: pinned people, locked groups, people together or apart.

A pinned person stays in their group, and a locked group stays as it is, when groups are formed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.content.errors import Stale, existing
from bot.content.names import clean, matches, search_key
from bot.content.texts import Person, Span, Strong, Territory, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.conflicts import who_was_faster
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.people import participant_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.actions import OpenGroup, OpenMember, ShowOthers
from handlers.groups.messages.cards import title
from handlers.groups.model import Group, Member, PairKind
from handlers.groups.organiser.adjusting import preview_swap, show_targets
from handlers.groups.organiser.layout import require_group
from handlers.groups.service.membership import round_due
from handlers.groups.store import groups, members, pairs
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.finding import FindForm, find_someone
from handlers.navigation.layout import paged

routes = Routes()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a person must be in one group with another person, or in a different group.

    `other` is the id of the other person and `name` their name. `kind` is «together» or «apart»; `line` states the
    rule.
    """

    other: int
    name: Person
    kind: PairKind
    line: Text


async def rules_of(request: Request, person: Member) -> Sequence[Rule]:
    """Return the rules about a person: with whom they must be in one group, and with whom in different groups."""
    rules = []
    for other_id, kind in await pairs.pairs_of(request.tx, person.id):
        other = await participant_store.find(request.tx, other_id)
        if other is not None:
            name = called(other, "full")
            line = _("Together with {name}", name=name) if kind == "together" else _("Apart from {name}", name=name)
            rules.append(Rule(other_id, name, kind, line))
    return sorted(rules, key=lambda rule: (rule.kind, rule.name.name, rule.other))


def undo_rule(round_number: int, person: Member, rule: Rule) -> Button:
    """Return the button that removes a rule about `person` and another person: to be together, or apart."""
    name = rule.name
    label = (
        _("No longer with {name}", name=name) if rule.kind == "together" else _("No longer apart: {name}", name=name)
    )
    return Button(label, drop_pair.to(round_number, person.id, rule.other, rule.kind))


# --- pins


@routes.press("gn", who=ORGANISER)
async def set_pin(request: Request, person_id: int, group_id: int, pinned: bool) -> Reply:
    """Pin a person in the group `group_id`, or unpin the person if `pinned` is False.

    A pinned person stays in the group when groups are formed again. If another organiser has moved the person
    meanwhile, nothing changes, and the reply says who did it.
    """
    group, theme, round_ = await require_group(request, group_id)
    person = existing(await members.person_with_theme(request.tx, round_.number, person_id))
    back = (Button(_("Back"), OpenMember(round_.number, person.id)), BACK)
    if person.group_id != group.id:
        return reply(await who_was_faster(request, f"groups:{round_.number}:{theme.key}"), buttons=back)
    if person.pinned == pinned:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await members.set_pinned(request.tx, person.id, round_.number, pinned)
    name, name_of_group = called(person, "full"), title(group, theme)
    summary = (
        _("{name} stays in {group}", name=name, group=name_of_group)
        if pinned
        else _("{name} may leave {group}", name=name, group=name_of_group)
    )
    values = {"after": pinned}
    undo = await record_change(
        request, f"pin:{round_.number}:{person.id}", summary, restore_pin.to(person.id, group.id), values
    )
    return reply(
        Strong(summary), _("This applies when groups are formed again."), buttons=(undo, *back), toast=_("Saved.")
    )


@inverses.declare("gnp")
async def restore_pin(request: Request, values: Values, person_id: int, group_id: int) -> Undone:
    """Undo the pinning or unpinning of a person. Raises UserError if the person is in another group by now.

    A pinned person stays in the group when groups are formed again.
    """
    group = await groups.find_group(request.tx, group_id)
    person = await members.person_with_theme(request.tx, group.round, person_id) if group else None
    if group is None or person is None or person.group_id != group.id or person.pinned != values["after"]:
        raise changed_since()
    await members.set_pinned(request.tx, person.id, group.round, not values["after"])
    return Undone(buttons=(Button(_("Back"), OpenMember(group.round, person.id)),))


# --- locks


@routes.press("gna", who=ORGANISER)
async def set_lock(request: Request, group_id: int, locked: bool) -> Reply:
    """Lock a group, or unlock it. A locked group stays as it is when groups are formed again."""
    group, theme, _round = await require_group(request, group_id)
    back = (Button(_("Back"), OpenGroup(group.id)), BACK)
    if group.locked == locked:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await groups.set_locked(request.tx, group.id, locked)
    name_of_group = title(group, theme)
    summary = _("{group} is locked", group=name_of_group) if locked else _("{group} is unlocked", group=name_of_group)
    undo = await record_change(request, f"lock:{group.id}", summary, restore_lock.to(group.id), {"after": locked})
    return reply(
        Strong(summary), _("This applies when groups are formed again."), buttons=(undo, *back), toast=_("Saved.")
    )


@inverses.declare("gnl")
async def restore_lock(request: Request, values: Values, group_id: int) -> Undone:
    """Undo the locking or unlocking of a group. Raises UserError if that was changed again since."""
    group = await groups.find_group(request.tx, group_id)
    if group is None or group.locked != values["after"]:
        raise changed_since()
    await groups.set_locked(request.tx, group.id, not values["after"])
    return Undone(buttons=(Button(_("Back"), OpenGroup(group.id)),))


# --- pairs


async def pair(request: Request, round_number: int, person_id: int, other_id: int, kind: PairKind) -> Reply:
    """Set the rule that two people must be «together» in a group, or «apart» (`kind`).

    The rule replaces an earlier rule about the two people, which undo brings back.
    """
    person, other = await _two(request, person_id, other_id)
    return await _save(request, round_number, person, other, kind, _summary(person, other, kind))


@routes.press("gnb", who=ORGANISER)
async def drop_pair(request: Request, round_id: int, person_id: int, other_id: int, kind: str) -> Reply:
    """Remove the rule that two people must be together in a group, or apart.

    `kind` is the rule as it was shown, «together» or «apart». If another organiser has set the other rule meanwhile,
    nothing changes, and the reply says who did it. A button leads to the person `person_id` on the day of the round.
    """
    person, other = await _two(request, person_id, other_id)
    present = await pairs.kind_of_pair(request.tx, person.id, other.id)
    if present not in (None, kind):
        why = await who_was_faster(request, _subject(person.id, other.id))
        return reply(why, buttons=(Button(_("Back"), OpenMember(round_id, person.id)), BACK))
    first, second = called(person, "full"), called(other, "full")
    summary = _("{first} and {second}: rule removed", first=first, second=second)
    return await _save(request, round_id, person, other, None, summary)


async def _two(request: Request, person_id: int, other_id: int) -> tuple[Participant, Participant]:
    """Return two different people. Raises Stale if one of them is gone."""
    person, other = [await participant_store.find(request.tx, id_) for id_ in (person_id, other_id)]
    if person is None or other is None or person.id == other.id:
        raise Stale
    return person, other


def _summary(person: Participant, other: Participant, kind: PairKind) -> Text:
    first, second = called(person, "full"), called(other, "full")
    if kind == "together":
        return _("{first} and {second} together", first=first, second=second)
    return _("{first} and {second} apart", first=first, second=second)


def _subject(one: int, other: int) -> str:
    return f"pair:{min(one, other)}:{max(one, other)}"


async def _save(
    request: Request, round_number: int, person: Participant, other: Participant, kind: PairKind | None, summary: Text
) -> Reply:
    back = (Button(_("Back"), OpenMember(round_number, person.id)), BACK)
    before = await pairs.kind_of_pair(request.tx, person.id, other.id)
    if before == kind:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await pairs.put_pair(request.tx, person.id, other.id, kind)
    values = {"before": before, "after": kind}
    undo = await record_change(
        request, _subject(person.id, other.id), summary, restore_pair.to(person.id, other.id), values
    )
    means, against = await _what_it_means(request, round_number, person, other, kind)
    # L10N: a button, a verb: move a person to another group
    move = (Button(_("Move"), show_targets.to(round_number, person.id), style="primary"),) if against else ()
    return reply(Strong(summary), *means, buttons=(*move, undo, *back), toast=_("Saved."))


async def _what_it_means(
    request: Request, round_number: int, person: Participant, other: Participant, kind: PairKind | None
) -> tuple[tuple[Span, ...], bool]:
    """Return lines that say whether the present groups obey a new rule about two people.

    Also returns True if moving one of them would make the groups obey it.
    """
    if kind is None:
        return (), False
    one, two = [await members.person_with_theme(request.tx, round_number, either.id) for either in (person, other)]
    if one is None or two is None or one.theme != two.theme:
        return (_("They have different themes, so this changes nothing for now."),), False
    if one.group_id is None or two.group_id is None:
        return (_("This applies when groups are formed."),), False
    same = one.group_id == two.group_id
    if same == (kind == "together"):
        return (_("Their present groups already follow this rule."),), False
    if same:
        return (_("They are in the same group now: move one of them, or form groups again."),), True
    return (_("They are in different groups now: move one of them, or form groups again."),), True


@inverses.declare("gno")
async def restore_pair(request: Request, values: Values, one: int, other: int) -> Undone:
    """Restore the former rule about two people. Raises UserError if one has left or the rule was changed since."""
    people = [await participant_store.find(request.tx, person_id) for person_id in (one, other)]
    present = await pairs.kind_of_pair(request.tx, one, other)
    if None in people or present != values["after"]:
        raise changed_since()
    await pairs.put_pair(request.tx, one, other, values["before"])
    round_ = await round_due(request.tx, request.today)
    return Undone(buttons=(Button(_("Back"), OpenMember(round_.number, one)),) if round_ else ())


# --- Choosing the second person of a swap or a pair, from the theme's list or by name.


_PER_PAGE = 40
"""How many people one choice offers, so that every platform can show it together with its buttons."""


async def _person(request: Request, round_number: int, person_id: int) -> Member:
    """Return a person with a theme. Raises Stale for anyone else."""
    return existing(await members.person_with_theme(request.tx, round_number, person_id))


async def _others(request: Request, round_number: int, person: Member, want: str) -> Sequence[Member]:
    """Return the people who can be chosen as the second person.

    For a swap they are in other groups of the same theme; for a rule, all people with a theme.
    """
    others = [other for other in await members.people_with_theme(request.tx, round_number) if other.id != person.id]
    if want == "swap":
        others = [
            other for other in others if other.theme == person.theme and other.group_id not in (None, person.group_id)
        ]
    return members.sorted_by_name(others)


@routes.press(ShowOthers, who=ORGANISER)
async def show_others(request: Request, round_id: int, person_id: int, want: str, page: int = 0) -> Reply:
    """Show a page (from 0) of the people who can be chosen for a swap or a rule with a person, to choose one of them.

    `want` is what is done with the two people: «swap» their groups, keep them «together», or keep them «apart».
    """
    person = await _person(request, round_id, person_id)
    people = await _others(request, round_id, person, want)
    return await _ask(
        request,
        ShowOthers(round_id, person_id, want, page),
        person,
        [other for other in people if other.theme == person.theme],
    )


@routes.form("gla", FindForm, who=ORGANISER)
async def find_other(request: Request, form: FindForm, round_id: int, person_id: int, want: str) -> Reply:
    """Show the people with a matching name who can be chosen for a swap or a rule, to choose one of them.

    `want` is what is done with the two people: «swap» their groups, keep them «together», or keep them «apart».
    """
    person = await _person(request, round_id, person_id)
    wanted = clean(form.name)
    people = await _others(request, round_id, person, want)
    matching = [other for other in people if matches(wanted, search_key(other.given_name, other.family_name))]
    back = ShowOthers(round_id, person_id, want)
    if not matching:
        buttons = (
            find_someone(find_other.to(round_id, person_id, want), again=True),
            Button(_("See the list"), back),
            BACK,
        )
        return reply(_("Nobody you can choose has that name."), buttons=buttons)
    return await _ask(request, back, person, matching[:_PER_PAGE])


async def _ask(request: Request, action: ShowOthers, person: Member, people: Sequence[Member]) -> Reply:
    by_id = {group.id: group for group in await groups.groups_of_round(request.tx, action.round)}
    here = partial(ShowOthers, action.round, action.person, action.want)
    shown, pages = paged(people, action.page, here, per_page=_PER_PAGE)
    options = tuple(Option(str(other.id), _label(other, by_id.get(other.group_id or 0))) for other in shown)
    return reply(
        _question(action.want, Strong(called(person, "full"))),
        choice=Choice(take_other.to(action.round, person.id, action.want), options) if options else None,
        buttons=(
            *pages,
            find_someone(find_other.to(action.round, person.id, action.want)),
            Button(_("Back"), OpenMember(action.round, person.id)),
            BACK,
        ),
    )


def _question(want: str, name: Span) -> Text:
    match want:
        case "swap":
            return _("Who should {name} swap with?", name=name)
        case "together":
            return _("Who must be in {name}'s group?", name=name)
        case "apart":
            return _("Who must not be in {name}'s group?", name=name)
    raise Stale


def _label(person: Member, group: Group | None) -> Span:
    name: Span = called(person, "full")
    if person.territory:
        name = _("{name} ({country})", name=name, country=Territory(person.territory))
    return _("{name}, group {number}", name=name, number=group.number) if group else name


@routes.pick("glb", who=ORGANISER, sent_with_press=False)
async def take_other(request: Request, other: int, round_id: int, person: int, want: str) -> Reply:
    """Ask for confirmation of a swap, or save the rule about two people, once the second person is chosen.

    `person` was chosen first, and `other` now. `want` is what is done with the two: «swap» their groups, keep them
    «together», or keep them «apart».
    """
    match want:
        case "swap":
            return await preview_swap(request, round_id, person, other)
        case "together" | "apart" as kind:
            return await pair(request, round_id, person, other, kind)
    raise Stale
