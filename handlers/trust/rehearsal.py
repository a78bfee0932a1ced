"""The parts of the demo and the rehearsal (a gathering played by the program) about trust and safety.

Somebody writes to a trusted person without their name, who answers; on the first day there is a drill.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time

from bot.content.actions import base36
from bot.content.texts import _
from bot.conversation.incoming import Pressed
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import DemoMove, Prepared, Rehearsal, Stage, Step
from bot.rehearsal.expected_messages import SOMETHING, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.trust import service, store
from handlers.trust.actions import AnswerHelp, AnswerSafe
from handlers.trust.messages import call_to_mark

_CONFIDED = "Quelqu'un me suit depuis hier."
_ANSWERED = "Je viens te voir à midi."
CONFIDED = "Zzconfie"
"""A word in all confidential texts of a prepared gathering, by which a test sees that they appear nowhere else."""
_AT_ONCE = 4
"""How many invented people of the demo answer at a time."""
_NEED_HELP = 0.03
"""The share of people who answer in the drill that they need help."""


async def is_checked(tx: Transaction, since: datetime) -> bool:
    """Return whether organisers have begun a safety check after `since`."""
    check = await store.last_check(tx)
    return check is not None and check.begun_at >= since


async def confide(play: Play) -> None:
    """Let the organiser choose a trusted person, and let two people exchange anonymous messages with that person."""
    trusted, *writing = play.some(play.coming, 0, at_least=3)
    await play.organiser.command("confiance")
    await play.organiser.act("tno")
    await play.organiser.act("tnf")
    await play.organiser.fill(trusted.person.full_name)
    await play.organiser.act(f"tnd-{base36(trusted.id)}")
    await play.organiser.fill("français, anglais", "de 8 h à 23 h")
    await play.servers.calm()
    named = _("The organisers named you a trusted person. What is written to you is read by you alone.")
    play.expected.due([trusted], ExpectedMessage("that one is a trusted person", (named,)))
    for player in writing:
        await player.driver.command("confiance")
        await player.driver.act("tcp")
        await player.driver.act(f"tcn-{base36(trusted.id)}-1")
        await player.driver.fill(_CONFIDED)
        await play.servers.calm()
    play.expected.due([trusted], SOMETHING, times=len(writing))
    for player in writing:
        await trusted.driver.command("confiance")
        await trusted.driver.act("tco")
        if _CONFIDED not in _plainly(trusted.driver.text):
            play.differences.append(f"{trusted.name} does not read what was confided")
        if player.person.given_name in trusted.driver.text:
            play.differences.append(f"{trusted.name} reads who writes without a name")
        await trusted.driver.act("tcw")
        await trusted.driver.fill(_ANSWERED)
        await play.servers.calm()
    play.expected.due(writing, SOMETHING)
    await play.look()
    for player in writing:
        await player.driver.command("confiance")
        await player.driver.act("tco")
        if _ANSWERED not in _plainly(player.driver.text):
            play.differences.append(f"{player.name} does not read the answer of their trusted person")
        await player.driver.act("tcx")
        await player.driver.command("moi")  # so that what they write next is not for the trusted person
    play.report.tell(f"{len(writing)} write to a trusted person without their names, and get their answers.")


async def drill(play: Play) -> None:
    """Let the organiser hold a drill: ask everybody whether they are safe. All but one person answer, a few need help.

    The organiser finds the silent person by name, and marks them. In the end the check is closed.
    """
    organiser = play.organiser
    await organiser.command("securite")
    await organiser.act("sac-1")
    await organiser.choose("all")
    await organiser.act("sab")
    await play.servers.calm()
    *answering, silent = play.coming
    asked = ExpectedMessage(
        "the drill", (_("DRILL, nothing happened: {line}", line=_("Are you safe?")),), kind="safety: a drill"
    )
    for player in play.coming:
        play.expected.due([player], asked, times=player.accounts)
    check = await play.servers.app.store.read(store.running_check)
    assert check is not None, "it is closed below"
    to_mark = ExpectedMessage("the list of one's groups", call_to_mark(check).lines, kind="safety: a list")
    play.expected.due(play.facilitators, to_mark)
    in_need = play.some(answering, _NEED_HELP)

    async def answer(player: CastMember) -> None:
        await player.driver.look()
        await player.driver.act("sfh" if player in in_need else "sfy")
        await player.driver.command("moi")  # so that what they write next is not for the safety screen

    await act_together(answering, answer)
    await play.servers.calm()
    await organiser.command("securite")
    await play.servers.calm()
    await organiser.look()
    await organiser.act("sfn")  # by name: other people who are missing may stand before
    await organiser.fill(silent.person.full_name)
    await organiser.act("sfm")
    await play.servers.calm()

    answered = await play.servers.app.store.read(lambda tx: store.checked_people(tx, check.id))
    if missing := sum(person.is_silent for person in answered):
        play.differences.append(f"{missing} people answered the drill or were seen, and the list says otherwise")
    await organiser.command("securite")
    await play.servers.calm()
    await organiser.look()
    await organiser.act("sfz")
    await organiser.act("saz")
    await play.servers.calm()
    play.report.tell(
        f"A drill: {len(answering)} say whether they are safe, {len(in_need)} that they need help;"
        f" {silent.name} is seen and marked."
    )


async def answer_drill(tx: Transaction, visited: Collection[int], leaving: bool) -> Sequence[Step]:
    """Return the next answers of the demo's invented people to a running safety check, a few at a time.

    One person in ten says nothing, so that the visitor finds silent people on the list and marks them. One in fifteen
    needs help. `visited` are the ids of people for whom the visitor acts. With `leaving`, all answers are returned at
    once.
    """
    check = await store.running_check(tx)
    if check is None:
        return ()
    waiting = [
        person.id
        for person in await store.checked_people(tx, check.id)
        if person.is_silent and person.id not in visited and person.id % 10
    ]
    return [
        Step(person, Pressed((AnswerSafe(check.id) if person % 15 else AnswerHelp(check.id)).encode()))
        for person in waiting[: None if leaving else _AT_ONCE]
    ]


async def leave_conversation(prepared: Prepared) -> None:
    """Make the first person a trusted person; the second one writes to them anonymously and gets an answer."""
    tx, now = prepared.tx, prepared.now
    trusted, author, *_others = prepared.people
    await service.name_trusted(tx, trusted, "français", "jour et nuit", now)
    conversation = await service.write_to(tx, author, trusted, f"{CONFIDED} : on me suit.", now, anonymous=True)
    await service.write(tx, conversation, trusted, f"{CONFIDED} : j'arrive.", now)


async def begin_drill(prepared: Prepared) -> None:
    """Ask everybody whether they are safe, in a drill that nobody closes. Do nothing if a safety check is running."""
    if await store.running_check(prepared.tx) is None:
        await service.begin_check(prepared.tx, prepared.people[0], EVERYONE, prepared.now, drill=True)


def _plainly(text: str) -> str:
    """Return a text with the apostrophes that people type."""
    return text.replace("’", "'")


REHEARSAL = Rehearsal(
    steps=answer_drill,
    moves=(
        DemoMove(
            77,
            _("Name a trusted person"),
            _("As the organiser: /confiance, «Name trusted people». Then write to them."),
            store.was_named,
        ),
        DemoMove(
            78,
            _("Hold a drill: «Are you safe?»"),
            _("As the organiser: /securite, «A drill». The others answer; mark who does not on the list."),
            is_checked,
        ),
    ),
    stages=(
        Stage("trusted person", -3, confide, needs=("come in",)),
        Stage("drill", 0, drill, at=time(12), needs=("come in",)),
    ),
    prepared=(
        Stage("somebody confides", -27, leave_conversation),
        Stage("a drill begins", -27, begin_drill),
    ),
)
