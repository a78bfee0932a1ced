"""The parts of the demo and the rehearsal (a gathering played by the program) about practical information."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.listed import RosterPerson
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import DemoMove, Rehearsal, Stage
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.practical import service, store
from handlers.practical.model.sections import confirmation

_ANSWER = "Le mot de passe est affiché au bar."


async def populate(tx: Transaction, _people: Sequence[RosterPerson], then: datetime) -> None:
    """Confirm the demo's practical information, as its team would have done."""
    await service.publish(tx, [confirmation(section) for section in await store.all_sections(tx)], then)


async def confirm(play: Play) -> None:
    """Let the organiser read the sections of the example one after the other, and confirm them."""
    await play.organiser.command("infos")
    await play.organiser.act("ze")
    await play.organiser.act("zd")
    confirmed = 0
    while play.organiser.offers("zk"):
        await play.organiser.act("zk")
        confirmed += 1
    play.report.tell(f"The organiser reads the practical information, and confirms {confirmed} sections.")


async def ask(play: Play) -> None:
    """Let a few people ask for the wifi, one of whom then asks the team anyway; then let the organiser change the text.

    People who read the text in French are notified of the change.
    """
    asking = play.some(play.coming, 0.04, at_least=3)
    doubting, *content = asking

    async def send(player: CastMember) -> None:
        await player.driver.command("moi")  # whoever was on a confidential screen has left it
        await player.driver.send("c koi le code wifi ?")
        await player.driver.act("zn" if player is doubting else "zy")

    await act_together(asking, send)
    await play.servers.calm()
    await play.organiser.command("questions")
    await play.organiser.act("qa")
    await play.organiser.fill(_ANSWER)
    play.expected.due([doubting], ExpectedMessage("the team's answer about the wifi", (_ANSWER,)))
    await play.organiser.command("infos")
    await play.organiser.act("ze")
    await play.organiser.act("zd-wifi")
    await play.organiser.act("zt-wifi-fr")
    await play.organiser.fill("Le réseau est ouvert, sans mot de passe.")
    await play.organiser.act("zp")
    changed = ExpectedMessage(
        "that the wifi changed",
        (_("What you read about «{section}» has changed.", section=GAP),),
        by_day=True,
        kind="practical information",
    )
    told = [player for player in asking if player.reader.locale == "fr"]
    play.expected.due(told, changed)
    await play.servers.calm()
    await play.look()
    play.report.tell(
        f"{len(asking)} ask for the wifi: {len(content)} find it, one asks the team;"
        f" {len(told)} read it in French, and are told when that changes."
    )


REHEARSAL = Rehearsal(
    populate=populate,
    moves=(
        DemoMove(
            25,
            _("Ask for the wifi"),
            _("As the participant: write «wifi», as you would on your phone, and press «Yes, thanks»."),
            store.was_self_answered,
        ),
    ),
    stages=(
        Stage("practical information confirmed", -27, confirm, needs=("invited",)),
        Stage("wifi asked for", -3, ask, needs=("come in", "practical information confirmed")),
    ),
)
