"""The days before: groups are formed and published, someone comes late, someone does not come."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.texts import Joined, Name, Reader, Span, _, plain
from bot.database.engine import Transaction
from bot.rehearsal.books import GAP, Mark
from bot.rehearsal.playing import Play
from bot.rehearsal.stage_joining import enter
from handlers.groups import store as groups
from handlers.groups.messages import introduce, title
from handlers.groups.model import Group, Member, Round
from handlers.groups.service import placeless
from handlers.themes.model import Theme
from handlers.themes.settings import ThemeSettings


@dataclass(frozen=True, slots=True)
class Formed:
    """A group, as the gathering has it: its members by id."""

    group: Group
    members: dict[int, Member]


async def form(play: Play) -> None:
    """The organiser has groups formed, keeps them, looks at the preview and publishes."""
    organiser = play.organiser
    await organiser.command("groupes")
    await organiser.act("gb")
    await play.town.calm()
    await organiser.act("gc")
    await organiser.command("groupes")
    await organiser.act("gt")
    await organiser.act("gu")
    round_, formed = await as_formed(play)
    placed = {person: each for each in formed for person in each.members}
    for player in play.players:
        player.group = placed[player.id].group.id if player.id in placed else None
    for each in formed:
        play.books.due(play.members(each.group.id), card(play, each.group))
    homeless = [player for player in play.coming if player.theme and player.group is None]
    play.books.due(homeless, Mark("that a group is being looked for", placeless(round_).lines))
    await play.town.calm()
    await play.look()
    reader = Reader(play.settings.gathering.locales[0], play.settings.gathering.zone)
    for each in formed:
        name = plain(title(each.group, theme(play, each.group)), reader)
        if thread := play.town.discord.thread(name, each.group.id, reader):
            play.threads.append(thread)
        elif any(player.platform == "discord" for player in play.members(each.group.id)):
            play.differences.append(f"there is no thread «{name}»")
    sizes = sorted(len(each.members) for each in formed)
    play.account.tell(
        f"{len(formed)} groups of {sizes[0]} to {sizes[-1]} are formed, kept and published: everyone gets their card."
        + (f" {len(homeless)} hear that a group is being looked for." if homeless else "")
    )


async def as_formed(play: Play) -> tuple[Round, list[Formed]]:
    """The first round, and its groups."""

    async def unit(tx: Transaction) -> tuple[Round, list[Formed]]:
        formed = [
            Formed(group, {each.id: each for each in await groups.members(tx, group)})
            for group in await groups.of_round(tx, 1)
        ]
        return (await groups.rounds(tx))[0], formed

    return await play.town.house.store.read(unit)


async def come_late(play: Play) -> None:
    """Someone opens their invitation only now, and is greeted with the group that was kept for them."""
    late = next((player for player in play.players if player.late), None)
    if late is None:
        return
    _round, formed = await as_formed(play)
    greeting = await enter(late)
    late.theme = late.wants
    kept = next((each.group for each in formed if late.id in each.members), None)
    if all(each.group.theme != late.theme for each in formed):
        play.account.tell(f"{late.name} comes late; no group of «{late.theme}» could be formed yet.")
        return
    if kept is None:
        play.differences.append(f"{late.name} comes late, and no group was kept")
        return
    hello = _(
        "Hello {name}, welcome to {gathering}.",
        name=Name(late.person.given_name),
        gathering=play.settings.gathering.name,
    )
    mark = Mark("the card of who comes late", (hello, heading(play, kept)))
    if late.platform != "discord":
        play.books.due([late], mark)
    elif not mark.is_in(greeting, late.reader):  # there the answer to a command is no message of its own
        play.differences.append(f"{late.name} comes late, and is greeted with «{greeting}»")
    late.group = kept.id
    play.account.tell(f"{late.name} comes late, and is greeted with the group that was kept.")


async def stay_away(play: Play) -> None:
    """Someone says that they are not coming: their group is told, and nobody else."""
    awaited = {player.waits for player in play.coming if player.waits}
    leaver = next(p for p in play.coming if p.group and p.theme not in awaited and not p.late and not p.facilitates)
    _round, formed = await as_formed(play)
    mine = next(each for each in formed if each.group.id == leaver.group)
    await leaver.hand.command("moi")
    await leaver.hand.act("lv")
    await leaver.hand.act("lvy")
    if not leaver.hand.offers("go-revenir"):
        play.differences.append(f"{leaver.name} does not come, and is answered «{leaver.hand.text}»")
    leaver.comes = False
    said = _("{person} is not in your group any more.", person=introduce(mine.members[leaver.id]))
    play.books.due(play.members(mine.group.id), Mark(f"that {leaver.person.given_name} does not come", (said,)))
    await play.town.calm()
    await play.look()
    play.account.tell(f"{leaver.name} cannot come: the others of the group are told.")


def card(play: Play, group: Group) -> Mark:
    """How a group's card reads when it is published."""
    return Mark(f"the card of {group.theme} {group.number}", (_("Here is your group."), heading(play, group)))


def heading(play: Play, group: Group) -> Span:
    """How a card begins: with what follows the title, as group 4 is not group 41."""
    return Joined((title(group, theme(play, group)), "\n", _("First meeting: {moment}", moment=GAP)))


def theme(play: Play, group: Group) -> Theme:
    """A group's theme, as configured."""
    found = next(each for each in play.settings.all_of(ThemeSettings) if each.key == group.theme)
    return Theme(found.key, found.title, found.description or {}, found.capacity, 0)
