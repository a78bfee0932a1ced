"""Screens to import the list of selected people: a job reads the file, organisers answer and confirm.

An import can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from bot.clock import from_micros
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Upload, upload
from bot.content.names import full_name, shortened
from bot.content.texts import Listing, Localised, Name, Person, Reader, Span, Strong, Text, _, _n
from bot.content.views import Button, ButtonStyle, Choice, File, Option, Reply, View, reply, with_lines_first
from bot.conversation.preloading import Perform, PerformWithin
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.conversation.undo import Values, changed_since, record_change
from bot.files.sheets import SheetRow, key_of
from bot.files.tables import located, located_together
from bot.people.listed import PersonChange, RosterDifference, RosterPerson
from bot.people.naming import called
from bot.people.participants import Participant
from bot.people.roster import Roster
from bot.people.roster_columns import ASKED, MOST_BYTES, NAMES
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.importing import left_out, not_read, read_in_job
from handlers.navigation.layout import SMALLER_FILE
from handlers.navigation.service import give_role
from handlers.navigation.staying import must_stay
from handlers.navigation.tables import rows_to_correct, to_fill_in
from handlers.questionnaires.model import HEALTH, MOST_FIELDS
from handlers.questionnaires.service import have_room, journal_values, put_answers, still_answered
from handlers.registration import service, store
from handlers.registration.jobs import read_list
from handlers.registration.model.lists import ASIDE, HEALTHY, PRIVATE, Double, KeptColumn, UnknownTheme, WaitingList
from handlers.registration.organiser.given_roles import restore_scopes
from handlers.registration.organiser.invitations import show_invitations
from handlers.registration.service import Imported, ImportPlan, KeptAnswers, list_rules, preview_import
from handlers.registration.store import decode_people, encode_people
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

routes = Routes()

_SHOWN = 10


async def show_waiting(
    tx: Transaction, organiser: Participant, reader: Reader, waiting: WaitingList, now: datetime, pending_id: int | None
) -> View:
    """Return the next question about a list or, once all are answered, the changes that importing it would make.

    The list is stored with the answers so far, under the id `pending_id`; None stores it under a new id.
    """
    roster = waiting.people()
    pending_id = await store.keep_waiting(tx, pending_id, organiser.id, waiting, roster.people, now)
    if waiting.guesses or waiting.unknown:
        return ask_columns(pending_id, waiting)
    themes = await all_themes(tx)
    if unknown := waiting.unknown_themes:
        return ask_theme(pending_id, unknown, themes)
    found = await service.resolved(PerformWithin(tx), listed=roster.people, doubles=waiting.doubles)
    if found.doubles:
        return ask_doubles(pending_id, waiting, found.doubles, roster)
    remarks = _remarks(waiting, roster, themes)
    file = None
    if roster.remarks:
        table = waiting.listed.table
        file = rows_to_correct([SheetRow(table.line, table.headings), *table.rows], roster.remarks, reader)
    return await offer(
        tx,
        pending_id,
        found.people,
        remarks,
        len(roster.remarks),
        file,
        keeps=bool(waiting.private),
        answered=waiting.is_answered,
    )


async def offer(
    tx: Transaction,
    pending_id: int,
    people: Sequence[RosterPerson],
    remarks: Sequence[Span] = (),
    unread: int = 0,
    file: File | None = None,
    *,
    keeps: bool = False,
    answered: bool = False,
) -> View:
    """Return the message that tells what importing a list would change, with the button to import it.

    `remarks` tell how the list was read. `unread` is how many cells could not be read and stay blank; `file` is a copy
    with these cells, to be corrected. `keeps` is whether a column is kept in a private field; if questions were
    `answered`, they can be asked again. There is no button if the import would change and keep nothing.
    """
    difference = await preview_import(PerformWithin(tx), listed=people)
    lines = [*await _summary(tx, difference), *remarks]
    files = (file,) if file else ()
    again = (Button(_("Send it again"), take_list.to()),) if unread else ()
    if answered:
        again = (*again, Button(_("Ask me again"), answer_anew.to(pending_id)))
    if not (difference.new or difference.changed or keeps):
        if not answered:
            await store.PENDING_LISTS.drop(tx, pending_id)
        return View((*lines, _("There is nothing to import.")), (*again, BACK), attachments=files)
    await store.shown_changes(tx, pending_id, service.digest_import(difference))
    label = _n("Import without {count} cell", "Import without {count} cells", unread) if unread else _("Import")
    return View(
        tuple(lines), (Button(label, import_now.to(pending_id), style="primary"), *again, BACK), attachments=files
    )


def _remarks(waiting: WaitingList, roster: Roster, themes: Sequence[Theme]) -> list[Span]:
    """Return how a list was read: what was guessed and answered, and what of it is not imported."""
    table, said = waiting.listed.table, waiting.listed.keys(waiting.columns)
    lines: list[Span] = []
    taken = [
        _("{heading} = {column}", heading=Name(table.headings[place]), column=NAMES[key])
        for place, (key, match) in enumerate(zip(said, waiting.listed.matches, strict=True))
        if key in NAMES and not match.exact
    ]
    if taken:
        lines.append(_("Read as: {columns}.", columns=Listing(tuple(taken))))
    if roster.whole_names:
        lines.append(_WHOLE_NAMES[roster.whole_names])
    if roster.only_years:
        lines.append(_("Of days of birth only the year is kept."))
    if ", " in table.sheet:
        lines.append(_("Sheets read: {sheets}.", sheets=Name(table.sheet)))
    if table.hidden:
        lines.append(_n("{count} hidden line is read too.", "{count} hidden lines are read too.", table.hidden))
    lines += left_out(table.headings[place] for place, key in waiting.columns.items() if key == ASIDE)
    if private := [Name(table.headings[place]) for place in waiting.private if waiting.columns[place] == PRIVATE]:
        lines.append(_("Private fields: {columns}.", columns=Listing(tuple(private))))
    if health := [Name(table.headings[place]) for place in waiting.private if waiting.columns[place] == HEALTHY]:
        lines.append(_("About health: {columns}.", columns=Listing(tuple(health))))
        lines.append(_("By importing you get the role «{role}», which organisers see.", role=HEALTH.title))
    titles: Mapping[str, Span] = {theme.key: Localised(theme.title) for theme in themes}
    meant = [
        _(
            "{heading} = {column}",
            heading=Name(each.text),
            column=titles.get(waiting.rules.answers[key_of(each.text)], "–"),
        )
        for each in waiting.strange_themes
    ]
    if meant:
        lines.append(_("Themes: {answers}.", answers=Listing(tuple(meant))))
    lines += not_read(roster.aside)
    unread = located_together(roster.remarks)
    lines += unread[:_SHOWN]
    if (more := len(unread) - _SHOWN) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    return lines


_WHOLE_NAMES: Mapping[tuple[str, ...], Text] = {
    ("capitals",): _("Names in one column: capitals or a comma show the family name."),
    ("given first",): _("Names in one column: the first word is the first name."),
    ("family first",): _("Names in one column: the family name comes first."),
    ("capitals", "given first"): _(
        "Names in one column: capitals or a comma show the family name, else the first word is the first name."
    ),
    ("capitals", "family first"): _(
        "Names in one column: capitals or a comma show the family name, else it comes first."
    ),
}
"""How names in one column were read, by the ways of `Roster.whole_names`."""


async def _summary(tx: Transaction, difference: RosterDifference) -> list[Span]:
    shown = difference.changed[:_SHOWN]
    known = await store.listed_by_ref(tx, [change.after.ref for change in shown]) if shown else {}
    lines: list[Span] = [
        Strong(
            _(
                "New: {new}. Changed: {changed}. Unchanged: {unchanged}.",
                new=len(difference.new),
                changed=len(difference.changed),
                unchanged=len(difference.unchanged),
            )
        ),
        *(_changed(known[change.after.ref].id, change) for change in shown),
    ]
    if difference.absent:
        lines.append(
            _n(
                "{count} person is not on this list and stays.",
                "{count} people are not on this list and stay.",
                difference.absent,
            )
        )
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(tx)}
    for key, count in (await service.without_place(tx, difference)).items():
        lines.append(_("{theme}: no place left for {count}, who will wait.", theme=titles[key], count=count))
    return lines


def _changed(participant_id: int, change: PersonChange) -> Span:
    return _(
        "{name}: {fields}",
        name=Person(participant_id, "full", change.before.full_name),  # as they are called until it is imported
        fields=Listing(tuple(NAMES["country" if field == "territory" else field] for field in change.fields)),
    )


@routes.press("omy", who=ORGANISER)
async def import_now(request: Request, pending: int) -> Reply:
    """Import the list that is stored under the id `pending`.

    If people were changed since the organiser saw what the import changes, nothing is imported: the reply shows the
    changes as they are now, and asks for confirmation again.
    """
    await must_stay(request)
    planned = await request.preload(("import", pending), partial(_plan, pending_id=pending, now=request.now))
    if planned is not None and not planned.people:
        raise _emptied()
    if planned is None:
        raise _imported_already()
    if not planned.as_shown or not await service.still_holds(request.tx, planned.plan):
        view = await offer(request.tx, pending, planned.people, keeps=bool(planned.kept))
        return with_lines_first(Reply(view), _("People were changed meanwhile: this is what importing would do now."))
    if not await store.PENDING_LISTS.drop(request.tx, pending):
        raise _imported_already()
    imported = await service.carry_out(request.tx, planned.plan, request.now)
    ids = service.ids_of(planned.plan, imported)
    answers = await service.keep_private(request.tx, request.settings, planned.kept, ids, request.now)
    if any(column.about_health for column in planned.kept) and not request.may(HEALTH):
        await _give_health(request)
    said = _(
        "List imported: {added} added, {changed} changed", added=len(imported.added), changed=len(imported.changed)
    )
    values = {**_kept(planned, imported), **journal_values(answers.changed)}
    undo = await record_change(request, "import", said, take_back_import.to(), values)
    waiting = (
        (_n("{count} person waits for a place.", "{count} people wait for a place.", imported.waiting),)
        if imported.waiting
        else ()
    )
    invite = (Button(_("Invitations"), show_invitations.to(), style="primary"),) if imported.added else ()
    return reply(Strong(said), *waiting, *_left_out_of_fields(answers), buttons=(*invite, undo, BACK))


async def _give_health(request: Request) -> None:
    """Give the organiser the role for health, whose column they import; every organiser sees that."""
    person = request.participant
    await give_role(request.tx, person, HEALTH, "", request.now)
    said = _("{name}'s role: {role}", name=called(person), role=HEALTH.title)
    undo = restore_scopes.to(HEALTH.key, person.id)
    await record_change(request, f"person:{person.id}", said, undo, {"before": [], "after": [""]})


def _left_out_of_fields(answers: KeptAnswers) -> Sequence[Span]:
    lines: list[Span] = []
    if answers.refused:
        refused = answers.refused
        lines.append(
            _n(
                "{count} cell is no answer to its private field, and is left out.",
                "{count} cells are no answers to their private fields, and are left out.",
                refused,
            )
        )
    if answers.withdrawn:
        withdrawn = answers.withdrawn
        lines.append(
            _n(
                "{count} person withdrew their consent: nothing about their health is kept.",
                "{count} people withdrew their consent: nothing about their health is kept.",
                withdrawn,
            )
        )
    return lines


def _emptied() -> UserError:
    return UserError(
        _(
            "Nothing was imported: this list names someone whose data were erased since, or somebody with"
            " the same name. Check it, and send it again."
        ),
        buttons=(Button(_("Import a list"), take_list.to(), style="primary"), BACK),
    )


def _imported_already() -> UserError:
    return UserError(
        _("This list was imported already, or sent more than a day ago."),
        buttons=(Button(_("Import a list"), take_list.to()), BACK),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """A list that waits to be imported, what importing it changes, and whether that is what the organiser was shown.

    A list that was emptied, because it named somebody who was erased, has nobody. `before` and `after` are the people
    changed, as they are stored for undoing.
    """

    people: Sequence[RosterPerson]
    plan: ImportPlan
    as_shown: bool
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    kept: Sequence[KeptColumn]


async def _plan(perform: Perform, *, pending_id: int, now: datetime) -> _Planned | None:
    """Return what importing a waiting list would do; None if it was imported already, or waited for too long."""
    pending = await perform(partial(store.PENDING_LISTS.find, pending_id=pending_id, now=now))
    if pending is None:
        return None
    waiting = await perform(partial(store.find_waiting, pending_id=pending_id, now=now))
    found = await service.resolved(perform, listed=pending.items, doubles=waiting.doubles if waiting else {})
    plan = await service.plan_import(perform, listed=found.people)
    difference = plan.difference
    return _Planned(
        found.people,
        plan,
        service.digest_import(difference) == pending.digest,
        encode_people(change.before for change in difference.changed),
        encode_people(change.after for change in difference.changed),
        waiting.kept(waiting.people().lines, found.refs) if waiting and waiting.private else (),
    )


def _kept(planned: _Planned, imported: Imported) -> Values:
    return {
        "added": [[*known] for known in zip(imported.added, planned.plan.marks, strict=True)],
        "changed": [
            [person_id, before, after, list(change.fields)]
            for (person_id, change), before, after in zip(
                imported.changed.items(), planned.before, planned.after, strict=True
            )
        ],
    }


@inverses.declare("im")
async def take_back_import(request: Request, values: Values) -> None:
    """Undo an import. Raises UserError if an added person has joined, or a changed person was changed again."""
    # Noted by an older version, the whole person stands in the place of their mark.
    added = [
        (person_id, known if isinstance(known, str) else service.mark_person(*decode_people([known])))
        for person_id, known in values["added"]
    ]
    changed = []
    for person_id, *stored, names in values["changed"]:
        before, after = decode_people(stored)
        changed.append((person_id, PersonChange(before, after, tuple(names))))
    answers = values.get("answers", ())
    if not await still_answered(request.tx, answers):
        raise changed_since()
    if not await service.undo_import(request.tx, added, changed, request.now):
        raise changed_since()
    gone = {person_id for person_id, _known in added}
    former: dict[int, dict[int, str]] = {}
    for person_id, field_id, answer, _after in answers:
        if person_id not in gone:
            former.setdefault(person_id, {})[field_id] = answer
    await put_answers(request.tx, request.settings, former, request.now)


# --- Reading the list of selected people that an organiser sends: a job, whose result is what importing would do.


class ImportForm(Form):
    """The form for the file with the list of selected people."""

    title: ClassVar[Text] = _("Import a list")
    file: Upload = upload(
        _("The list of selected people"),
        endings=(".csv", ".xlsx", ".ods", ".tsv", ".txt"),
        max_bytes=MOST_BYTES,
        hint=_("CSV, Excel or LibreOffice. Before anything is imported, you see what it would do."),
    )


@routes.form("om", ImportForm, who=ORGANISER, check=must_stay)
async def take_list(request: Request, form: ImportForm) -> Reply:
    """Start the job that reads the sent file. A message with the result follows (see `list_is_read`)."""
    await must_stay(request)
    rules = list_rules(await all_themes(request.tx), request.settings)
    return read_in_job(request, "list", form.file, rules, (BACK,))


async def offer_lists(request: Request) -> View:
    """Return the organisers' home screen's part with the buttons for invitations and for importing a list.

    While nobody is selected yet, there is also a button for an empty table to fill in.
    """
    people = await people_store.turnout(request.tx)
    invite = (Button(_("Invitations"), show_invitations.to()),) if people.invited else ()
    model = () if people.selected else (Button(_("A list to fill in"), list_to_fill_in.to()),)
    return View((), (*invite, Button(_("Import a list"), take_list.to()), *model))


@routes.press("oml", who=ORGANISER)
async def list_to_fill_in(request: Request) -> Reply:
    """Return an empty table with all known columns in the reader's language, and tell which columns must be filled."""
    table = to_fill_in(_("list.csv"), ASKED, request.reader)
    return reply(
        _("One line a person. Their name is needed; the rest may be blank."),
        file=table,
        buttons=(Button(_("Import a list"), take_list.to(), style="primary"), BACK),
        fresh=True,
    )


@routes.job("list", work=read_list, instead=SMALLER_FILE)
async def list_is_read(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message about a list that was read: a question, the changes to confirm, or why it cannot be read."""
    if problem := result["problem"]:
        ways = (
            Button(_("Send it again"), take_list.to(), style="primary"),
            Button(_("A list to fill in"), list_to_fill_in.to()),
        )
        return View((Strong(_("Nothing can be imported.")), located(problem)), (*ways, BACK))
    waiting, sent = result["waiting"], from_micros(result["sent"])
    if former := await store.find_former(tx, organiser.id, sent):
        waiting = waiting.remembering(former)
    return await show_waiting(tx, organiser, result["reader"], waiting, sent, None)


# --- What is asked about a list


@routes.press("omg", who=ORGANISER)
async def answer_guess(request: Request, pending: int, place: int, right: bool) -> Reply:
    """Store whether the guess about a column is right, and show the next question. A wrong guess leaves the column out.

    `place` is the position of the column, from 1; 0 stands for all columns that have a guess.
    """
    waiting = await _waiting(request, pending)
    places = [each for each in (*waiting.guesses, *waiting.unknown) if each + 1 == place] if place else waiting.guesses
    return await _go_on(request, pending, waiting.answered(places, None if right else ASIDE))


@routes.press("omu", who=ORGANISER)
async def leave_aside(request: Request, pending: int) -> Reply:
    """Confirm all guesses about a list's columns, leave out those with unknown meaning, and show the next question."""
    waiting = await _waiting(request, pending)
    return await _go_on(request, pending, waiting.without_unknown())


@routes.press("omk", who=ORGANISER)
async def keep_column(request: Request, pending: int, place: int, about_health: bool) -> Reply:
    """Store that a column is kept as a private field, whatever was guessed about it, and show the next question.

    `place` is the column's position, from 1; 0 confirms all guesses and keeps all columns with unknown meaning as what
    they seem. With `about_health`, only people with the role HEALTH can read the field. Raises UserError if there would
    be too many private fields.
    """
    waiting = await _waiting(request, pending)
    places = [each for each in (*waiting.guesses, *waiting.unknown) if each + 1 == place]
    answered = waiting.answered(places, HEALTHY if about_health else PRIVATE) if place else waiting.keeping_all()
    if not await have_room(request.tx, [column.name for column in answered.kept((), ())]):
        raise UserError(
            _("There are {most} private fields at most: leave some aside, one by one.", most=MOST_FIELDS),
            buttons=(Button(_("One by one"), ask_singly.to(pending)), BACK),
        )
    return await _go_on(request, pending, answered)


@routes.press("omd", who=ORGANISER)
async def answer_double(request: Request, pending: int, place: int, same: bool) -> Reply:
    """Store whether two people who resemble each other are the same person, and show the next question.

    `place` is the position of one of them on the list, from 1; 0 stands for all people about whom the question was
    asked. With `same` they are one person, otherwise two.
    """
    waiting = await _waiting(request, pending)
    listed = waiting.people().people
    found = await service.resolved(PerformWithin(request.tx), listed=listed, doubles=waiting.doubles)
    pairs = [double.pair for double in found.doubles if place in (0, double.place + 1)]
    said = {**waiting.doubles, **dict.fromkeys(pairs, same)}
    return await _go_on(request, pending, replace(waiting, doubles=said))


@routes.press("omo", who=ORGANISER)
async def ask_singly(request: Request, pending: int) -> Reply:
    """Ask each question about a list's columns and people separately from now on, and show the first of them."""
    waiting = await _waiting(request, pending)
    return await _go_on(request, pending, replace(waiting, singly=True))


@routes.pick("omt", who=ORGANISER)
async def answer_theme(request: Request, theme: str, pending: int, number: int) -> Reply:
    """Store which theme the cells mean that name no theme of the gathering, and show the next question.

    `number` says which text of cells is meant. Raises Stale for a theme that the gathering does not have.
    """
    waiting = await _waiting(request, pending)
    if theme not in waiting.rules.themes:
        raise Stale
    asked = [each for each in waiting.unknown_themes if each.number == number]
    return await _go_on(request, pending, waiting.with_themes(asked, theme))


@routes.press("ome", who=ORGANISER)
async def leave_theme_empty(request: Request, pending: int, number: int) -> Reply:
    """Store that cells that name no theme are left empty, and show the next question.

    `number` says which text of cells is meant; 0 stands for all of these texts.
    """
    waiting = await _waiting(request, pending)
    asked = [each for each in waiting.unknown_themes if number in (0, each.number)]
    return await _go_on(request, pending, waiting.with_themes(asked, ""))


@routes.press("oma", who=ORGANISER)
async def answer_anew(request: Request, pending: int) -> Reply:
    """Forget all answers about a list, and ask its first question again."""
    waiting = await _waiting(request, pending)
    return await _go_on(request, pending, waiting.asked_anew())


async def _waiting(request: Request, pending: int) -> WaitingList:
    await must_stay(request)
    waiting = await store.find_waiting(request.tx, pending, request.now)
    if waiting is None:
        emptied = await store.PENDING_LISTS.find(request.tx, pending, request.now)
        raise _emptied() if emptied else _imported_already()
    return waiting


async def _go_on(request: Request, pending: int, waiting: WaitingList) -> Reply:
    view = await show_waiting(request.tx, request.participant, request.reader, waiting, request.now, pending)
    return Reply(view)


def ask_columns(pending: int, waiting: WaitingList) -> View:
    """Return the question about all columns whose meaning is guessed or unknown, or about the first of them."""
    guesses, unknown, on_health = waiting.guesses, waiting.unknown, waiting.on_health
    if waiting.singly or len(guesses) + len(unknown) == 1:
        return _ask_guess(pending, waiting, guesses[0]) if guesses else _ask_unknown(pending, waiting, unknown[0])
    rest = [place for place in unknown if place not in on_health]
    lines: list[Span] = [_guess(waiting, place) for place in guesses]
    lines += [_about_health(waiting, on_health)] if on_health else []
    lines += [_no_use(waiting, rest)] if rest else []
    lines += _meaning_of_private(on_health) if unknown else []
    keep, leave = keep_column.to(pending, 0, False), leave_aside.to(pending)
    singly = Button(_("One by one"), ask_singly.to(pending))
    if not unknown:
        none = Button(_("Leave all aside"), answer_guess.to(pending, 0, False))
        return View(tuple(lines), (Button(_("Yes, all"), keep, style="primary"), singly, none, BACK))
    kept = _("Keep all") if guesses or (rest and on_health) else _("Private fields") if rest else _("Health")
    left = _("Yes, leave the rest aside") if guesses else _("Leave aside")
    ways = (Button(kept, keep, style="primary"), singly, Button(left, leave))
    return View(tuple(lines), (*ways, BACK))


def _meaning_of_private(on_health: Sequence[int]) -> list[Span]:
    lines: list[Span] = [_("Private field: read by the team only. Left aside: kept nowhere.")]
    if on_health:
        lines.append(_("Health: read by the role «{role}» only, and by each person.", role=HEALTH.title))
    return lines


def _headings(waiting: WaitingList, places: Sequence[int]) -> Listing:
    return Listing(tuple(Name(waiting.listed.table.headings[place]) for place in places))


def _no_use(waiting: WaitingList, places: Sequence[int]) -> Text:
    return _n(
        "{columns}: I know no use for this column.",
        "{columns}: I know no use for these columns.",
        len(places),
        columns=_headings(waiting, places),
    )


def _about_health(waiting: WaitingList, places: Sequence[int]) -> Text:
    return _n(
        "{columns}: is this about health?",
        "{columns}: are these about health?",
        len(places),
        columns=_headings(waiting, places),
    )


def _ask_guess(pending: int, waiting: WaitingList, place: int) -> View:
    ways = (
        Button(_("Yes"), answer_guess.to(pending, place + 1, True), style="primary"),
        Button(_("Private field"), keep_column.to(pending, place + 1, waiting.seems_about_health(place))),
        Button(_("Leave aside"), answer_guess.to(pending, place + 1, False)),
    )
    return View((_guess(waiting, place),), (*ways, BACK))


def _ask_unknown(pending: int, waiting: WaitingList, place: int) -> View:
    """Return the question what is done with a column that nobody knows: whether it is about health, if it seems so."""
    on_health = [place] if waiting.seems_about_health(place) else []
    said = _about_health(waiting, on_health) if on_health else _no_use(waiting, [place])
    style: ButtonStyle = "plain" if on_health else "primary"
    health = Button(_("Health"), keep_column.to(pending, place + 1, True), style="primary" if on_health else "plain")
    private = Button(_("Private field"), keep_column.to(pending, place + 1, False), style=style)
    aside = Button(_("Leave aside"), answer_guess.to(pending, place + 1, False))
    ways = (health, private) if on_health else (private, health)
    return View((said, *_meaning_of_private(on_health)), (*ways, aside, BACK))


def _guess(waiting: WaitingList, place: int) -> Text:
    heading, match, example = (
        waiting.listed.table.headings[place],
        waiting.listed.matches[place],
        waiting.example(place),
    )
    if not match.fitting or not example:
        return _("«{heading}»: is this «{column}»?", heading=Name(heading), column=NAMES[match.key])
    return _n(
        "«{heading}» ({count} cell like {example}): is this «{column}»?",
        "«{heading}» ({count} cells like {example}): is this «{column}»?",
        match.fitting,
        heading=Name(heading),
        example=Name(shortened(example, _LONGEST_EXAMPLE)),
        column=NAMES[match.key],
    )


_LONGEST_EXAMPLE = 40


def ask_theme(pending: int, unknown: Sequence[UnknownTheme], themes: Sequence[Theme]) -> View:
    """Return the question which theme is meant by the first of the texts that name no theme of the gathering."""
    first, *others = unknown
    said = _n(
        "«{value}» ({count} person) is not a theme of this gathering. Which one is it?",
        "«{value}» ({count} people) is not a theme of this gathering. Which one is it?",
        first.count,
        value=Name(first.text),
    )
    lines: list[Span] = [said]
    ways = [Button(_("Leave empty"), leave_theme_empty.to(pending, first.number))]
    if others:
        shown = [_("«{value}» ({count})", value=Name(each.text), count=each.count) for each in others[:_SHOWN]]
        more = [_n("{count} more", "{count} more", len(others) - _SHOWN)] if len(others) > _SHOWN else []
        lines.append(_("Nor are: {values}.", values=Listing((*shown, *more))))
        every = sum(each.count for each in unknown)
        ways.append(
            Button(
                _n("Leave {count} line empty", "Leave {count} lines empty", every),
                leave_theme_empty.to(pending, 0),
            )
        )
    options = tuple(Option(theme.key, Localised(theme.title)) for theme in themes)
    choice = Choice(answer_theme.to(pending, first.number), options, placeholder=_("Choose a theme"))
    return View(tuple(lines), (*ways, BACK), choice=choice)


_COMMON: dict[str, Text] = {
    "ref": _("the same reference"),
    "email": _("the same e-mail address"),
    "name": _("the same name and territory"),
}


TWO_PEOPLE = _("Two people")
DIFFERENT_PEOPLE = _("Different people")


def ask_doubles(pending: int, waiting: WaitingList, doubles: Sequence[Double], roster: Roster) -> View:
    """Return the question whether people on a list are the same as other people on the list, or as stored people.

    `roster` is the list as it was read.
    """
    asked = doubles[:1] if waiting.singly else doubles
    said: list[Span] = [_double(double, roster) for double in asked[:_SHOWN]]
    if (more := len(asked) - _SHOWN) > 0:
        said.append(_n("and {count} more", "and {count} more", more))
    if len(asked) == 1:
        place = asked[0].place + 1
        same, different = answer_double.to(pending, place, True), answer_double.to(pending, place, False)
        said.append(_("Is it one person?"))
        ways: tuple[Button, ...] = (Button(_("The same person"), same), Button(TWO_PEOPLE, different))
    else:
        said.append(_("Is each of them one person?"))
        same, different = answer_double.to(pending, 0, True), answer_double.to(pending, 0, False)
        ways = (
            Button(_("The same people"), same),
            Button(DIFFERENT_PEOPLE, different),
            Button(_("One by one"), ask_singly.to(pending)),
        )
    return View(tuple(said), (*ways, BACK))


def _double(double: Double, roster: Roster) -> Text:
    common, lines = _COMMON[double.why], roster.lines
    name = Name(roster.people[double.place].full_name)
    if double.known:
        person = Person(double.known.id, "full", full_name(double.known.given_name, double.known.family_name))
        return _(
            "Line {line}, {name}, and {person}, who is in: {common}.",
            line=lines[double.place],
            name=name,
            person=person,
            common=common,
        )
    other = double.other or 0
    return _(
        "Lines {other}, {first}, and {line}, {name}: {common}.",
        other=lines[other],
        first=Name(roster.people[other].full_name),
        line=lines[double.place],
        name=name,
        common=common,
    )


async def offer_form(request: Request) -> Sequence[Button]:  # noqa: ARG001 - what a hook gives
    """Return the button that opens the form for a list, for an organiser who sent a table without being asked."""
    # L10N: a button: what a table is that somebody sent
    return (Button(_("A list of people"), take_list.to()),)
