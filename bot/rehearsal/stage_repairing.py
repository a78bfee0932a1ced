"""The first morning: some do not show up, and the groups are repaired by the fewest moves."""

from __future__ import annotations

from bot.content.texts import _
from bot.rehearsal.books import Mark
from bot.rehearsal.company import Player
from bot.rehearsal.playing import Play
from bot.rehearsal.stage_groups import Formed, as_formed, heading
from handlers.groups.messages import introduce

_ABSENT = 2
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


async def repair(play: Play) -> None:
    """The organiser marks two of one group absent, has the groups repaired, and keeps the proposal."""
    organiser = play.organiser
    _round, before = await as_formed(play)
    await organiser.command("groupes")
    await organiser.act("gi")
    shown = [each for each in before if organiser.offers(f"gib-{_base36(each.group.id)}")]  # many groups fill pages
    smallest = min(shown, key=lambda each: (len(each.members), each.group.id))
    absent = [player for player in play.members(smallest.group.id) if not player.late][:_ABSENT]
    await organiser.act(f"gib-{_base36(smallest.group.id)}")
    for player in absent:
        for _tap in ("present", "absent"):
            await organiser.act(f"gif-{_base36(player.id)}")
    await organiser.command("groupes")
    await organiser.act("gim")
    await play.town.calm()
    await organiser.act("gc")
    _round, after = await as_formed(play)
    moved = _note(play, before, after, absent)
    await play.town.calm()
    await play.look()
    play.account.tell(
        f"{len(absent)} do not show up. The groups are repaired: {moved} move to another, and those concerned read so."
    )


def _note(play: Play, before: list[Formed], after: list[Formed], absent: list[Player]) -> int:
    """Note who is where now, and what is due to whom: the card to who moves, a line to those they join or leave."""
    was = {person: each.group.id for each in before for person in each.members}
    now = {person: each for each in after for person in each.members}
    stay = {each.group.id: [p for p in play.members(each.group.id) if p not in absent] for each in after}
    moved = 0
    for player in [each for each in play.players if was.get(each.id) is not None]:
        here = now.get(player.id)
        if here is not None and here.group.id == was[player.id]:
            continue
        person = introduce(next(each for each in before if player.id in each.members).members[player.id])
        left = [each for each in stay.get(was[player.id], ()) if _stays(each, was, now)]
        if here is None:
            gone = _("{person} is not in your group any more.", person=person)
            play.books.due(
                left,
                Mark(
                    f"that {player.person.ref} is not in the group any more", (gone,), kind="group: who comes and goes"
                ),
            )
        else:
            moved += 1
            card = (_("You are in another group now."), heading(play, here.group))
            play.books.due(
                [player] if player.comes else [],
                Mark(f"the card of who moves to {here.group.theme} {here.group.number}", card, kind="group: its card"),
            )
            comes = _("{person} joins your group.", person=person)
            there = [each for each in play.members(here.group.id) if _stays(each, was, now)]
            play.books.due(there, Mark(f"that {player.person.ref} comes", (comes,), kind="group: who comes and goes"))
            goes = _("{person} is in another group now.", person=person)
            play.books.due(left, Mark(f"that {player.person.ref} goes", (goes,), kind="group: who comes and goes"))
    for player in play.players:
        player.group = now[player.id].group.id if player.id in now else None
    return moved


def _stays(player: Player, was: dict[int, int], now: dict[int, Formed]) -> bool:
    """Whether someone is where they were."""
    return player.id in now and now[player.id].group.id == was.get(player.id)


def _base36(number: int) -> str:
    """A number as buttons carry it."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
