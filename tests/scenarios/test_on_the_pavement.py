"""The day in French: a hundred people seen from the pavement, and a morning with people who are absent or late."""

from __future__ import annotations

from datetime import timedelta

from handlers.attendance.store.marks import attendance_on
from handlers.groups.store.groups import set_room
from tests.groups.builders import group, mark_published
from tests.participants import number
from tests.scenarios.conftest import Stage
from tests.scenarios.test_trust import read

_GROUPS = 16
_OF_EACH = 6


async def gathered(stage: Stage) -> None:
    """A hundred people on the list: sixteen groups of six, four without a group; none but whoever joins answers."""
    for place in range(_GROUPS):
        names = [f"P{place:02}{letter}" for letter in "abcdef"]
        for name in names:
            await stage.world.invite(name, locale="fr")
        made = await group(stage.world, names, theme=("culture", "school")[place % 2], number_=place // 2 + 1)
        if place < 2:
            await stage.world.change(set_room, made.id, "3")
    for name in ("Ula", "Vic", "Wim"):
        await stage.world.invite(name, locale="fr")
    await mark_published(stage.world)


async def test_a_hundred_people_on_the_pavement_are_the_same_list_everywhere(stage: Stage, beside: Stage) -> None:
    await gathered(stage)
    ines = await stage.organiser(locale="fr")
    zoe = await beside.join("Zoé", locale="fr")
    await ines.command("securite")
    await ines.press("Demander à tout le monde")
    await ines.press("Oui, demander maintenant")
    await stage.delivered(ines, zoe)
    await zoe.press("Oui, je suis en sécurité")
    await stage.world.clock.advance(timedelta(seconds=1))
    await stage.delivered(ines)
    lines = read(ines.text).splitlines()
    assert "En sécurité : 1 sur 100 · besoin d’aide : 0 · sans réponse : 99" in lines
    assert "Culture 1 · salle 3 · 0/6" in ines.buttons
    groups = [label for label in ines.buttons if label.endswith("/6")]
    assert len(groups) == 15, "the sixteenth is a page further, with whoever has no group"
    await ines.press("Culture 1")
    await ines.press("P00a")
    assert any(line.startswith("P00a · vue, en sécurité (par Inès, ") for line in read(ines.text).splitlines())
    await ines.press("P00b")
    await ines.press("Annuler\u00a0: P00b")
    await ines.press("Tous les groupes")
    assert "Culture 1 · salle 3 · 1/6" in ines.buttons
    await ines.press("Page suivante")
    assert {"Pas encore dans Rencontres · 0/3", "Sans groupe · 1/1"} <= {*ines.buttons}
    await ines.press("Clore la demande")
    await ines.press("Oui, clore")
    await stage.delivered(ines)
    assert "clôture" in read(ines.text)


async def test_a_morning_with_three_absent_and_two_who_come_late(stage: Stage) -> None:
    await gathered(stage)
    ines = await stage.organiser(locale="fr")
    await ines.command("groupes")
    await ines.press("Pointage")
    await ines.press("Culture\u00a0: à pointer")
    for name in ("P00a", "P00b", "P00c"):
        await ines.press(name)
    await ines.press("Tout le monde est là, sauf 3")
    await ines.press("P00a")
    await ines.press("Trouver quelqu’un")
    await ines.fill("p00b")
    await ines.press("Là")
    marks = await stage.world.read(attendance_on, "2027-06-10")
    away = await number(stage.world, "P00c")
    assert [person for person, present in marks.items() if not present] == [away]
    assert len(marks) == _GROUPS // 2 * _OF_EACH
