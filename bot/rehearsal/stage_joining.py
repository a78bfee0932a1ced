"""Weeks before: the list, the invitations, everyone coming in and choosing a theme."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.content.forms import Upload
from bot.content.texts import Localised, Strong, _
from bot.files.sheets import read_rows, write_csv
from bot.membership.inviting import HEADINGS
from bot.rehearsal.books import GAP, Mark
from bot.rehearsal.company import Player, everyone
from bot.rehearsal.playing import Play
from handlers.registration import roster_store

_STAY_AWAY = 0.04
"""Who never opens their invitation."""
_MOST_ROWS = 10_000
_UNDECIDED = 0.08
_SECOND = 0.3
_HEADINGS = (
    "ref", "given name", "family name", "email", "country", "gender", "birth year", "organisation", "language", "theme"
)  # fmt: skip

NO_THEME = Mark("the theme deadline", (_("You have no theme yet. Choose one until {deadline}.", deadline=GAP),))
"""The reminder for who has no theme."""


async def invite(play: Play) -> None:
    """The organiser sends the list, and gets everyone's ways in. One of those who come late has a theme there."""
    play.rng.choice(play.players).late = True
    organiser = play.organiser
    await organiser.command("organiser")
    await organiser.act("om")
    await organiser.fill(Upload("liste.csv", write_csv([_row(each) for each in play.players], _HEADINGS)))
    await play.town.calm()
    await organiser.act("omy")
    await organiser.command("organiser")
    await organiser.act("oi")
    await organiser.act("oip")
    assert organiser.file, f"no invitations: {organiser.text}"
    _headings, *rows = [row.cells for row in read_rows(organiser.file.content, _MOST_ROWS)]
    ways = {str(row[0]): dict(zip(HEADINGS, map(str, row), strict=False)) for row in rows}  # whatever they are called
    known = await play.town.house.store.read(roster_store.everyone)
    for player in play.players:
        player.ways_in, player.id = ways[player.person.ref], known[player.person.ref].id
    play.account.tell(f"Inès, an organiser on Telegram, sends the list: {len(ways)} people have their invitations.")


def _row(player: Player) -> tuple[str | None, ...]:
    person = player.person
    return (
        person.ref,
        person.given_name,
        person.family_name,
        person.email,
        person.territory,
        str(person.gender) if person.gender else "",
        str(person.birth_year),
        person.organisation,
        person.locale,
        player.wants if player.late else "",
    )


async def come_in(play: Play) -> None:
    """Nearly everyone opens their invitation."""
    absent = play.some([each for each in play.players if not each.late], _STAY_AWAY)
    await everyone([each for each in play.players if each not in absent and not each.late], enter)
    counts = {name: sum(each.platform == name for each in play.coming) for name in ("telegram", "web", "discord")}
    play.account.tell(
        f"{len(play.coming)} come in: {counts['telegram']} on Telegram, {counts['web']} on their page,"
        f" {counts['discord']} on Discord. Invitations left unopened: {len(absent)}; one will be late."
    )


async def enter(player: Player) -> str:
    """Come in by the way of one's platform; how one is greeted."""
    match player.platform:
        case "web":
            await player.hand.follow(player.ways_in["page"])
        case "telegram":
            await player.hand.follow(player.ways_in["telegram"].partition("start=")[2])
        case "discord":
            await player.hand.follow("j-" + player.ways_in["code"])
    greeting = player.hand.text
    if player.platform == "discord":
        await player.hand.command("moi")
        await player.hand.act("sp")
    player.comes = True
    return greeting


async def choose_themes(play: Play) -> None:
    """Most choose; where a theme is full they wait for it, and some name a second choice."""
    undecided = play.some(play.coming, _UNDECIDED)
    choosing = [player for player in play.coming if player not in undecided]
    second = play.some(choosing, _SECOND)
    keys = [theme.key for theme in play.settings.themes]

    async def choose(player: Player) -> None:
        await take(player, player.wants)
        if player in second and player.theme and player.hand.offers("to"):
            await player.hand.act("to")
            await player.hand.choose(next(key for key in keys if key != player.theme))

    await everyone(choosing, choose)
    full = {theme: [each for each in play.coming if each.waits == theme] for theme in keys}
    play.account.tell(
        ", ".join(f"{len(play.of_theme(key))} choose «{key}»" for key in keys)
        + f"; {len(second)} name a second choice, {len(undecided)} do not choose yet."
    )
    for theme, waiting in full.items():
        if waiting:
            play.account.tell(f"«{theme}» is full: {len(waiting)} wait for a place.")


async def take(player: Player, theme: str) -> None:
    """Take a place in a theme, or wait for one where there is none."""
    hand = player.hand
    await hand.command("theme")
    await hand.choose(theme)
    if hand.offers(f"tt-{theme}"):
        await hand.act(f"tt-{theme}")
    if hand.offers(f"tw-{theme}"):  # it was full, or has just filled up
        await hand.act(f"tw-{theme}")
        # What they were told decides, not what they pressed: the last place may have been another's.
        player.waits, player.line = theme, int(next(iter(re.findall(r"\d+", hand.text))))
    else:
        player.theme = theme
        if player.waits == theme:  # who takes another theme meanwhile keeps their place in the line
            player.waits = None


async def give_places_up(play: Play) -> None:
    """A few change from the full theme to another: whoever waited longest gets the place, and is told."""
    waiting = sorted((player for player in play.coming if player.waits), key=lambda player: player.line)
    if not waiting:
        play.account.tell("Every theme has room: nobody waits for a place.")
        return
    full = waiting[0].waits
    assert full
    title = next(theme.title for theme in play.settings.themes if theme.key == full)
    other = next(theme.key for theme in play.settings.themes if theme.key != full)
    leaving = play.some(play.of_theme(full), 0, at_least=min(3, len(waiting)))
    lucky = waiting[: len(leaving)]
    opened = _("A place opened up: your theme is now {theme}.", theme=Strong(Localised(title)))
    play.books.due(lucky, Mark(f"a place in «{full}»", (opened,)))
    for player in leaving:
        await take(player, other)
    for player in lucky:
        player.theme, player.waits = full, None
    await play.town.calm()
    play.account.tell(
        f"{len(leaving)} change from «{full}» to «{other}»: who waited longest gets the place, and is told."
    )


async def make_up_minds(play: Play) -> None:
    """The deadline comes near: who has no theme is reminded twice, and most choose between."""
    deadline = play.settings.gathering.deadline
    assert deadline
    first, second = (lead.before(deadline, play.settings.gathering.zone) for lead in play.settings.reminders.themes)

    async def take_last(player: Player) -> None:
        await take(player, play.settings.themes[-1].key)

    for instant in (first, second):
        undecided = [player for player in play.coming if player.theme is None]
        play.books.due(undecided, NO_THEME)
        await play.until(instant + timedelta(minutes=1))
        deciding = play.some(undecided, 0.5)
        await everyone(deciding, take_last)
        play.account.tell(f"Reminded, as they have no theme: {len(undecided)}. Themes chosen since: {len(deciding)}.")
    await play.until(deadline + timedelta(minutes=1))
    late = [player for player in play.coming if player.theme is None]
    if late:
        await late[0].hand.command("theme")
        if late[0].hand.offers("tt"):
            play.differences.append(f"{late[0].name} could still choose after the deadline")
