"""`rencontres rehearse`: a whole gathering, from the invitations to the exports, played by people who do not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from rich.console import Console

from bot.background.side_process import SideProcess
from bot.clock import ShiftedClock
from bot.config.settings import Settings
from bot.content.texts import Reader, _
from bot.rehearsal import (
    stage_announcing,
    stage_exporting,
    stage_groups,
    stage_joining,
    stage_phases,
    stage_repairing,
    stage_workshops,
)
from bot.rehearsal.account import Account
from bot.rehearsal.books import GAP, Books, Mark
from bot.rehearsal.company import Player, cast
from bot.rehearsal.demo import free_port
from bot.rehearsal.hands import Hand
from bot.rehearsal.playing import Play
from bot.rehearsal.servers import Town, open_town
from bot.rehearsal.town import demo_settings
from handlers.groups.settings import GroupSettings
from handlers.themes.settings import ThemeSettings

_ORGANISER = 900
_FEW, _SOME = 30, 60
"""Fewer people than this make two themes, and smaller groups; fewer than that, somewhat smaller ones."""

_SHOWN = 50
"""Differences told; their number is told in any case."""

_FAILURES = (
    Mark("something was not saved", (_("Not saved: our store does not answer. Try again in a minute."),)),
    Mark(
        "something failed",
        (
            _(
                "Something went wrong on our side, nothing was changed."
                " Try again, or give the team this number: {reference}.",
                reference=GAP,
            ),
        ),
    ),
)
"""What is told to who did something that the house did not manage."""

Part = Callable[[Play], Awaitable[None]]


async def rehearse(
    console: Console, folder: Path, *, people: int, seed: int, new_process: Callable[[], SideProcess] = SideProcess
) -> Play:
    """Play it, and check the books: what is not as it should be is in its `found`.

    `folder` gets the database, the exports, what everyone received, and the account. `new_process` makes what jobs are
    done in.
    """
    clock = ShiftedClock()
    settings = rehearsal_settings(folder, free_port(0), clock, people)
    account = Account(console, len(PLAN))
    with account.told():
        async with open_town(settings, clock, new_process) as town:
            rng = Random(seed)  # noqa: S311 - nothing here is secret
            organiser = town.on_telegram("Inès", "fr", _ORGANISER)
            play = Play(town, account, Books(), rng, folder, _players(town, people, seed), organiser)
            for day, title, parts in PLAN:
                await play.until(play.at(day, 10 if day < 0 else 8))
                account.day(f"{settings.gathering.starts + timedelta(days=day):%A %d %B}, {title}")
                for part in parts:
                    await part(play)
            await play.reload()
        play.found = differences(play)
        _tell(play)
        _keep(play)
    return play


def rehearsal_settings(folder: Path, port: int, clock: ShiftedClock, people: int) -> Settings:
    """The demo's gathering, for so many people: with few places in one theme."""
    settings = demo_settings(folder, port, clock.now())
    few = people < _FEW
    themes = settings.all_of(ThemeSettings)[: 2 if few else None]
    full = themes[0].model_copy(update={"capacity": max(4, people * 3 // 10)})
    # So that hardly any number of people in a theme leaves some without a group.
    sizes = {"smallest": 3, "largest": 7, "target": 4} if few else {"smallest": 4} if people < _SOME else {}
    return settings.model_copy(
        update={
            "themes": (full, *themes[1:]),
            "groups": settings.of(GroupSettings).model_copy(update=sizes),
            "organisers": settings.organisers.model_copy(update={"telegram": (_ORGANISER,)}),
        }
    )


def _players(town: Town, people: int, seed: int) -> list[Player]:
    settings = town.settings
    players: list[Player] = []
    keys = [theme.key for theme in settings.all_of(ThemeSettings)]
    for person, platform in cast(people, seed, keys, settings.gathering.starts.year):
        locale = person.locale or settings.gathering.locales[0]
        match platform:
            case "telegram":
                hand: Hand = town.on_telegram(person.given_name, locale)
            case "web":
                hand = town.on_page(locale)
            case "discord":
                hand = town.on_discord(person.given_name)
        wants = person.theme or keys[len(players) % len(keys)]
        players.append(
            Player(person, platform, hand, Reader(locale, settings.gathering.zone), wants, settings.gathering.hours)
        )
    return players


def _at(days: int, hour: int, minute: int = 0) -> Part:
    async def come(play: Play) -> None:
        await play.until(play.at(days, hour, minute))

    return come


async def _begin_counting(play: Play) -> None:
    await play.until(play.at(-1, 0))
    play.books.begin_counting(play.players)
    play.places.begin_counting(play.threads)


async def _morning(play: Play) -> None:
    play.account.tell("What waited for the morning has come.")


PLAN: Sequence[tuple[int, str, Sequence[Part]]] = (
    (-27, "four weeks before", (stage_joining.invite, stage_joining.come_in, stage_joining.choose_themes)),
    (-25, "places are given up", (stage_joining.give_places_up,)),
    (-10, "the deadline for themes comes near", (stage_joining.make_up_minds,)),
    (-5, "groups", (stage_groups.form, stage_groups.stay_away, stage_groups.come_late)),
    (-4, "facilitators", (stage_phases.invite_facilitators,)),
    (-3, "announcements", (stage_announcing.to_everyone, stage_announcing.ask)),
    (-2, "more of them", (stage_announcing.with_picture, stage_announcing.by_theme, _begin_counting)),
    (
        0,
        "the first day",
        (
            _at(0, 9, 20),
            stage_repairing.repair,
            _at(0, 14, 5),
            stage_workshops.understand,
            _at(0, 15),
            stage_workshops.formulate,
            stage_announcing.corrected,
            _at(0, 23),
        ),
    ),
    (
        1,
        "the second day",
        (_at(1, 9, 35), stage_workshops.imagine, _at(1, 10, 50), stage_workshops.carry_home, _at(1, 23)),
    ),
    (2, "the third day", (stage_exporting.export, stage_exporting.take_away, _at(2, 23))),
    (4, "what the night kept", (_at(4, 12), _morning)),
)
"""What happens on which day of the gathering (0 is the first; each begins at 10:00, of the gathering at 8:00)."""


def differences(play: Play) -> list[str]:
    """What is not as it should be, a line each."""
    return [
        *play.differences,
        *play.books.differences([*play.players, *play.facilitators]),
        *play.places.differences(play.threads),
        *_failures(play),
        *stage_exporting.differences(play),
    ]


def _failures(play: Play) -> Iterator[str]:
    """A line for whatever the house could not do, though it was asked well: who asked was told."""
    for player in (*play.players, *play.facilitators):
        for received in player.hand.received:
            for failure in _FAILURES:
                if failure.is_in(received.first, player.reader):
                    yield f"{player.name}: {failure.what}"


def _tell(play: Play) -> None:
    account = play.account
    account.day("The books")
    people, threads, standing = len(play.players), len(play.threads), sum(idea.stands for idea in play.ideas)
    account.tell(f"{play.books.count} messages were due to {people} people, {play.places.count} to {threads} threads.")
    account.tell(f"{standing} ideas stand, of {len(play.ideas)} that were given.")
    _tell_kinds(play)
    if not play.found:
        account.tell("Every message came exactly once, and nothing else came. Every idea is in the export, once.")
    for line in play.found[:_SHOWN]:
        account.tell(line)
    if (more := len(play.found) - _SHOWN) > 0:
        account.tell(f"and {more} more differences.")
    account.tell(f"{account.seconds:.1f} s of real time, {play.town.restarts} restarts.")


def _tell_kinds(play: Play) -> None:
    """How many messages a person got from the eve on, by kind; on Discord those of their group's thread count."""
    counts = [_kinds(play, player) for player in play.coming]
    total = [Counter({"in all": count.total()}) for count in counts]
    play.account.tell("From the eve on, a person got, on average and at most:")
    for rows in (counts, total):
        for kind in sorted({kind for row in rows for kind in row}):
            found = [row[kind] for row in rows]
            play.account.tell(f"{sum(found) / len(found):6.2f} {max(found):4}  {kind}")


def _kinds(play: Play, player: Player) -> Counter[str]:
    count = play.books.kinds(player)
    if player.platform == "discord":
        for thread in play.threads:
            if thread.group == player.group:
                count += play.places.kinds(thread)
    return count


def _keep(play: Play) -> None:
    """What each person received, and the account, as files."""
    received = play.folder / "received"
    received.mkdir()
    for player in play.players:
        texts = "\n\n".join(each.text for each in player.hand.received)
        (received / f"{player.person.ref} {player.platform}.txt").write_text(f"{player.name}\n\n{texts}\n", "utf-8")
    (play.folder / "account.txt").write_text("\n".join(play.account.lines).lstrip() + "\n", "utf-8")
