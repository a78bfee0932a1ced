"""The part of the rehearsal and the demo about initiatives and encounters: cards, seatings, and shared contacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta

from bot.content.texts import _, _n
from bot.conversation.incoming import Pressed
from bot.database.engine import Transaction
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import Configuration, DemoMove, Rehearsal, Stage, Step
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.encounters import store
from handlers.encounters.model import Encounter, Seats
from handlers.encounters.participant import answer
from handlers.initiatives.model import NEEDS
from handlers.initiatives.store.contacts import answers_of, contacts_of
from handlers.programme.store import all_sessions

_DAY, _AT = 2, time(8, 30)
"""The day (the third) and the time of the session of encounters."""
_LASTS = timedelta(minutes=40)
_A_MOMENT = timedelta(seconds=5)
_WITH_A_CARD, _YES = 0.4, 0.6
"""The share of people who show a card, and the share of answers that are «yes»."""
_AT_ONCE = 20
"""How many of the demo's people answer at a time."""
_TITLE = {"fr": "Cafés à deux", "en": "Coffee in pairs", "de": "Kaffee zu zweit"}
_SESSION = "coffee-in-pairs"
_MOVED = ExpectedMessage(
    "that they sit elsewhere",
    (_("Somebody has come or gone: you now sit at table {table}, with {names}.", table=GAP, names=GAP),),
    kind="encounters: another table",
)


def configure(configuration: Configuration, _moved: timedelta) -> None:
    """Turn initiatives and encounters on, and add a session of encounters to the programme of the third day."""
    starts = datetime.combine(configuration["gathering"]["starts"] + timedelta(days=_DAY), _AT)
    configuration |= {"initiatives": {}, "encounters": {}}
    place = {"fr": "Cour", "en": "Courtyard", "de": "Hof"}
    session = {"key": _SESSION, "title": _TITLE, "starts": starts, "ends": starts + _LASTS, "place": place}
    configuration["sessions"].append({**session, "kind": "other"})


async def write_cards(play: Play) -> None:
    """Let some people write a card of their initiative, show it, and say how they can be reached."""
    writing = play.some([player for player in play.coming if player.platform != "email"], _WITH_A_CARD, at_least=3)
    wanted = {player: play.rng.sample([*NEEDS], 2) for player in writing}

    async def write(player: CastMember) -> None:
        driver = player.driver
        await driver.command("initiative")
        await driver.act("nfw")
        await driver.fill(f"L'atelier {player.person.ref}", "", "", "")
        seeks, offers = wanted[player]
        await driver.choose(seeks)
        await driver.choose(offers)
        await driver.act("inv")
        await driver.act("inr")
        await driver.fill(f"{player.person.ref.lower()}@example.org", "", "")

    await act_together(writing, write)
    play.report.tell(f"{len(writing)} people show a card of their initiative.")


async def meet(play: Play) -> None:
    """Let the organiser run four seatings: one person is late, and another leaves midway.

    The program is restarted in the second seating. After each seating, people answer whether they want to keep in
    touch.
    """
    organiser = play.organiser
    session = next(each for each in await play.servers.app.store.read(all_sessions) if each.plan.key == _SESSION)
    await organiser.command("cafes")
    await organiser.choose(str(session.id))
    await organiser.act("ecd")
    await play.servers.calm()
    encounter, seats = await _state(play)
    players = {player.id: player for player in play.coming if player.id in seats.people}
    late, leaving, *_others = [player for player in players.values() if player.gets_live_screens]
    await _change(play, late, "ecl")
    await organiser.command("cafes")
    await organiser.act("ecb")
    await organiser.act("ecy")
    await play.servers.calm()
    heading = _("Encounter {number} of {count} · table {table}", number=1, count=encounter.seatings, table=GAP)
    card = ExpectedMessage("their table in encounters", (heading,), kind="encounters: the table")
    play.expected.due([player for player in players.values() if player.gets_live_screens], card)
    present = {*players} - {late.id}
    said: dict[tuple[int, int], bool] = {}
    for seating in range(1, encounter.seatings + 1):
        if seating == 1:
            await _change(play, late, "ecj")
            present.add(late.id)
        if seating == 2:
            await _change(play, leaving, "ecl")
            present.remove(leaving.id)
            await play.servers.restart()
        await _answer(play, {person: players[person] for person in present}, seating, said)
        encounter, _seats = await _state(play)
        await play.until(encounter.ends_at + _A_MOMENT if encounter.ends_at else play.servers.clock.now())
        await play.servers.calm()
    await _audit(play, players, said)


async def _state(play: Play) -> tuple[Encounter, Seats]:
    """Return the session of encounters as it is now, and who sits where."""

    async def read(tx: Transaction) -> tuple[Encounter, Seats]:
        [encounter] = await store.everything(tx)
        return encounter, await store.seats_of(tx, encounter)

    return await play.servers.app.store.read(read)


async def _change(play: Play, player: CastMember, form: str) -> None:
    """Let the organiser say that a person is missing («ecl») or has come («ecj»); who then sits elsewhere is told."""
    _encounter, before = await _state(play)
    await play.organiser.command("cafes")
    await play.organiser.act(form)
    await play.organiser.fill(player.person.full_name)
    if play.organiser.offers("ecg"):
        await play.organiser.act("ecg")
    await play.servers.calm()
    encounter, after = await _state(play)

    def moved(other: CastMember) -> bool:
        (was, others), (now, _now_with) = (seats.table_of(other.id, encounter.seating) for seats in (before, after))
        return bool(was and now) and (was != now or not {person.id for person in others} - {player.id})

    told = [other for other in play.coming if other is not player and moved(other)]
    if len(told) > 2:
        play.differences.append(f"{len(told)} people sit elsewhere because of {player.name}")
    play.expected.due(told, _MOVED)


async def _answer(
    play: Play, present: Mapping[int, CastMember], seating: int, said: dict[tuple[int, int], bool]
) -> None:
    """Let everybody who is present find their table on their card, and answer about whom they sit with."""
    await play.look()
    encounter, seats = await _state(play)
    for person, player in present.items():
        table, others = seats.table_of(person, seating)
        if not others:
            play.differences.append(f"{player.name} sits with nobody in encounter {seating}")
        numbers = {"number": seating, "count": encounter.seatings, "table": table}
        heading = ExpectedMessage("", (_("Encounter {number} of {count} · table {table}", **numbers),))
        shown = any(heading.is_in(message.text, player.reader) for message in player.received)
        if player.gets_live_screens and not shown:
            play.differences.append(f"{player.name} does not read that they sit at table {table}")
    answering = [player for player in present.values() if player.gets_live_screens]
    for player in answering:
        for other in seats.table_of(player.id, seating)[1]:
            said.setdefault((player.id, other.id), play.rng.random() < _YES)

    async def press(player: CastMember) -> None:
        await player.driver.look()
        for other in seats.met_by(player.id, seating):
            payload = answer.to(encounter.id, other.id, yes=said.get((player.id, other.id), False)).encode()
            if player.driver.offers(payload):
                await player.driver.act(payload)

    await act_together(answering, press)
    await play.servers.calm()


async def _audit(play: Play, players: Mapping[int, CastMember], said: Mapping[tuple[int, int], bool]) -> None:
    """Note what is wrong about contacts: they are the pairs of two yes, both ways, and each is told of once."""
    both = {(one, other) for (one, other), yes in said.items() if yes and said.get((other, one))}

    async def read(tx: Transaction) -> set[tuple[int, int]]:
        return {(person, contact.id) for person in players for contact in await contacts_of(tx, person)}

    handed = await play.servers.app.store.read(read)
    play.differences.extend(f"a contact of {pair} that is not due, or missing" for pair in sorted(handed ^ both))
    numbers = {person: sum(one == person for one, _other in both) for person in players}
    for person, number in numbers.items():
        if number:
            line = _n("You go home with {count} contact.", "You go home with {count} contacts.", number)
            told = _n(
                "The encounters gave you {count} contact: {names}.",
                "The encounters gave you {count} contacts: {names}.",
                number,
                names=GAP,
            )
            given = ExpectedMessage(f"{number} contacts of encounters", (told,), kind="encounters: contacts")
            home = ExpectedMessage(f"{number} contacts", (line,), kind="contacts")
            for message in (given, home):
                play.expected.due([players[person]], message)
    with_some = sum(map(bool, numbers.values()))
    play.report.tell(
        f"{len(numbers)} people meet in pairs, four times; one comes late, one goes home midway, the program is"
        f" restarted. {len(both) // 2} pairs keep in touch: {100 * with_some // len(numbers)} % have a contact."
    )


async def answer_about_tables(tx: Transaction, visited: Collection[int], _leaving: bool) -> Sequence[Step]:
    """Return the next answers of the demo's invented people about their table partners: most want to keep in touch.

    They answer from the second seating on, or once the session is over. `visited` are the ids of people for whom the
    visitor acts; to these they always say yes.
    """
    steps = []
    for encounter in await store.everything(tx):
        seats = await store.seats_of(tx, encounter)
        seatings = encounter.seating - (encounter.ended_at is None)
        for person in () if seatings < 1 else {*seats.people} - {*visited}:
            answered = await answers_of(tx, person)
            steps += [
                Step(
                    person, Pressed(answer.to(encounter.id, met.id, yes=met.id in visited or bool(met.id % 3)).encode())
                )
                for met in seats.met_by(person, seatings)
                if met.id not in answered
            ][:1]
    return steps[:_AT_ONCE]


async def has_begun(tx: Transaction, _since: datetime) -> bool:
    """Return whether encounters have begun."""
    return any(encounter.seating for encounter in await store.everything(tx))


REHEARSAL = Rehearsal(
    configure=configure,
    steps=answer_about_tables,
    moves=(
        DemoMove(
            79,
            _("Meet in pairs"),
            _(
                "As the organiser: /cafes, choose «Coffee in pairs», «Plan the tables», «Begin». As the participant:"
                " «My table», then «Keep in touch»."
            ),
            has_begun,
        ),
    ),
    stages=(
        Stage("cards written", -3, write_cards, needs=("come in",)),
        Stage("met in pairs", _DAY, meet, at=_AT, needs=("territories over", "cards written")),
    ),
)
