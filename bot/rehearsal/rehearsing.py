"""`rencontres rehearse`: a whole gathering, from the invitations to the exports, played by people who do not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from rich.console import Console

from bot.background.side_process import SideProcess
from bot.clock import ShiftedClock
from bot.config.settings import Settings, compose, load_sections
from bot.content.failures import failure_text
from bot.content.texts import Reader, _
from bot.rehearsal.account import Account
from bot.rehearsal.books import GAP, Books, Mark
from bot.rehearsal.company import Player, cast
from bot.rehearsal.contributions import Stage, in_order, rehearsals, wishes
from bot.rehearsal.demo import free_port
from bot.rehearsal.hands import Hand
from bot.rehearsal.playing import Play
from bot.rehearsal.servers import Town, open_town
from bot.rehearsal.town import demo_configuration
from handlers import CAPABILITIES

_ORGANISER = 900
_SHOWN = 50
"""Differences told; their number is told in any case."""

_FAILURES = (
    Mark("something was not saved", (_("Not saved: our store does not answer. Try again in a minute."),)),
    Mark("something failed", (failure_text(GAP),)),
)
"""What is told to who did something that the house did not manage."""


async def rehearse(
    console: Console, folder: Path, *, people: int, seed: int, new_process: Callable[[], SideProcess] = SideProcess
) -> Play:
    """Play it, and check the books: what is not as it should be is in its `found`.

    `folder` gets the database, the exports, what everyone received, and the account. `new_process` makes what jobs are
    done in.
    """
    clock = ShiftedClock()
    settings = rehearsal_settings(folder, free_port(0), clock, people)
    stages = in_order([*_STAGES, *(stage for each in rehearsals().values() for stage in each.stages)])
    account = Account(console, sum(bool(stage.title) for stage in stages))
    with account.told():
        async with open_town(settings, clock, new_process) as town:
            rng = Random(seed)  # noqa: S311 - nothing here is secret
            organiser = town.on_telegram("Inès", "fr", _ORGANISER)
            play = Play(town, account, Books(), rng, folder, _players(town, people, seed), organiser, _expect)
            for stage in stages:
                if (instant := play.at(stage.day, stage.hour)) > clock.now():
                    await play.until(instant)
                if stage.title:
                    account.day(f"{settings.gathering.starts + timedelta(days=stage.day):%A %d %B}, {stage.title}")
                await stage.play(play)
            await play.reload()
        play.found = differences(play)
        _tell(play)
        _keep(play)
    return play


def rehearsal_settings(folder: Path, port: int, clock: ShiftedClock, people: int) -> Settings:
    """The demo's gathering, fit for so many people."""
    values = demo_configuration(folder, port, clock.now())
    for rehearsal in rehearsals().values():
        if rehearsal.fit:
            rehearsal.fit(values, people)
    values["organisers"]["telegram"] = [_ORGANISER]
    return compose(load_sections(CAPABILITIES)).model_validate(values)


def _expect(play: Play, after: datetime, until: datetime) -> None:
    for rehearsal in rehearsals().values():
        if rehearsal.expect:
            rehearsal.expect(play, after, until)


def _players(town: Town, people: int, seed: int) -> list[Player]:
    settings = town.settings
    players: list[Player] = []
    keys = wishes(settings)
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


async def _begin_counting(play: Play) -> None:
    play.books.begin_counting(play.players)
    play.places.begin_counting(play.threads)


async def _nothing(_play: Play) -> None:
    """The day itself is what happens: time has come there."""


async def _tell_of_the_morning(play: Play) -> None:
    play.account.tell("What waited for the morning has come.")


_STAGES = (
    Stage("counting begins", -1, _begin_counting, at=time(0)),
    Stage("first day", 0, _nothing, title="the first day"),
    Stage("first evening", 0, _nothing, at=time(23)),
    Stage("second day", 1, _nothing, title="the second day"),
    Stage("second evening", 1, _nothing, at=time(23)),
    Stage("third day", 2, _nothing, title="the third day"),
    Stage("third evening", 2, _nothing, at=time(23)),
    Stage("days after", 4, _nothing, title="what the night kept"),
    Stage("morning after", 4, _tell_of_the_morning, at=time(12)),
)
"""What happens whatever the gathering does: its days begin and end."""


def differences(play: Play) -> list[str]:
    """What is not as it should be, a line each."""
    return [
        *play.differences,
        *play.books.differences([*play.players, *play.facilitators]),
        *play.places.differences(play.threads),
        *_failures(play),
        *(line for rehearsal in rehearsals().values() if rehearsal.differences for line in rehearsal.differences(play)),
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
    people, threads = len(play.players), len(play.threads)
    account.tell(f"{play.books.count} messages were due to {people} people, {play.places.count} to {threads} threads.")
    for rehearsal in rehearsals().values():
        for sentence in rehearsal.summary(play) if rehearsal.summary else ():
            account.tell(sentence)
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
    if player.told_in_channel:
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
