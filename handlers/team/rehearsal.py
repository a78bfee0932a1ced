"""The parts of the demo and the rehearsal (a gathering played by the program) about questions to the team."""

from __future__ import annotations

from bot.content.texts import _
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.team import store


async def ask(play: Play) -> None:
    """Let a few people ask the team a question each, and let the organiser answer."""
    asking = play.some(play.coming, 0.03, at_least=2)

    async def send(player: CastMember) -> None:
        await player.driver.command("equipe")
        await player.driver.fill(f"Puis-je venir avec ma sœur ? ({player.person.ref})")

    await act_together(asking, send)
    await play.servers.calm()
    for _player in asking:
        await play.organiser.command("questions")
        await play.organiser.act("qa")
        await play.organiser.fill("Oui, dis-le à l'accueil.")
    play.expected.due(asking, ExpectedMessage("the team's answer", ("Oui, dis-le à l'accueil.",)))
    await play.servers.calm()
    await play.look()
    play.report.tell(f"{len(asking)} ask the team something, and get their answer.")


async def leave_questions(prepared: Prepared) -> None:
    """Let three people ask the team a question that nobody answers."""
    for person in prepared.people[:3]:
        await store.add_question(prepared.tx, person, "Où dort-on ?\nEt <où> mange-t-on ?", prepared.now)


REHEARSAL = Rehearsal(
    moves=(
        DemoMove(10, _("Ask the team"), _("As the participant: by the button, or simply by writing."), store.was_asked),
        DemoMove(
            20,
            _("Answer the question"),
            _("As the organiser: the answer comes back to the participant."),
            store.was_answered,
        ),
    ),
    stages=(Stage("team asked", -3, ask, needs=("come in",)),),
    prepared=(Stage("questions wait", -27, leave_questions),),
)
