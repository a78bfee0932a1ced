"""The days of the gathering, in French: the eve, one's room, and a morning by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.background.scheduling import Ticker
from bot.people import facilitator_store
from bot.people.audiences import parse
from handlers.attendance.store.marks import attendance_on
from handlers.groups.service.membership import publish_round
from handlers.reminders.schedule import Reminders
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import found_round, group
from tests.participants import number
from tests.programme.builders import LUNCH, OPENING, WORKSHOP
from tests.scenarios.conftest import Stage, open_stage
from tests.world import SUBJECTS

EVE = datetime(2027, 6, 9, 16, 0, tzinfo=UTC)  # 18:00 in Paris
MORNING = datetime(2027, 6, 10, 6, 13, tzinfo=UTC)  # 08:13 in Paris, 02:13 in Montréal
MEETING = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)


async def at(stage: Stage, instant: datetime) -> None:
    """Let it be that time, and what is due then be sent."""
    await stage.world.clock.advance(instant - stage.world.clock.now())
    await Ticker(stage.world.store, stage.world.clock, (Reminders(stage.world.settings, SUBJECTS),)).look()


async def test_the_eve_the_morning_and_the_first_meeting(platform_and_url: tuple[str, str]) -> None:
    programme: dict[str, Any] = {"sessions": [OPENING, WORKSHOP, LUNCH], "groups": {"meeting": "2027-06-10T15:00:00"}}
    async with open_stage(*platform_and_url, **programme) as stage:
        zoe = await stage.join("Zoé", locale="fr", territory="CA-QC")
        await wants_to_be_told(zoe)
        await group(stage.world, ["Zoé"], theme="culture", room="Salle 12")
        round_ = await found_round(stage.world)
        await stage.world.store.transact(lambda tx: publish_round(tx, round_, stage.world.clock.now()))
        await at(stage, EVE)
        await stage.delivered(zoe)
        said = words(zoe.pushed[-1]).splitlines()
        assert said[0].startswith("Ton programme du jeudi 10 juin")
        assert [line.partition(" ")[2] for line in said[1:]] == [
            "Ouverture, Salle A",
            "Atelier, Salle 12",
            "Déjeuner, Cour",
            "Premier rendez-vous de ton groupe, Salle 12",
        ]
        ines = await stage.organiser("fr")
        await stage.world.clock.advance(MORNING - stage.world.clock.now())
        await ines.command("annoncer")
        await ines.press("Écrire une annonce")
        await ines.fill("Le bus part à 9 h")
        await ines.pick("tout le monde")
        await ines.press("Envoyer maintenant")
        await stage.delivered(zoe)
        assert words(zoe.pushed[-1]) == "De l’équipe\nLe bus part à 9 h"
        assert stage.world.clock.now() - MORNING < timedelta(minutes=1)
        await at(stage, MEETING - timedelta(minutes=10))
        await stage.delivered(zoe)
        assert "Premier rendez-vous de ton groupe, Salle 12" in words(zoe.pushed[-1])
        assert "C’est le moment d’y aller" in zoe.pushed[-1]


async def test_the_morning_leads_a_facilitator_to_the_attendance_of_their_group(
    platform_and_url: tuple[str, str],
) -> None:
    programme: dict[str, Any] = {"sessions": [OPENING], "groups": {"meeting": "2027-06-10T15:00:00"}}
    async with open_stage(*platform_and_url, **programme) as stage:
        luc = await stage.join("Luc", locale="fr", attends=False)
        await wants_to_be_told(luc)
        for name in ("Ana", "Bo", "Cleo"):
            await stage.world.invite(name, "Roy")
        await group(stage.world, ["Ana", "Bo"])
        await group(stage.world, ["Cleo"], number_=2)
        await stage.world.change(facilitator_store.give, await number(stage.world, "Luc"), [parse("group:1")])
        round_ = await found_round(stage.world)
        await stage.world.change(publish_round, round_, stage.world.clock.now())
        await at(stage, EVE)
        await stage.delivered(luc)
        assert words(luc.pushed[-1]) == "Le jeudi 10 juin, les groupes se réunissent, et tu fais le pointage."
        await at(stage, MEETING - timedelta(minutes=10))
        await stage.delivered(luc)
        assert words(luc.pushed[-1]) == "15\u00a0h\u00a0: les groupes se réunissent. Tu fais le pointage."
        await luc.press("Pointage")
        await luc.press("Bo Roy")
        await luc.press("Tout le monde est là, sauf 1")
        marks = await stage.world.read(attendance_on, "2027-06-10")
        assert sorted(marks.values()) == [False, True]
