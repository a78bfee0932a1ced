"""The list of a safety check («Are you safe?») for organisers and facilitators, who press a name to mark a person safe.

It is one message that updates by itself. It shows a line for each group, or the people of one group. Organisers see
everybody, and facilitators the groups that they run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.content.errors import Stale, existing
from bot.content.names import clean, matches, search_key
from bot.content.texts import Joined, Moment, Span, Strong, _, _n
from bot.content.views import Button, ButtonStyle, Reply, View, reply, with_lines_first
from bot.conversation.routes import FACILITATOR, Request, Routes, Transaction
from bot.people import participant_store
from bot.people.audience_store import describe
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.finding import FindForm, find_someone
from handlers.navigation.layout import paged
from handlers.trust import service, store
from handlers.trust.actions import AskToClose, OpenCheck, OpenPhotos, TakeList
from handlers.trust.messages import MOST_EARLIER, counts, group_line, how, marked, person_lines, standing, state_of
from handlers.trust.model import CheckedPerson, SafetyCheck, SafetyGroup, SaidPlace, in_order

routes = Routes()

_NO_MARK, _SILENT = range(2)
"""What a name's button does: remove the mark, or mark a person who was silent. Higher numbers: who needed help."""
_PRESS = _("Press a name when you see the person safe.")
_ALL = "all"
"""Stands for the list of all groups, in place of one group's key."""
_GROUPS_PER_PAGE, _PEOPLE_PER_PAGE = 15, 20
"""How many groups or people a page has: with the buttons beside them as many as one message on Discord holds."""
_MOST_IN_NEED = 40
"""For how many people who asked for help the list of all groups has a line; the lists of the groups have them all."""


# --- opening it


@routes.press(OpenCheck, who=FACILITATOR)
async def open_check(request: Request, check_id: int) -> Reply:
    """Send a facilitator or organiser the list of a safety check. Every answer and every mark updates the list.

    A closed check's list is still updated, because the places that people sent disappear from it after a day.
    """
    check = existing(await store.find_check(request.tx, check_id))
    await store.leave_lists(request.tx, check.id, request.account.id or 0)
    await request.show_below(store.list_key(check.id, request.participant.id))
    back = BACK if request.participant.organises else HOME
    line = _("The list comes below and updates with every answer.")
    if check.closed_at is not None:
        line = _("This check is closed: nobody is asked again. The list comes below, with answers that still arrive.")
    return reply(marked(check, line), buttons=(back,))


async def offer_list(request: Request) -> Sequence[Button]:
    """Return the menu's button to the list of a facilitator's groups while a safety check is running; () otherwise."""
    running = await request.tx.cached("running check", store.running_check)
    if running is None or request.participant.organises:
        return ()
    return (Button(_("The list of my groups"), OpenCheck(running.id)),)


async def to_read_offline(request: Request) -> Sequence[tuple[Span, View]]:
    """Return a page for each group that the reader looks after, to be read without a network during a safety check.

    Each page is a pair: its title, and the view with the names of the group's people. Presses on names are stored in
    the reader's browser, and sent later. The result is empty if no check is running.
    """
    running = await store.running_check(request.tx)
    if running is None or not request.participant.may(FACILITATOR):
        return ()
    as_of = _("As of {time}", time=Moment(request.now, "datetime"))
    lists: list[tuple[Span, View]] = []
    for group in await service.groups_listed(request.tx, running, request.participant):
        view = _one_group(running, group, 0, {}, in_full=False, per_page=len(group.people))
        lists.append((group_line(group), replace(view, lines=(as_of, *view.lines))))
    return lists


@routes.live_screen("safety", who=FACILITATOR, every=timedelta(seconds=0.9))
async def draw(tx: Transaction, subject: str, _now: datetime) -> View | None:
    """Return the list of a safety check as its reader may see it now; None if the reader may not see it.

    `subject` is «check:reader:group:page»: the ids of the check and of the reader, the key of a group or «all», and a
    page. The present time `_now` makes no difference.
    """
    check_id, *rest = subject.split(":")
    check = await store.find_check(tx, int(check_id))
    if check is None or len(rest) != 3:
        return None
    person = await participant_store.find(tx, int(rest[0]))
    if person is None or not person.joined or not person.may(FACILITATOR):
        return None
    return await _view(tx, check, person, rest[1], int(rest[2]))


@routes.press("sfl", who=FACILITATOR)
async def turn_list(request: Request, check_id: int, group: str, page: int) -> Reply:
    """Show a page of the list of all groups («all») or of one group (by its key), in the same message."""
    check = existing(await store.find_check(request.tx, check_id))
    view = await _view(request.tx, check, request.participant, group, page)
    key = store.list_key(check.id, request.participant.id, group, page)
    await store.turn_list(request.tx, check.id, request.account.id or 0, key)
    return Reply(view)


# --- finding somebody


@routes.form("sfn", FindForm, who=FACILITATOR)
async def find_on_list(request: Request, form: FindForm, check_id: int) -> Reply:
    """Show the people on the list of a safety check whose name matches, with a button to mark each of them.

    Facilitators find only the people of the groups that they run.
    """
    check = existing(await store.find_check(request.tx, check_id))
    wanted = clean(form.name)
    all_found = [
        (group, person)
        for group in await service.groups_listed(request.tx, check, request.participant)
        for person in group.people
        if matches(wanted, search_key(person.given_name, person.family_name))
    ]
    found = all_found[:_PEOPLE_PER_PAGE]
    again = (
        find_someone(find_on_list.to(check.id), again=True),
        Button(_("All groups"), turn_list.to(check.id, _ALL, 0)),
    )
    if not found:
        return reply(marked(check, _("Nobody on the list has that name.")), buttons=again)
    lines: list[Span] = [_("{name} · {how}", name=called(person, "full"), how=how(person)) for _group, person in found]
    lines[0] = marked(check, lines[0])
    if more := len(all_found) - len(found):
        lines.append(_n("{count} more person: type more letters.", "{count} more people: type more letters.", more))
    names = (button for group, person in found for button in _name_button(check, person, group, 0))
    return reply(*lines, _PRESS, buttons=(*names, *again))


# --- marking people


@routes.press("sfm", who=FACILITATOR)
async def mark_seen(request: Request, check_id: int, person_id: int, was: int, group: str, page: int) -> Reply:
    """Mark a person on the list of a safety check as seen and safe; if `was` is 0, remove the mark.

    If somebody else marked the person first, that mark stays, and the reply names who made it. `was` is what the button
    showed: if the person had asked for help, the time of that request in seconds since 1970, otherwise 1. A person who
    has asked for help after that is not marked. `group` is the key of the group and `page` the page of the list to
    show. Raises Stale if the reader may not see the person on any list.
    """
    check = existing(await store.find_check(request.tx, check_id))
    groups = await service.groups_listed(request.tx, check, request.participant)
    person = next((each for listed in groups for each in listed.people if each.id == person_id), None)
    if person is None:
        raise Stale
    safe, by = was != _NO_MARK, request.participant.id
    asked_at = _asked_at(person)
    seen_since = person.seen_at is not None and int(person.seen_at.timestamp()) >= asked_at
    if safe and was < asked_at and not seen_since:
        asked = _("{name} has asked for help since: not marked.", name=called(person, "full"))
        return with_lines_first(await turn_list(request, check_id, group, page), asked, "")
    changed = await service.mark(request.tx, check, person, by, request.done_at, seen=safe)
    shown = await turn_list(request, check_id, group, page)
    name = called(person, "full")
    if not safe:
        return Reply(shown.view, _("{name}: the mark is taken away", name=name) if changed else _("Already done."))
    if changed:
        return Reply(shown.view, _("{name}: seen, safe", name=name))
    if person.seen_by == by:
        return Reply(shown.view, _("Already done."))
    # L10N: two people mark the same person; {how} is «seen, safe (by Inès, 11:42)»
    first = _("{name} was marked before: {how}.", name=name, how=Joined(tuple(standing(person))))
    return with_lines_first(shown, first, "")


def _asked_at(person: CheckedPerson) -> int:
    """Return when a person asked for help last, in whole seconds since 1970; 0 if they never did."""
    times = (person.help_at, person.answered_at if person.needs_help else None)
    return max((int(time.timestamp()) for time in times if time), default=0)


# --- what it shows


async def draw_check(tx: Transaction, check: SafetyCheck) -> View:
    """Return the first page of a safety check's list, as organisers may see it."""
    return await _view(tx, check, None, _ALL, 0)


async def _view(tx: Transaction, check: SafetyCheck, reader: Participant | None, key: str, page: int) -> View:
    """Return a page of the list as `reader` may see it (None for an organiser): of all groups, or of the group `key`.

    A group that its reader may not see, or in which nobody is any more, leads to the list of all groups.
    """
    on_list = await service.list_for(tx, check, reader)
    groups = on_list.groups
    in_full = reader is None or reader.organises
    places = await store.latest_places(tx, check.id, 1 + MOST_EARLIER) if in_full else {}
    if group := next((group for group in groups if group.key == key), None):
        return _one_group(check, group, page, places, in_full=in_full)
    heading = _("Are you safe? To: {audience}", audience=await describe(tx, check.audience))
    lines: list[Span] = [Strong(marked(check, heading)), state_of(check), *counts(on_list)]
    lines += _late(check, on_list.people)
    if in_full:
        lines += _asked_for_help(groups, places)
    if not groups:
        lines.append(_("Nobody is on your list."))
    elif all(group.is_complete for group in groups):
        absent = any(group.absent for group in groups)
        whole = _("Everybody on the list is safe or marked absent.") if absent else _("Everybody on the list is safe.")
        lines.append(whole)
    else:
        lines.append(_("Open a group, then press the name of each person whom you see safe."))
    shown, pages = paged(groups, page, lambda index: turn_list.to(check.id, _ALL, index), per_page=_GROUPS_PER_PAGE)
    buttons = tuple(
        Button(group_line(each), turn_list.to(check.id, each.key, 0), style="danger" if each.in_need else "plain")
        for each in shown
    )
    by_name = (find_someone(find_on_list.to(check.id)),) if groups else ()
    return View(tuple(lines), (*buttons, *pages, *by_name, *(await _of_organisers(tx, check) if in_full else (HOME,))))


def _late(check: SafetyCheck, people: Sequence[CheckedPerson]) -> Sequence[Span]:
    """Return the line that says how many people answered after the check was closed; nothing for nobody."""
    closed = check.closed_at
    late = sum(bool(closed and person.answered_at and person.answered_at > closed) for person in people)
    return (_n("{count} person answered after that.", "{count} people answered after that.", late),) if late else ()


async def _of_organisers(tx: Transaction, check: SafetyCheck) -> Sequence[Button]:
    photos = await store.count_photos(tx, check.id)
    # L10N: a button: photos of where people are who need help
    seen = (Button(_n("See {count} photo", "See {count} photos", photos), OpenPhotos(check.id, 0)),) if photos else ()
    close = (Button(_("Close the check"), AskToClose(check.id), style="danger"),) if check.closed_at is None else ()
    # L10N: a button: the list as a table, and on a page to print
    return (*seen, Button(_("As a file and on paper"), TakeList(check.id)), *close, BACK)


def _asked_for_help(groups: Sequence[SafetyGroup], places: Mapping[int, Sequence[SaidPlace]]) -> Sequence[Span]:
    """Return the lines about the people who asked for help, those who still need it first; nothing for nobody."""
    group_of = {person: group for group in groups for person in group.people}
    helped = in_order(person for person in group_of if person.help_at is not None)
    if not helped:
        return ()
    lines: list[Span] = [Strong(_("Asked for help:"))]
    for person in helped[:_MOST_IN_NEED]:
        lines += person_lines(person, places.get(person.id, ()), group_of[person])
    if more := len(helped[_MOST_IN_NEED:]):
        lines.append(_n("and {count} more, in their group", "and {count} more, in their groups", more))
    return lines


def _one_group(
    check: SafetyCheck,
    group: SafetyGroup,
    page: int,
    places: Mapping[int, Sequence[SaidPlace]],
    *,
    in_full: bool,
    per_page: int = _PEOPLE_PER_PAGE,
) -> View:
    """Return the list of one group, with a button for each person; `in_full` shows places and telephone numbers."""
    people, pages = paged(group.people, page, partial(turn_list.to, check.id, group.key), per_page=per_page)
    # When it began stands on the list of all groups; here names should be in sight without scrolling.
    closed = (state_of(check),) if check.closed_at is not None else ()
    lines: list[Span] = [Strong(marked(check, group_line(group))), *closed]
    for person in people:
        if in_full and not person.is_safe:
            lines += person_lines(person, places.get(person.id, ()))
        else:
            lines.append(_("{name} · {how}", name=called(person, "full"), how=how(person)))
    if not group.is_complete:
        lines.append(_PRESS)
    buttons = [button for person in people for button in _name_button(check, person, group, page)]
    # L10N: a button: back to the list of all groups
    return View(tuple(lines), (*buttons, *pages, Button(_("All groups"), turn_list.to(check.id, _ALL, 0))))


def _name_button(check: SafetyCheck, person: CheckedPerson, group: SafetyGroup, page: int) -> Sequence[Button]:
    """Return the button that marks somebody or takes the mark away; none for whoever says that they are safe."""
    name, mark = called(person, "full"), partial(mark_seen.to, check.id, person.id)
    if not person.is_safe:
        was = _asked_at(person) or _SILENT
        style: ButtonStyle = "danger" if person.needs_help else "plain"
        return (Button(name, mark(was, group.key, page), style=style, waits=True),)
    if person.seen_at is not None:
        # L10N: a button: take back that this person was seen safe
        return (Button(_("Undo: {name}", name=name), mark(_NO_MARK, group.key, page)),)
    return ()
