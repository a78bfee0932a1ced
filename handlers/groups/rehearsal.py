"""The part of the rehearsal (a gathering played by the program) about groups.

Groups are formed and published, a late person gets one, and groups are repaired on a morning when some people are
absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.content.actions import base36
from bot.content.texts import Joined, Name, Reader, Span, _, plain
from bot.database.engine import Transaction
from bot.rehearsal.cast import CastMember
from bot.rehearsal.contributions import Configuration, DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.groups.messages.cards import introduce, short_title, title, told_lines
from handlers.groups.model import Group, Member, Round
from handlers.groups.service.membership import no_group_view, publish_round
from handlers.groups.store import groups, rounds
from handlers.groups.store.members import members_of, people_with_theme, put_in_group
from handlers.themes.model import Theme
from handlers.themes.settings import ThemeSettings

_MEETING = time(14, 0)
"""The time at which the demo's groups first meet, on the first day."""
_FEW, _SOME = 30, 60
"""With fewer people than `_FEW`, groups are much smaller than usual; with fewer than `_SOME`, a little smaller."""
_ABSENT = 2
_SIZE = 7


def configure(configuration: Configuration, _moved: timedelta) -> None:
    """Set in the demo's configuration when groups first meet."""
    first: date = configuration["gathering"]["starts"]
    configuration["groups"]["meeting"] = datetime.combine(first, _MEETING)


def fit(configuration: Configuration, people: int) -> None:
    """Lower the sizes of groups in the configuration if there are few people, so that nearly everyone has a group."""
    if people < _FEW:
        configuration["groups"] |= {"smallest": 3, "largest": 7, "target": 4}
    elif people < _SOME:
        configuration["groups"] |= {"smallest": 4}


# --- the days before


@dataclass(frozen=True, slots=True)
class PlayedGroup:
    """A group as it was stored when the rehearsal read it, and its members by participant id."""

    group: Group
    members: dict[int, Member]


async def form(play: Play) -> None:
    """Let the organiser form groups, apply the proposal and publish it; everyone is expected to get a card."""
    organiser = play.organiser
    await organiser.command("groupes")
    await organiser.act("gb")
    await play.servers.calm()
    await organiser.act("gc")
    await organiser.command("groupes")
    await organiser.act("gt")
    await organiser.act("gu")
    round_, formed = await as_formed(play)
    placed = {person: played for played in formed for person in played.members}
    for player in play.players:
        player.group = placed[player.id].group.id if player.id in placed else None
    for played in formed:
        play.expected.due(play.members(played.group.id), card(play, played, round_))
    without_group = [player for player in play.coming if player.label and player.group is None]
    play.expected.due(without_group, ExpectedMessage("that a group is being looked for", no_group_view(round_).lines))
    await play.servers.calm()
    await play.look()
    reader = Reader(play.settings.gathering.locales[0], play.settings.gathering.zone)
    for played in formed:
        name = plain(title(played.group, theme(play, played.group)), reader)
        if thread := play.servers.discord.thread(name, played.group.id, reader):
            play.threads.append(thread)
        elif any(player.told_in_channel for player in play.members(played.group.id)):
            play.differences.append(f"there is no thread «{name}»")
    sizes = sorted(len(played.members) for played in formed)
    play.report.tell(
        f"{len(formed)} groups of {sizes[0]} to {sizes[-1]} are formed, kept and published: everyone gets their card."
        + (f" {len(without_group)} hear that a group is being looked for." if without_group else "")
    )


async def as_formed(play: Play) -> tuple[Round, list[PlayedGroup]]:
    """Return the first round (the groups of one day) and its groups, as they are stored now."""

    async def read(tx: Transaction) -> tuple[Round, list[PlayedGroup]]:
        formed = [
            PlayedGroup(group, {member.id: member for member in await members_of(tx, group)})
            for group in await groups.groups_of_round(tx, 1)
        ]
        return (await rounds.all_rounds(tx))[0], formed

    return await play.servers.app.store.read(read)


async def come_late(play: Play) -> None:
    """Let one person open their invitation late, and check that the bot sends them the card of their group."""
    late = next((player for player in play.players if player.late), None)
    if late is None:
        return
    _round, formed = await as_formed(play)
    greeting = await late.enter()
    late.label = late.wants
    group = next((played.group for played in formed if late.id in played.members), None)
    if all(played.group.theme != late.label for played in formed):
        play.report.tell(f"{late.name} comes late; no group of «{late.label}» could be formed yet.")
        return
    if group is None:
        play.differences.append(f"{late.name} comes late, and no group was kept")
        return
    hello = _("Welcome, {name}!", name=Name(late.person.given_name))
    expected = ExpectedMessage("the card of who comes late", (hello, heading(play, group)))
    if late.platform != "discord":
        play.expected.due([late], expected)
    elif not expected.is_in(greeting, late.reader):  # there the answer to a command is no message of its own
        play.differences.append(f"{late.name} comes late, and is greeted with «{greeting}»")
    late.group = group.id
    play.report.tell(f"{late.name} comes late, and is greeted with the group that was kept.")


async def stay_away(play: Play) -> None:
    """Let one person say that they are not coming. Only the members of their group are expected to be notified."""
    awaited = {player.waits for player in play.coming if player.waits}
    leaver = next(p for p in play.coming if p.group and p.label not in awaited and not p.late and not p.facilitates)
    _round, formed = await as_formed(play)
    mine = next(played for played in formed if played.group.id == leaver.group)
    await leaver.driver.command("reglages")
    await leaver.driver.act("lv")
    await leaver.driver.act("lvy")
    if not leaver.driver.offers("go-revenir"):
        play.differences.append(f"{leaver.name} does not come, and is answered «{leaver.driver.text}»")
    leaver.comes = False
    line = _("{person} is no longer in your group.", person=introduce(mine.members[leaver.id]))
    play.expected.due(
        play.members(mine.group.id), ExpectedMessage(f"that {leaver.person.given_name} does not come", (line,))
    )
    await play.servers.calm()
    await play.look()
    play.report.tell(f"{leaver.name} cannot come: the others of the group are told.")


def card(play: Play, played: PlayedGroup, round_: Round) -> ExpectedMessage:
    """Return the message with the group's card that all members are expected to get when groups are published."""
    group = played.group
    glance, (following, *_others) = told_lines(group, theme(play, group), round_, played.members.values())
    first = Joined((glance, "\n", following))
    return ExpectedMessage(f"the card of {group.theme} {group.number}", (first,), kind="group: its card")


def _beginning(play: Play, group: Group) -> Span:
    """Return how a message with a group's card begins."""
    return Joined((short_title(group, theme(play, group)), " · "))


def heading(play: Play, group: Group) -> Span:
    """Return the first two lines of a group's card, by which the card is recognised among the messages.

    The title alone is not enough: «group 4» is also the beginning of «group 41».
    """
    return Joined((title(group, theme(play, group)), "\n", _("First meeting: {moment}", moment=GAP)))


def theme(play: Play, group: Group) -> Theme:
    """Return the theme of a group, as configured."""
    section = next(section for section in play.settings.all_of(ThemeSettings) if section.key == group.theme)
    return Theme(section.key, section.title, section.description or {}, section.capacity, 0)


# --- the first morning


async def repair(play: Play) -> None:
    """Let the organiser mark two members of one group absent, request a repair of the groups, and apply it."""
    organiser = play.organiser
    _round, before = await as_formed(play)
    await organiser.command("groupes")
    await organiser.act("gi")
    await organiser.act("gio")
    # Many groups fill several pages; the organiser stays on the first. Who chose which theme depends on who was first,
    # and a theme of few people could not lose two and still be split into groups: the largest can.
    shown = [played for played in before if organiser.offers(f"gib-{base36(played.group.id)}")]
    largest = max((played.group.theme for played in shown), key=lambda key: len(play.labelled(key)))
    in_largest = [played for played in shown if played.group.theme == largest]
    smallest = min(in_largest, key=lambda played: (len(played.members), played.group.id))
    absent = [player for player in play.members(smallest.group.id) if not player.late][:_ABSENT]
    await organiser.act(f"gib-{base36(smallest.group.id)}")
    for player in absent:
        for _tap in ("present", "absent"):
            await organiser.act(f"gif-{base36(player.id)}")
    await organiser.command("groupes")
    await organiser.act("gim")
    await play.servers.calm()
    await organiser.act("gc")
    _round, after = await as_formed(play)
    moved = _note(play, before, after, absent)
    await play.servers.calm()
    await play.look()
    play.report.tell(
        f"{len(absent)} do not show up. The groups are repaired: {moved} move to another, and those concerned read so."
    )


def _note(play: Play, before: list[PlayedGroup], after: list[PlayedGroup], absent: list[CastMember]) -> int:
    """Store the groups after a repair, and which messages are expected: cards, and lines for the other members.

    Returns how many people move to another group.
    """
    was = {person: played.group.id for played in before for person in played.members}
    now = {person: played for played in after for person in played.members}
    stay = {played.group.id: [p for p in play.members(played.group.id) if p not in absent] for played in after}
    moved = 0
    for player in [player for player in play.players if was.get(player.id) is not None]:
        here = now.get(player.id)
        if here is not None and here.group.id == was[player.id]:
            continue
        person = introduce(next(played for played in before if player.id in played.members).members[player.id])
        left = [member for member in stay.get(was[player.id], ()) if _stays(member, was, now)]
        if here is None:
            gone = _("{person} is no longer in your group.", person=person)
            play.expected.due(
                left,
                ExpectedMessage(
                    f"that {player.person.ref} is not in the group any more", (gone,), kind="group: who comes and goes"
                ),
            )
        else:
            moved += 1
            card = (_("You are now in another group."), _beginning(play, here.group))
            play.expected.due(
                [player] if player.comes else [],
                ExpectedMessage(
                    f"the card of who moves to {here.group.theme} {here.group.number}", card, kind="group: its card"
                ),
            )
            comes = _("{person} joins your group.", person=person)
            there = [member for member in play.members(here.group.id) if _stays(member, was, now)]
            play.expected.due(
                there, ExpectedMessage(f"that {player.person.ref} comes", (comes,), kind="group: who comes and goes")
            )
            goes = _("{person} is now in another group.", person=person)
            play.expected.due(
                left, ExpectedMessage(f"that {player.person.ref} goes", (goes,), kind="group: who comes and goes")
            )
    for player in play.players:
        player.group = now[player.id].group.id if player.id in now else None
    return moved


def _stays(player: CastMember, was: dict[int, int], now: dict[int, PlayedGroup]) -> bool:
    """Return whether a player is still in their former group."""
    return player.id in now and now[player.id].group.id == was.get(player.id)


# --- a prepared gathering


async def keep(prepared: Prepared) -> None:
    """Put everyone who has a theme but no group into new groups of the first day."""
    tx = prepared.tx
    people = await people_with_theme(tx, 1)
    numbers = dict(await groups.highest_group_numbers(tx, 1))
    for theme_key in sorted({person.theme for person in people}):
        waiting = [person.id for person in people if person.theme == theme_key and person.group_id is None]
        for start in range(0, len(waiting), _SIZE):
            numbers[theme_key] = numbers.get(theme_key, 0) + 1
            group = await groups.add_group(tx, 1, theme_key, numbers[theme_key])
            for person_id in waiting[start : start + _SIZE]:
                await put_in_group(tx, person_id, group)


async def publish(prepared: Prepared) -> None:
    """Publish the groups of the first day; first put everyone who still has no group into a group."""
    await keep(prepared)
    round_ = await rounds.find_round(prepared.tx, 1)
    assert round_ is not None, "a gathering has a first day"
    await publish_round(prepared.tx, round_, prepared.now)


REHEARSAL = Rehearsal(
    configure=configure,
    fit=fit,
    moves=(
        DemoMove(
            30,
            _("Form the groups and publish them"),
            _("As the organiser: «Groups», «Form groups», «Keep», «Publish». Everyone learns their group."),
            rounds.were_groups_published,
        ),
    ),
    stages=(
        Stage("groups published", -5, form, needs=("minds made up",), title="groups"),
        Stage("someone stays away", -5, stay_away, needs=("groups published",)),
        Stage("someone comes late", -5, come_late, needs=("groups published",)),
        Stage("groups repaired", 0, repair, at=time(9, 20), needs=("groups published",)),
    ),
    prepared=(
        Stage("groups kept", -5, keep),
        Stage("groups published", -3, publish),
        Stage("latecomers grouped", 0, publish, at=time(14)),
    ),
)
