"""The parts of the rehearsal and the demo about the plenary: every group presents, on stage or at a table."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import partial

from bot.content.texts import _, _n
from bot.database.engine import Transaction
from bot.rehearsal.cast import CastMember
from bot.rehearsal.contributions import Configuration, DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.plenary.actions import ConductStep
from handlers.plenary.model.gallery import GALLERY_ROUNDS
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.rehearsal.demo import next_steps
from handlers.plenary.service import preparing
from handlers.plenary.service.conducting import begun, store_step
from handlers.plenary.service.questions import NEWS_OF_QUESTION
from handlers.plenary.settings import PlenarySettings
from handlers.plenary.store.galleries import visits_of_round
from handlers.plenary.store.plenaries import all_plenaries, find_state, groups_of_plenary, running_plenaries

_A_MOMENT = timedelta(seconds=5)
_QUESTION = "Qui pourrait porter cela chez nous ?"
_SCREEN = re.compile(r"/ecran/\w+")
_FEW_PEOPLE, _FEWEST_TABLES = 30, 2
"""With fewer people, a gallery takes place with fewer tables than usual, so that small rehearsals have one too."""


def fit(configuration: Configuration, people: int) -> None:
    """Lower the number of groups from which a gallery is suggested, if there are few people."""
    if people < _FEW_PEOPLE:
        configuration.setdefault("plenary", {})["gallery_from"] = _FEWEST_TABLES


async def is_held(tx: Transaction, since: datetime) -> bool:
    """Return whether a plenary began after `since`."""
    plenaries = await all_plenaries(tx)
    return any(plenary.began_at is not None and plenary.began_at >= since for plenary in plenaries)


async def prepare(play: Play) -> None:
    """Let the organiser prepare the plenary and draw its order; in each group one member says that they present."""
    organiser = play.organiser
    await organiser.command("pleniere")
    if organiser.values:  # the programme has several plenary sessions
        await organiser.choose(organiser.values[0])
    await organiser.act("pnd")
    first = _("Your group goes first in the plenary, at about {time}.", time=GAP)
    later = _("Your group goes {rank} in the plenary, at about {time}.", rank=GAP, time=GAP)
    mark = ExpectedMessage("when the group presents", (later,), (first,), kind="plenary: when the group presents")
    for turn in (await _state(play)).turns:
        play.tell_group(turn.group_id, mark)
    for player in await _presenters(play):
        await player.driver.command("groupe")
        await player.driver.act("pnv")
        await player.driver.choose(str(player.id))
    play.report.tell("Inès draws the order of the plenary; every group says who presents.")


async def hold(play: Play) -> None:
    """Let the organiser conduct the plenary, with a restart of the program in the middle of the first talk.

    Each listener is expected to get one card. Each presenter is expected to get one message when at most two groups
    come before theirs, and one when they come on stage. Someone whose group is not on stage asks a question. If there
    are enough groups, the organiser ends the plenary when half of the groups have presented and the next one is coming
    on stage.
    """
    presenters = await _presenters(play)
    fewest = play.settings.of(PlenarySettings).gallery_from
    later = max(len(presenters) // 2, fewest) if len(presenters) > fewest else 0
    on_stage = len(presenters) - later
    first = play.members((await _state(play)).turns[0].group_id)
    _expect(play, presenters[: on_stage + 3], on_stage + bool(later), first)  # two more are told to come
    await play.organiser.command("pleniere")
    await play.organiser.act("pnb")
    await play.servers.calm()
    listening = [player for player in play.coming if player not in presenters]
    others = [each for each in listening if each not in first and each.platform != "email"]
    asking = min(others, key=lambda each: each.platform != "telegram")
    await asking.driver.look()
    await asking.driver.act("pna")
    await asking.driver.fill(_QUESTION)
    await _step(play)
    await play.servers.restart()
    await _step(play)
    asked = ExpectedMessage("that their question is asked", (NEWS_OF_QUESTION,))
    play.expected.due([asking], asked)  # who asked without their name is told no more on a locked phone
    await play.organiser.act("pnuc")
    await play.servers.calm()
    await _open_screen(play)
    while (state := await _state(play)).plenary.running:
        await play.organiser.command("pleniere")
        if len(state.waiting) < later:
            await play.organiser.act("pnmo")
            await play.organiser.act("pnt")
            await _step(play, "e")
        else:
            await _step(play)
    play.report.tell(
        f"{on_stage} groups present in the plenary, of which all are told; the program is restarted in a talk,"
        " a question is asked, and the screen for the wall shows it."
    )


async def hold_gallery(play: Play) -> None:
    """Let the groups that have not presented, if any, present in a gallery, where people walk from table to table.

    Everybody is expected to get one card, which says where they are in each round. Somebody asks the group at the
    visited table a question; the group is expected to be notified of it only at the end.
    """
    await play.organiser.command("pleniere")
    if not play.organiser.offers("pnpn"):
        return
    await play.organiser.act("pnpn")
    await play.organiser.choose(play.organiser.values[0])
    await play.organiser.act("pngl")
    plenary_id = (await _state(play)).plenary.id
    tables = await play.servers.app.store.read(partial(groups_of_plenary, plenary_id=plenary_id))
    listening = play.coming  # who presented in the plenary, which is over, goes from table to table too
    card = ExpectedMessage("the table", (_("Round {number}: {where}", number=1, where=GAP),), kind="plenary: the table")
    play.expected.due([player for player in listening if player.gets_live_screens], card)
    await play.organiser.act("pnb")
    await play.servers.calm()
    visits = await play.servers.app.store.read(partial(visits_of_round, plenary_id=plenary_id, number=1))
    asking = next(
        player
        for player in listening
        if player.id in visits and not player.told_in_channel and player.gets_live_screens
    )
    await asking.driver.look()
    await asking.driver.act("pna")
    await asking.driver.fill(_QUESTION)
    left = _n(
        "The room left your group {count} question: you can answer in writing.",
        "The room left your group {count} questions: you can answer in writing.",
        1,
    )
    asked = ExpectedMessage("that a question is left", (left,), kind="plenary: a question")
    play.tell_group(visits[asking.id], asked)
    while (await _state(play)).plenary.running:
        await play.organiser.command("pleniere")
        await _step(play)
    play.report.tell(
        f"The {len(tables)} other groups present in a gallery of tables, between which {len(listening)} people go;"
        " one asks a question there, which is left to the group."
    )


async def _open_screen(play: Play) -> None:
    """Let the organiser open the screen for the wall, and a browser that nobody logged in read it."""
    await play.organiser.act("pnz")
    link = _SCREEN.search(play.organiser.text)
    page = await play.servers.read_page(link[0]) if link else ""
    if _QUESTION.removesuffix(" ?") not in page:
        play.differences.append("the screen for the wall does not show the question that is asked")


async def _step(play: Play, what: str = "n") -> None:
    """Let the organiser press the button for a step of the plenary, the next one unless `what` is another."""
    await play.until(play.servers.clock.now() + _A_MOMENT)
    await play.servers.calm()
    await play.organiser.look()
    following = ConductStep((await _state(play)).plenary.id, what, "").encode()
    await play.organiser.act(following.rstrip("-"))
    await play.servers.calm()


def _expect(play: Play, presenters: list[CastMember], on_stage: int, on_first: list[CastMember]) -> None:
    """Store that everybody gets the card of the plenary, and each presenter what calls them; `on_stage` come there.

    `on_first` are the members of the group that comes first, whose card says so. All of these are live screens, which
    do not come by e-mail.
    """
    stage = ExpectedMessage("the stage", (_("On stage: {group}", group=GAP),), kind="plenary: the stage")
    own = ExpectedMessage("their own stage", (_("It is your turn! {group}", group=GAP),), kind="plenary: the stage")
    here = [player for player in play.coming if player not in presenters[:3] and player.gets_live_screens]
    play.expected.due([player for player in here if player not in on_first], stage)
    play.expected.due([player for player in here if player in on_first], own)
    first = _("It is your turn: come on stage. The clock begins in {time}.", time=GAP)
    second = _("You are next: come to the stage.")
    third = _n(
        "{count} group before yours: come to the stage.",
        "{count} groups before yours: come to the stage.",
        2,
    )
    for what, line, told in (
        ("who presents now", first, presenters[:on_stage]),
        ("who presents second", second, presenters[1:2]),
        ("who presents in two groups", third, presenters[2:]),
    ):
        called = [player for player in told if player.gets_live_screens]
        play.expected.due(called, ExpectedMessage(what, (line,), kind="group: called on stage"))


async def _presenters(play: Play) -> list[CastMember]:
    """Return who presents for each group, in the order of the plenary: the first of those who come."""
    return [play.members(turn.group_id)[0] for turn in (await _state(play)).turns]


async def _state(play: Play) -> PlenaryState:
    """Return the plenary as it is now, the last one that was prepared."""

    async def read(tx: Transaction) -> PlenaryState:
        plenary = (await all_plenaries(tx))[-1]
        state = await find_state(tx, plenary.id)
        assert state is not None, "a plenary that is listed is there"
        return state

    return await play.servers.app.store.read(read)


async def prepare_next(prepared: Prepared) -> None:
    """Prepare a plenary of the groups that have not presented, in the next possible session.

    Nothing happens if no such group or session is left.
    """
    tx, round_ = prepared.tx, await preparing.round_to_present(prepared.tx)
    sessions = await preparing.possible_sessions(tx, prepared.now)
    if round_ and sessions and await preparing.groups_left(tx, round_.number):
        await preparing.prepare(tx, round_, sessions[0], prepared.settings.of(PlenarySettings).lengths)


async def begin_next(prepared: Prepared, *, gallery: bool = False) -> None:
    """End the running plenary, if any, and begin the prepared one.

    With `gallery`, the prepared plenary is turned into a gallery of tables first.
    """
    await _end(prepared)
    await prepare_next(prepared)
    tx, now = prepared.tx, prepared.now
    for plenary in await all_plenaries(tx):
        if plenary.began_at is None and gallery:
            await preparing.take_gallery(tx, plenary, GALLERY_ROUNDS, seed=1)
        state = await find_state(tx, plenary.id)
        if state and state.turns and plenary.began_at is None:
            await store_step(tx, state, begun(state, now, now), now)


async def _end(prepared: Prepared) -> None:
    for plenary in await running_plenaries(prepared.tx):
        if state := await find_state(prepared.tx, plenary.id):
            await store_step(prepared.tx, state, state.end(prepared.now), prepared.now)


REHEARSAL = Rehearsal(
    fit=fit,
    steps=next_steps,
    of_a_full_day=("plenary: the stage", "plenary: when", "group: called"),
    moves=(
        DemoMove(
            75,
            _("Hold the plenary"),
            _(
                "As the organiser: «Organise», «Workshops», «The plenary», «Draw the order» or «Gallery of tables»,"
                " «Open the screen», then «Begin». As the participant: ask a question."
            ),
            is_held,
        ),
    ),
    stages=(
        Stage("plenary prepared", 2, prepare, at=time(9, 30), needs=("territories over",)),
        Stage("plenary held", 2, hold, at=time(10), needs=("plenary prepared",)),
        Stage("gallery held", 2, hold_gallery, at=time(11, 30), needs=("plenary held",)),
    ),
    prepared=(
        Stage("plenary prepared", 2, prepare_next, at=time(9, 30), needs=("phase 4 over",)),
        Stage("plenary begun", 2, begin_next, at=time(10), needs=("plenary prepared",)),
        Stage("gallery begun", 2, partial(begin_next, gallery=True), at=time(11), needs=("plenary begun",)),
    ),
)
