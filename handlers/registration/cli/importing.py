"""The work of the command `rencontres import participants`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.cli.console import CommandFailed, load, load_capabilities, opened
from bot.cli.private_files import read_up_to
from bot.cli.terminal import err, out
from bot.config import purpose_store
from bot.config.settings import Settings
from bot.content.texts import Reader, Span, plain
from bot.conversation.preloading import PerformBeside, PerformWithin
from bot.database.engine import Store, Transaction
from bot.files.sheets import key_of
from bot.files.table_finding import FoundTable
from bot.files.table_matching import Certainty, Match
from bot.files.tables import UnreadableFile, located
from bot.people.listed import RosterDifference, RosterPerson
from bot.people.roster import Roster, open_list
from bot.people.roster_columns import ASKED, MOST_BYTES, NAMES, UNASKED, RosterRules
from handlers.questionnaires.model import MOST_FIELDS, seems_about_health
from handlers.questionnaires.service import have_room
from handlers.registration import service
from handlers.registration.model.lists import ASIDE, HEALTHY, PRIVATE, KeptColumn, Resolved, WaitingList
from handlers.registration.service import Imported, KeptAnswers
from handlers.themes.store import all_themes

_READER = Reader("en", "UTC")
_COUNTED = {
    "given_name": "given_name",
    "family_name": "family_name",
    "email": "email",
    "birth_year": "birth_year",
    "territory": "territory",
    "theme": "theme",
    "second_theme": "second_theme",
    "gender": "gender",
    "language": "locale",
    "organisation": "organisation",
}
"""What is counted, by the name of its field in the JSON, with its name in RosterPerson."""
_KEYS = {"territory": "country", "language": "locale"}
"""Names of columns in options, where they differ from their keys."""


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """The options of the command that tell how to import each column of a list.

    `mapped` has «HEADING=COLUMN» for columns whose meaning is given, `skipped` the headings to leave out, and `private`
    the headings of columns to keep as private fields.
    """

    mapped: Sequence[str] = ()
    skipped: Sequence[str] = ()
    private: Sequence[str] = ()
    yes: bool = False
    """Whether all guesses are accepted, and columns that fit nothing are kept as private fields."""


async def import_people(config: Path | None, file: Path, said: ListAnswers, *, apply: bool, as_json: bool) -> bool:
    """Print how a list was understood and what importing it would change, then import it if `apply` is true.

    With `as_json`, the last line is JSON. Returns False, and imports nothing, if the file cannot be read, or if a
    question about the list is answered neither by options nor by `ListAnswers.yes`. Raises UserError if people imported
    now would be erased at once.
    """
    settings = load(config)
    async with opened(settings) as store:
        await store.read(partial(purpose_store.must_stay, settings=settings, now=datetime.now(UTC)))
        with err.status(f"Reading {file} ..."):
            rules = service.list_rules(await store.read(all_themes), settings)
            content = await asyncio.to_thread(read_up_to, file, MOST_BYTES)
            try:
                waiting = await asyncio.to_thread(_read, content, file.name, rules, said)
            except UnreadableFile as error:
                out.print(plain(located(error.problem), _READER))
                out.print("Nothing was imported.")
                if as_json:
                    why = {"row": error.problem.line, "why": _said(error.problem.reason)}
                    nothing = {"people": 0, "fields": {}, "private": [], "doubles": [], "left_out": [why]}
                    out.print(json.dumps(nothing, ensure_ascii=False))
                return False
            roster = waiting.people()
            found = await service.resolved(PerformBeside(store), listed=roster.people)
        for line in (*_columns(waiting), *_remarks(waiting, roster), *_doubles(found, roster)):
            out.print(line)
        questions = 0 if said.yes else _count_questions(waiting, roster, found)
        kept = waiting.kept(roster.lines, found.refs)
        if not await store.read(partial(have_room, names=[column.name for column in kept])):
            raise CommandFailed(f"There are {MOST_FIELDS} private fields at most; leave columns aside by --skip.")
        done = await _carry_out(store, settings, found.people, kept, questions, apply=apply)
    if as_json:
        out.print(json.dumps(_counted(waiting, roster, found), ensure_ascii=False))
    return done


async def _carry_out(
    store: Store,
    settings: Settings,
    people: Sequence[RosterPerson],
    kept: Sequence[KeptColumn],
    questions: int,
    *,
    apply: bool,
) -> bool:
    """Print what importing people would do, and do it if `apply` and no questions are open; else return False."""
    difference = await service.preview_import(PerformBeside(store), listed=people)
    for line in _summary(difference):
        out.print(line)
    for key, count in (await store.read(partial(service.without_place, difference=difference))).items():
        out.print(f"theme {key}: no place left for {count}, who will wait")
    if questions:
        options = "--map 'HEADING=COLUMN', --private HEADING, --skip HEADING"
        out.print(f"To take all of this as it says, add --yes; or answer: {options}.")
        if apply:
            out.print(f"Nothing was imported. Open questions: {questions}.")
            return False
    if not apply:
        out.print("Nothing was imported yet. To import it, add --apply.")
        return True
    with err.status("Importing ..."):
        load_capabilities()  # who gets or loses a theme gets or loses a group
        done, answers = await store.transact(partial(_apply, settings=settings, people=people, kept=kept))
    out.print(_done(done))
    if answers.refused or answers.withdrawn:
        out.print(
            f"Not kept: {answers.refused} cells that are no answers to their private fields,"
            f" what is about the health of {answers.withdrawn} people who withdrew their consent."
        )
    return True


async def _apply(
    tx: Transaction, settings: Settings, people: Sequence[RosterPerson], kept: Sequence[KeptColumn]
) -> tuple[Imported, KeptAnswers]:
    """Import people, and keep columns of their list in private fields."""
    now = datetime.now(UTC)
    plan = await service.plan_import(PerformWithin(tx), listed=people)
    imported = await service.carry_out(tx, plan, now)
    return imported, await service.keep_private(tx, settings, kept, service.ids_of(plan, imported), now)


def _read(content: bytes, filename: str, rules: RosterRules, said: ListAnswers) -> WaitingList:
    """Return the list in a file, as the options say. Raises UnreadableFile, and CommandFailed for a wrong option."""
    given: dict[str, str] = {}
    for option in said.mapped:
        heading, _equals, column = option.rpartition("=")
        given[heading] = _key(column)
    listed = open_list(content, filename, rules, given | dict.fromkeys((*said.skipped, *said.private), ASIDE))
    places = {key_of(heading): place for place, heading in enumerate(listed.table.headings) if heading}
    for heading in (*given, *said.skipped, *said.private):
        if key_of(heading) not in places:
            raise CommandFailed(f"No column is called «{heading}». There are: {', '.join(listed.table.headings)}.")
    columns = {places[key_of(heading)]: ASIDE for heading in said.skipped}
    private = [places[key_of(heading)] for heading in said.private]
    columns |= {place: _kind_of_field(listed.table, place) for place in private}
    waiting = WaitingList(listed, rules, columns)
    return waiting.keeping_all() if said.yes else waiting


def _kind_of_field(table: FoundTable, place: int) -> str:
    return HEALTHY if seems_about_health(table.headings[place], table.cells(place)) else PRIVATE


def _key(column: str) -> str:
    """Return the key of a column by its name in options («email»), or by one of its headings. Raises CommandFailed."""
    columns = (*UNASKED, *ASKED)
    keys = {key_of(heading): each.key for each in columns for heading in each.headings.split(",")}
    keys |= {key_of(each.key): each.key for each in columns}
    key = _KEYS.get(column) or keys.get(key_of(column))
    if key is None:
        raise CommandFailed(
            f"«{column}» is no column of a list. There are: {', '.join((*_COUNTED, 'name', 'age', 'ref'))}."
        )
    return key


# --- what is said


def _columns(waiting: WaitingList) -> Iterator[str]:
    table = waiting.listed.table
    if table.sheet:
        yield f"sheet «{table.sheet}», headings on line {table.line}"
    for place, (heading, match) in enumerate(zip(table.headings, waiting.listed.matches, strict=True)):
        if waiting.columns.get(place) == ASIDE:
            yield f"«{heading}» is left aside"
        elif place in waiting.private:
            readers = "only the role for health reads it" if waiting.columns[place] == HEALTHY else "organisers read it"
            yield f"«{heading}» is kept as a private field ({readers})"
        elif heading and not match.key:
            yield f"«{heading}»: nothing fits ({sum(1 for _cell in table.cells(place))} cells)"
        elif match.key in NAMES and not match.exact:
            sure = "is" if match.certainty is Certainty.CERTAIN else "could be"
            yield f"«{heading}» {sure} {_said(NAMES[match.key])}: {_why(match)}"


def _why(match: Match) -> str:
    reasons = ["by its heading"] if match.by_heading else []
    if match.fitting is not None:
        reasons.append(f"{match.fitting} of {match.filled} cells are such")
    return ", ".join(reasons) or "as you say"


def _remarks(waiting: WaitingList, roster: Roster) -> Iterator[str]:
    if roster.whole_names:
        yield f"names are in one column: {', otherwise '.join(_WHOLE_NAMES[way] for way in roster.whole_names)}"
    if roster.only_years:
        yield "days of birth: only the year is kept"
    if waiting.listed.table.hidden:
        yield f"hidden lines, read too: {waiting.listed.table.hidden}"
    for row in roster.aside:
        yield f"{f'line {row.line}' if row.line else 'sheet'} «{row.text[:60]}» is not read: {_said(row.why)}"
    for problem in roster.remarks:
        yield _said(located(problem))


_WHOLE_NAMES = {
    "capitals": "capitals or a comma show the family name",
    "given first": "the first word of each is taken as the given name",
    "family first": "the family name is first",
}
"""How the names of a list were told apart, by the ways of `Roster.whole_names`."""


def _doubles(found: Resolved, roster: Roster) -> Iterator[str]:
    for double in found.doubles:
        other = (
            f"line {roster.lines[double.other]}" if double.other is not None else f"{double.known and double.known.ref}"
        )
        taken = "one person" if double.same else "two people"
        yield f"line {roster.lines[double.place]} and {other} have the same {double.why}: taken for {taken}"


def _count_questions(waiting: WaitingList, roster: Roster, found: Resolved) -> int:
    return len(waiting.guesses) + len(waiting.unknown) + len(roster.remarks) + len(found.doubles)


def _counted(waiting: WaitingList, roster: Roster, found: Resolved) -> Mapping[str, Any]:
    """Return what a list has, as the last line of the command says it: `people` have a value of each of `fields`."""
    table = waiting.listed.table
    left_out = [{"row": row.line, "why": f"{_said(row.why)}: {row.text}"} for row in roster.aside]
    left_out += [{"row": problem.line, "why": _said(problem.reason)} for problem in roster.remarks]
    left_out += [{"row": table.line, "why": f"column left aside: {heading}"} for heading in _aside(waiting)]
    return {
        "people": len(found.people),
        "fields": {
            name: sum(bool(getattr(person, field)) for person in found.people) for name, field in _COUNTED.items()
        },
        "private": [table.headings[place] for place in waiting.private],
        "doubles": [
            [roster.lines[double.place], double.known.ref if double.known else roster.lines[double.other or 0]]
            for double in found.doubles
        ],
        "left_out": left_out,
    }


def _aside(waiting: WaitingList) -> Iterator[str]:
    """Yield the headings of the columns that are kept nowhere."""
    keys = waiting.listed.keys(waiting.columns)
    return (heading for heading, key in zip(waiting.listed.table.headings, keys, strict=True) if heading and not key)


def _said(text: Span) -> str:
    return plain(text, _READER)


def _summary(difference: RosterDifference) -> Iterator[str]:
    for change in difference.changed:
        yield f"{change.after.ref}: changed {', '.join(change.fields)}"
    new, changed, unchanged = map(len, (difference.new, difference.changed, difference.unchanged))
    absent = difference.absent
    yield f"{new} new, {changed} changed, {unchanged} unchanged; {absent} not on the list, who are kept"


def _done(done: Imported) -> str:
    waiting = f"; {done.waiting} waiting for a place" if done.waiting else ""
    return f"Imported: {len(done.added)} added, {len(done.changed)} changed{waiting}."
