"""The organisers' screens of encounters: preparing a session, looking at the plan, running it, changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, integer, text
from bot.content.names import collation, matches, search_key
from bot.content.texts import Moment, Reader, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Choice, File, JobRequest, Option, Reply, View, reply, reply_with_job
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes
from bot.conversation.screens import Screen
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.encounters import service, store
from handlers.encounters.jobs import draw_list
from handlers.encounters.jobs import plan as compute_plan
from handlers.encounters.messages import names_of, quality_lines, why_line, with_territory
from handlers.encounters.model import KEPT, Encounter, SeatedPerson
from handlers.encounters.service import SCREEN
from handlers.encounters.settings import MOST_SEATINGS, EncounterSettings
from handlers.initiatives.store.cards import profiles
from handlers.navigation.actions import BACK
from handlers.navigation.finding import FindForm
from handlers.navigation.layout import paged
from handlers.navigation.walls import open_wall, revoke_walls, show_on_walls, wall_buttons
from handlers.programme.actions import SESSIONS
from handlers.programme.messages import heading as session_line
from handlers.programme.model import local_day
from handlers.programme.store import find_session, still_to_come

routes = Routes()

_SHORTEST, _LONGEST = 2, 60
"""The shortest and the longest seating, in minutes."""
_MOST_FOUND = 5
# L10N: a button: the sessions in which people sit in pairs, with somebody else every few minutes
ENCOUNTERS = Button(_("Encounters"), Go("cafes"))


class EncounterForm(Form):
    """The form for how often people change tables, how long they sit, and in which rooms."""

    title: ClassVar[Text] = _("Encounters")
    seatings: int = integer(_("How many people does everybody meet?"), minimum=1, maximum=MOST_SEATINGS)
    minutes: int = integer(_("How many minutes for each?"), minimum=_SHORTEST, maximum=_LONGEST)
    rooms: str = text(
        _("Rooms"),
        max_length=300,
        multiline=True,
        required=False,
        hint=_("One in each line; they share the tables. Leave it empty for a single room."),
    )


async def encounters_to_run(request: Request) -> Sequence[NextStep]:
    """Return the organisers' next step: today's session of encounters that is going on or has not begun."""
    steps = []
    for encounter in await store.everything(request.tx):
        session = await find_session(request.tx, encounter.session_id)
        if encounter.running:
            steps.append(NextStep(request.now, _("Encounters are under way"), ENCOUNTERS))
        elif session and encounter.ended_at is None and session.plan.takes_place:
            plan, starts = session.plan, session.plan.starts
            if local_day(plan, starts) == local_day(plan, request.now):
                line = _("The {time} encounters need to begin", time=Moment(starts, "time"))
                steps.append(NextStep(starts, line, ENCOUNTERS))
    return steps


# --- preparing


@routes.command(
    "cafes",
    _("Prepare and run encounters in pairs"),
    names={"en": "encounters", "de": "begegnungen"},
    who=ORGANISER,
    plain_words=_("encounters, encounters in pairs, speed meeting"),
    for_others="moi",
)
async def show_encounters(request: Request) -> Reply:
    """Show the present or next session of encounters; if there is none, ask in which session to hold encounters."""
    left = [encounter for encounter in await store.everything(request.tx) if encounter.ended_at is None]
    return await show(request, left[-1].id) if left else await ask_for_session(request)


@routes.press("ecn", who=ORGANISER)
async def ask_for_session(request: Request) -> Reply:
    """Ask an organiser in which session of the programme people should meet in pairs."""
    over = {encounter.session_id for encounter in await store.everything(request.tx) if encounter.ended_at}
    options = tuple(
        Option(str(session.id), session_line(session.plan, request.now))
        for session in await still_to_come(request.tx, request.now)
        if session.plan.takes_place and session.id not in over
    )
    if not options:
        return reply(_("The programme has no session to come. Add one, then come back here."), buttons=(SESSIONS, BACK))
    return reply(
        _("In which session do people meet in pairs, with somebody else every few minutes?"),
        choice=Choice(pick_session.to(), options, listed=True),
        buttons=(SESSIONS, BACK),
    )


@routes.pick("ecp", who=ORGANISER, sent_with_press=False)
async def pick_session(request: Request, session_id: int) -> Reply:
    """Prepare encounters in a session, with seatings as long as its duration allows, and show them."""
    session = existing(await find_session(request.tx, session_id))
    known = [each for each in await store.everything(request.tx) if each.session_id == session.id]
    if known:
        return await show(request, known[0].id)
    settings = request.settings.of(EncounterSettings)
    whole = int((session.plan.over_at - session.plan.starts).total_seconds()) // 60
    encounter_id = await store.add(
        request.tx,
        session_id=session.id,
        seatings=settings.seatings,
        minutes=min(max(whole // settings.seatings, _SHORTEST), _LONGEST),
        language=request.settings.gathering.locales[0] if settings.common_language else "",
    )
    return await show(request, encounter_id)


async def _find(request: Request, encounter_id: int) -> Encounter:
    return existing(await store.find(request.tx, encounter_id))


async def _find_going(request: Request, encounter_id: int) -> Encounter:
    """Return a session of encounters. Raises UserError once it is over."""
    encounter = await _find(request, encounter_id)
    if encounter.ended_at is not None:
        raise UserError(_("These encounters are over."), buttons=(ENCOUNTERS, BACK))
    return encounter


async def _find_unbegun(request: Request, encounter_id: int) -> Encounter:
    """Return a session of encounters. Raises UserError once it has begun."""
    encounter = await _find(request, encounter_id)
    if encounter.seating:
        raise UserError(_("The encounters have begun: this can no longer be changed."), buttons=(ENCOUNTERS,))
    return encounter


async def _now(request: Request, encounter: int) -> Mapping[str, str]:
    found = await _find(request, encounter)
    return {"seatings": str(found.seatings), "minutes": str(found.minutes), "rooms": found.rooms}


@routes.form("ecf", EncounterForm, who=ORGANISER, prefill=_now)
async def set_up(request: Request, form: EncounterForm, encounter: int) -> Reply:
    """Store how often people change tables, how long they sit, and in which rooms; make an existing plan anew."""
    found = await _find_unbegun(request, encounter)
    await store.put(request.tx, found.id, seatings=form.seatings, minutes=form.minutes, rooms=form.rooms)
    if form.seatings == found.seatings or not (await store.seats_of(request.tx, found)).planned:
        return await show(request, found.id)
    return await make_plan(request, found.id, found.seed)


@routes.press("ecd", who=ORGANISER)
async def make_plan(request: Request, encounter: int, seed: int) -> Reply:
    """Request a plan of who meets whom, for the people who take part now; another `seed` gives another plan.

    A job makes the plan, which takes a moment. Raises UserError if fewer than two people take part.
    """
    found = await _find_unbegun(request, encounter)
    job = await service.request_plan(request.tx, found, seed, request.today)
    if len(job.payload["guests"]) < 2:
        raise UserError(_("Nobody can be seated yet: fewer than two people are here."), buttons=(ENCOUNTERS, BACK))
    return reply(_("I am looking for the best tables: they come in a moment."), buttons=(ENCOUNTERS, BACK), job=job)


@routes.job(service.JOB, work=compute_plan)
async def keep_plan(tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View | None:
    """Store a plan that a job made, and return the screen that shows it; if people have changed, store nothing."""
    encounter = await store.find(tx, result["encounter"])
    if encounter is None:
        return None
    if not await service.keep_plan(tx, encounter, result):
        again = Button(_("Plan again"), make_plan.to(encounter.id, encounter.seed), style="primary")
        line = _("People or rules have changed in the meantime, so I kept the tables as they were.")
        return View((line,), (ENCOUNTERS,) if encounter.seating else (again, ENCOUNTERS))
    return await _view(tx, existing(await store.find(tx, encounter.id)))


# --- one session


@routes.press("ecs", who=ORGANISER)
async def show(request: Request, encounter: int, *lines: Span) -> Reply:
    """Show a session of encounters, below `lines` that say what was just done."""
    found = await _find(request, encounter)
    return Reply(await _view(request.tx, found, *lines))


async def _view(tx: Transaction, encounter: Encounter, *lines: Span) -> View:
    """Return a session of encounters as organisers see it: before it begins, while it goes on, or when it is over."""
    seats, at = await store.seats_of(tx, encounter), encounter.id
    session = await find_session(tx, encounter.session_id)
    title = (*lines, *((Strong(session_line(session.plan, session.plan.starts)),) if session else ()))
    seen = Button(_("Who meets whom"), show_people.to(at, 0))
    another = Button(_("Another session"), ask_for_session.to())
    if encounter.ended_at is not None:
        return View((*title, _("These encounters are over.")), (another, seen, BACK))
    change = Button(_("Change"), set_up.to(at))
    how = _n(
        "Everybody meets {count} person, for {minutes} minutes.",
        "Everybody meets {count} people, for {minutes} minutes each.",
        encounter.seatings,
        minutes=encounter.minutes,
    )
    if not encounter.running and not seats.planned:
        plan = Button(_("Plan the tables"), make_plan.to(at, 0), style="primary")
        return View((*title, how, *quality_lines(encounter, seats)), (plan, change, another, BACK))
    here = _n("{count} person takes part.", "{count} people take part.", len(seats.here))
    # L10N: a button: at which table everybody sits, to be printed and hung at the door
    door = Button(_("The list for the door"), print_tables.to(at))
    # L10N: a button: somebody did not come, or has gone home: who sat with them is seated anew
    missing = Button(_("Somebody is missing"), find_missing.to(at), style="primary" if encounter.running else "plain")
    # L10N: a button: somebody comes late, and gets a table
    newcomer = Button(_("Somebody has come"), find_newcomer.to(at))
    wall = await wall_buttons(tx, SCREEN, str(at), put_on_wall.to(at), open_screen.to(at))
    if encounter.running:
        number, count = encounter.seating, encounter.seatings
        time = Strong(Moment(existing(encounter.ends_at), "time"))
        on = _("Encounter {number} of {count}, until {time}.", number=number, count=count, time=time)
        onward = (Button(_("Next one now"), go_on.to(at, number)),) if number < count else ()
        stop = Button(_("End the encounters"), end.ask.to(at), style="danger")
        return View((*title, on, here), (missing, newcomer, *onward, *wall, stop, seen, door, BACK), again=show.to(at))
    start = Button(_("Begin"), begin.ask.to(at), style="primary")
    # L10N: a button: another plan of who meets whom, as good as this one
    again = Button(_("Another plan"), make_plan.to(at, encounter.seed + 1))
    buttons = (start, seen, door, again, change, missing, newcomer, *wall, another, BACK)
    return View((*title, how, here, *quality_lines(encounter, seats)), buttons, again=show.to(at))


# --- the wall


@routes.press("ecv", who=ORGANISER)
async def open_screen(request: Request, encounter: int, *, what: str = "open") -> Reply:
    """Show encounters on walls, as `what` says: «open» a new link, «show» them on open walls, or «revoke» the links."""
    if what == "open":
        # L10N: a button: nobody can open the link to the screen any more
        revoke = Button(_("Revoke the links"), revoke_links.to(encounter), style="danger")
        return await open_wall(request, SCREEN, str((await _find(request, encounter)).id), revoke, ENCOUNTERS)
    if what == "revoke":
        return await revoke_walls(request, SCREEN, str(encounter), ENCOUNTERS)
    return await show_on_walls(request, SCREEN, str((await _find_going(request, encounter)).id), ENCOUNTERS)


put_on_wall = routes.press("ecvw", who=ORGANISER)(open_screen.having(what="show"))
revoke_links = routes.press("ecvx", who=ORGANISER)(open_screen.having(what="revoke"))


# --- who meets whom, and why


@routes.press("ecw", who=ORGANISER)
async def show_people(request: Request, encounter: int, page: int) -> Reply:
    """Show whom each person meets, with a button for each person; people who meet the fewest territories come first."""
    seats = await store.seats_of(request.tx, await _find(request, encounter))
    shown, pages = paged(seats.worst_first, page, lambda number: show_people.to(encounter, number))
    met = [(person, names_of(seats.met_by(person.id))) for person in shown]
    options = tuple(Option(str(person.id), with_territory(person), others) for person, others in met)
    return reply(
        _("Who meets whom; those who meet the fewest territories come first:"),
        choice=Choice(open_person.to(encounter), options, listed=True) if options else None,
        buttons=(*pages, ENCOUNTERS, BACK),
    )


@routes.pick("eco", who=ORGANISER, sent_with_press=False)
async def open_person(request: Request, person_id: int, encounter_id: int) -> Reply:
    """Show whom a person meets, at which table and why.

    Before the encounters begin, buttons keep pairs together or apart.
    """
    encounter = await _find(request, encounter_id)
    seats = await store.seats_of(request.tx, encounter)
    person = existing(seats.people.get(person_id))
    met, cards = seats.met_by(person.id), await profiles(request.tx)
    rules = await store.rules_of(request.tx, encounter.id)
    kept = [
        Button(
            _("No longer together: {name}", name=called(other))
            if pair in rules.together
            else _("No longer apart: {name}", name=called(other)),
            keep_no_longer.to(encounter.id, person.id, other.id),
        )
        for pair in sorted(rules.together | rules.apart)
        if person.id in pair and (other := seats.people.get(sum(pair) - person.id))
    ]
    begun = encounter.seating > 0
    partner = () if begun else (Button(_("Let them meet somebody"), find_partner.to(encounter.id, person.id)),)
    gone = Button(_("Is not here"), move.to(encounter.id, person.id, here=False))
    everybody = Button(_("Who meets whom"), show_people.to(encounter.id, 0))
    options = tuple(Option(str(other.id), with_territory(other)) for other in met)
    may_part = bool(options) and not begun
    # L10N: above a list of names, each a button
    how = (_("Choose a name to keep these two people apart:"),) if may_part else ()
    return reply(
        Strong(with_territory(person)),
        *(why_line(person, other, cards) for other in met),
        *how,
        choice=Choice(keep_apart.to(encounter.id, person.id), options) if may_part else None,
        buttons=(*partner, *kept, gone, everybody, ENCOUNTERS),
    )


@routes.press("ect", who=ORGANISER)
async def keep_together(
    request: Request, encounter: int, person: int, other: int, *, kind: KEPT | None = "together"
) -> Reply:
    """Decide that two people meet («together»), do not («apart»), or neither (None); request new tables."""
    found = await _find_unbegun(request, encounter)
    people = (await store.seats_of(request.tx, found)).people
    if person == other or not {person, other} <= people.keys():
        raise Stale
    await store.keep(request.tx, found.id, person, other, kind)
    return await make_plan(request, found.id, found.seed)


keep_no_longer = routes.press("ecr", who=ORGANISER)(keep_together.having(kind=None))


@routes.pick("eck", who=ORGANISER, sent_with_press=False)
async def keep_apart(request: Request, other: int, encounter: int, person: int) -> Reply:
    """Keep two people from sharing a table in a session of encounters, and request a new plan of the tables.

    `other` and `person` are the two people. Raises UserError if the encounters have begun.
    """
    return await keep_together(request, encounter, person, other, kind="apart")


# --- the list at the door


@routes.press("echp", who=ORGANISER)
async def print_tables(request: Request, encounter: int) -> Reply:
    """Request the list for the door as a file to print; a job makes it, which takes a moment."""
    found = await _find(request, encounter)
    look = request.settings.gathering.look(request.locale)
    payload = {**look, "encounter": found.id, "reader": [request.reader.locale, request.reader.zone]}
    return reply_with_job(
        _("I am making the list for the door. It will be here in a moment."),
        buttons=(ENCOUNTERS, BACK),
        job=JobRequest("encounter-door", payload),
    )


@routes.press("ech", who=ORGANISER)
async def print_instead(request: Request, encounter: int, page: int) -> Reply:
    """Print the list for the door; this is for buttons of older messages, which led to a page of it."""
    del page
    return await print_tables(request, encounter)


async def _read_list(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Complete the payload of a job with what stands on the list, as the database has it now.

    Each row is a person who is there, by name: the full name, and the table (with its room) in each seating.
    """
    reader, encounter = Reader(*payload["reader"]), existing(await store.find(tx, payload["encounter"]))
    session = existing(await find_session(tx, encounter.session_id))
    seats = await store.seats_of(tx, encounter)
    numbered = list(enumerate(seats.seatings, start=1))
    numbers = [_("Encounter {number}", number=number) for number, _tables in numbered]
    by_name = sorted(seats.here, key=lambda person: (collation(person.full_name), person.id))
    rows = [
        [person.full_name, *(encounter.place(seats.table_of(person.id, at)[0], len(tables)) for at, tables in numbered)]
        for person in by_name
    ]
    return {
        **payload,
        "title": plain(session_line(session.plan, session.plan.starts), reader),
        "columns": [plain(words, reader) for words in (_("Name"), *numbers)],
        "rows": rows,
    }


@routes.job("encounter-door", work=draw_list, read=_read_list)
async def list_is_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the list for the door that a job drew; `_tx` and `_organiser` are not used."""
    file = File(_("tables.pdf"), result["content"], "application/pdf")
    return View((_("The list for the door, to be printed."),), (ENCOUNTERS,), attachments=(file,))


# --- finding somebody by name


async def _one_of(
    request: Request,
    form: FindForm,
    people: Iterable[SeatedPerson],
    question: Text,
    screen: Screen[..., ..., Reply],
    carried: Callable[[int], tuple[int | bool, ...]],
) -> Reply:
    """Go on in a screen with the person in whose names each word that was typed begins a word; of several, ask whom.

    `carried` returns what the screen's button carries for a person (an id). Raises UserError if nobody has that name.
    """
    found = [person for person in people if matches(form.name, search_key(person.given_name, person.family_name))]
    if not found:
        raise UserError(_("I find nobody by that name. Try the first letters."), buttons=(ENCOUNTERS, BACK))
    if len(found) == 1:
        return await screen(request, *carried(found[0].id))
    buttons = (Button(with_territory(person), screen.to(*carried(person.id))) for person in found[:_MOST_FOUND])
    return reply(question, buttons=(*buttons, ENCOUNTERS))


@routes.form("ecl", FindForm, who=ORGANISER)
async def find_missing(request: Request, form: FindForm, encounter: int) -> Reply:
    """Find by name somebody who did not come or has left, and seat the others anew."""
    here = (await store.seats_of(request.tx, await _find(request, encounter))).here
    return await _one_of(request, form, here, _("Who is missing?"), move, lambda person: (encounter, person, False))


@routes.form("ecj", FindForm, who=ORGANISER)
async def find_newcomer(request: Request, form: FindForm, encounter: int) -> Reply:
    """Find by name somebody who comes late or comes back, and give them a seat."""
    here = {person.id for person in (await store.seats_of(request.tx, await _find(request, encounter))).here}
    coming = [person for person in (await store.who_comes(request.tx)).values() if person.id not in here]
    return await _one_of(request, form, coming, _("Who has come?"), move, lambda person: (encounter, person, True))


@routes.form("ecu", FindForm, who=ORGANISER)
async def find_partner(request: Request, form: FindForm, encounter: int, person: int) -> Reply:
    """Find by name a person whom `person` should meet, and request a new plan of the tables."""
    here = (await store.seats_of(request.tx, await _find_unbegun(request, encounter))).here
    others, question = [each for each in here if each.id != person], _("Whom shall they meet?")
    return await _one_of(request, form, others, question, keep_together, lambda other: (encounter, person, other))


@routes.press("ecg", who=ORGANISER)
async def move(request: Request, encounter: int, person: int, here: bool) -> Reply:
    """Seat everybody anew because a person (an id) has left or, if `here` is True, has come; show the session."""
    found = await _find_going(request, encounter)
    somebody = existing(await participant_store.find(request.tx, person))
    if here and somebody.id not in await store.who_comes(request.tx):
        raise Stale
    told = await service.move(request.tx, found, somebody.id, request.now, here=here)
    name = called(somebody)
    line = _("{name} has a table now.", name=name) if here else _("{name} no longer takes part.", name=name)
    others = _n("{count} other person is told where they sit.", "{count} others are told where they sit.", told)
    return await show(request, found.id, line, *((others,) if told else ()))


# --- running it


async def _sure_to_begin(request: Request, encounter: int) -> Question:
    found = await _find_unbegun(request, encounter)
    here = (await store.seats_of(request.tx, found)).here
    line = _n(
        "Begin? {count} person gets a message with their table.",
        "Begin? {count} people get a message with their table.",
        len(here),
    )
    return Question(line, yes=_("Yes, begin"), back=(ENCOUNTERS,), style="primary")


@routes.press("ecy", who=ORGANISER, first=Asks("ecb", _sure_to_begin))
async def begin(request: Request, encounter: int) -> Reply:
    """Begin a session of encounters, so that everybody gets a card. If it has begun already, say so."""
    found = await _find(request, encounter)
    if not (await store.seats_of(request.tx, found)).planned:
        raise UserError(_("Plan the tables first."), buttons=(ENCOUNTERS, BACK))
    begun = await service.begin(request.tx, found, request.today, request.now)
    line = _("The encounters have begun.") if begun else _("Somebody else has begun the encounters already.")
    return await show(request, found.id, line)


@routes.press("ecx", who=ORGANISER)
async def go_on(request: Request, encounter: int, seating: int) -> Reply:
    """Begin the seating after `seating` early; if another organiser has done that already, only show the session."""
    found = await _find(request, encounter)
    if found.running and found.seating == seating:
        await service.go_on(request.tx, found, request.now)
    return await show(request, found.id)


async def _sure_to_end(request: Request, encounter: int) -> Question:
    await _find(request, encounter)
    return Question(_("End the encounters now, for everybody?"), yes=_("Yes, end them"), back=(ENCOUNTERS,))


@routes.press("ecz", who=ORGANISER, first=Asks("ece", _sure_to_end))
async def end(request: Request, encounter: int) -> Reply:
    """End a session of encounters early."""
    found = await _find(request, encounter)
    if found.running:
        await service.end(request.tx, found, request.now)
    return await show(request, found.id)
