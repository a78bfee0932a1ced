"""The organisers' table of everybody on the list of people, with their answers in private fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.i18n import locale_name
from bot.content.texts import Person, Span, Territory, _
from bot.conversation.grids import Edits, Grid, GridColumn, GridRow, Ids
from bot.conversation.routes import Request
from bot.people.listed import GENDERS
from bot.people.roster_columns import NAMES, cell_readers
from handlers.questionnaires.messages import field_column
from handlers.questionnaires.service import visible_fields
from handlers.questionnaires.store import answers_to
from handlers.registration import service, store
from handlers.registration.messages import columns_of_the_day

_LISTED = ("given_name", "family_name", "territory", "birth_year", "gender", "organisation", "email", "locale")


async def _columns(request: Request) -> Sequence[GridColumn]:
    read = cell_readers(service.list_rules((), request.settings))
    options: Mapping[str, Mapping[Any, Span]] = {
        "territory": {code: Territory(code) for code in await store.territories(request.tx)},
        "gender": GENDERS,
        "locale": {locale: locale_name(locale) for locale in request.settings.gathering.locales},
    }
    named = {name: "country" if name == "territory" else name for name in _LISTED}
    listed = [
        GridColumn(key=name, title=NAMES[key], options=options.get(name, {}), read=read.get(key))
        for name, key in named.items()
    ]
    fields = map(field_column, await visible_fields(request.tx, about_health=False))
    return [*listed, *await columns_of_the_day(request), *fields]


async def _rows(request: Request, ids: Ids) -> Sequence[GridRow]:
    fields = await visible_fields(request.tx, about_health=False)
    answers = [await answers_to(request.tx, field) for field in fields]
    places = await service.places_of_the_day(request.tx, request.settings, request.now)
    rows: list[GridRow] = []
    for number, person in (await service.present_people(request.tx, ids)).items():
        listed = [str(getattr(person, name) or "") for name in _LISTED]
        cells = [*listed, *places(number), *(said.get(number, "") for said in answers)]
        rows.append(GridRow(number, cells, Person(number, "full", person.full_name), f"person:{number}"))
    return rows


async def _edit(request: Request, edits: Edits) -> None:
    particulars, answers = {}, {}
    for number, cells in edits.items():
        particulars[number] = {name: cell for name, cell in cells.items() if name in _LISTED}
        answers[number] = {int(name[1:]): cell for name, cell in cells.items() if name not in _LISTED}
    await service.correct_people(request.tx, request.settings, particulars, answers, request.now)


_OF_THE_DAY = {"choices", "members", "groups", "attendance_halves"}
_TABLES = frozenset({"participants", "private_answers", "questionnaire_fields", *_OF_THE_DAY})
PEOPLE = Grid(key="people", title=_("People"), columns=_columns, rows=_rows, edit=_edit, tables=_TABLES)
