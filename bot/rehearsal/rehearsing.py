"""The command `rencontres rehearse`: the program plays a whole gathering with invented people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import mean, median

from rich.console import Console

from bot.background.side_process import SideProcess
from bot.clock import ShiftedClock
from bot.config.settings import Settings, compose, load_sections
from bot.content.failures import failure_text
from bot.content.texts import Reader, _
from bot.rehearsal.cast import CastMember, cast
from bot.rehearsal.chat_driver import ChatDriver
from bot.rehearsal.contributions import Stage, in_order, rehearsals, wishes
from bot.rehearsal.demo import free_port
from bot.rehearsal.demo_gathering import demo_configuration
from bot.rehearsal.expected_messages import GAP, ExpectedMessage, ExpectedMessages, has_all, read_plainly
from bot.rehearsal.playing import Play
from bot.rehearsal.report import RehearsalReport
from bot.rehearsal.servers import FakeServers, open_servers
from handlers import CAPABILITIES

_ORGANISER = 900
_SHOWN = 50
"""How many differences the report lists; beyond that it only tells their number."""

_MOST_A_DAY = 12
"""How many messages a person may get on one day without having asked for them."""
_NEVER_HELD_BACK = ("safety", "help", "group")
"""The beginnings of kinds of messages that do not count towards `_MOST_A_DAY`."""

_FAILURES = (
    ExpectedMessage("something was not saved", (_("Not saved: our store does not answer. Try again in a minute."),)),
    ExpectedMessage("something failed", (failure_text(GAP),)),
)
"""The messages that tell a person that the program failed."""


async def rehearse(
    console: Console, folder: Path, *, people: int, seed: int, new_process: Callable[[], SideProcess] = SideProcess
) -> Play:
    """Play a gathering of invented people, compare the arrived messages with the expected ones, and print a summary.

    Returns the rehearsal after it was played, whose `found` lists everything that is wrong. The database, the exports,
    what everyone received, and the report are written into `folder`. `people` is the number of participants, and `seed`
    decides everything random. `new_process` creates the process in which jobs are done.
    """
    clock = ShiftedClock()
    settings = rehearsal_settings(folder, free_port(0), clock, people)
    stages = in_order([*_STAGES, *(stage for rehearsal in rehearsals().values() for stage in rehearsal.stages)])
    report = RehearsalReport(console, sum(bool(stage.title) for stage in stages))
    with report.told():
        async with open_servers(settings, clock, new_process) as servers:
            rng = Random(seed)  # noqa: S311 - nothing here is secret
            organiser = servers.on_telegram("Inès", "fr", _ORGANISER)
            play = Play(
                servers, report, ExpectedMessages(), rng, folder, _players(servers, people, seed), organiser, _expect
            )
            for stage in stages:
                if (instant := stage.begins(settings.gathering)) > clock.now():
                    await play.until(instant)
                if stage.title:
                    report.day(f"{settings.gathering.starts + timedelta(days=stage.day):%A %d %B}, {stage.title}")
                await stage.play(play)
            await play.reload()
        play.found = differences(play)
        _tell(play)
        _keep(play)
    return play


def rehearsal_settings(folder: Path, port: int, clock: ShiftedClock, people: int) -> Settings:
    """Return the demo's settings adapted to a rehearsal with `people` participants.

    The database is in `folder`, and the web server listens on `port`.
    """
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


def _players(servers: FakeServers, people: int, seed: int) -> list[CastMember]:
    settings = servers.settings
    players: list[CastMember] = []
    keys = wishes(settings)
    for person, platform in cast(people, seed, keys, settings.gathering.starts.year):
        locale = person.locale or settings.gathering.locales[0]
        match platform:
            case "telegram":
                driver: ChatDriver = servers.on_telegram(person.given_name, locale)
            case "web":
                driver = servers.on_page(locale)
            case "discord":
                driver = servers.on_discord(person.given_name)
            case "email":
                driver = servers.on_mail(locale, person.email)
        wants = person.theme or keys[len(players) % len(keys)]
        players.append(
            CastMember(
                person, platform, driver, Reader(locale, settings.gathering.zone), wants, settings.gathering.hours
            )
        )
    return players


async def _begin_day(play: Play) -> None:
    play.expected.begin_day(play.players)


async def _nothing(_play: Play) -> None:
    """Do nothing, for stages at which only the clock is moved."""


async def _tell_of_the_morning(play: Play) -> None:
    play.report.tell("What waited for the morning has come.")


_STAGES = (
    Stage("the eve", -1, _begin_day, at=time(0)),
    Stage("first day", 0, _begin_day, title="the first day"),
    Stage("first evening", 0, _nothing, at=time(23)),
    Stage("second day", 1, _begin_day, title="the second day"),
    Stage("second evening", 1, _nothing, at=time(23)),
    Stage("third day", 2, _begin_day, title="the third day"),
    Stage("third evening", 2, _nothing, at=time(23)),
    Stage("days after", 4, _nothing, title="what the night kept"),
    Stage("morning after", 4, _tell_of_the_morning, at=time(12)),
)
"""The stages of every rehearsal: the days begin and end."""
_DAYS = ("the eve", "first day", "second day", "third day")
"""The days on which messages are counted: each begins with the stage of its name, the last one goes on to the end."""
_COUNTED_DAYS = (*_DAYS, "all in one")
"""These days, and the second one if all phases and the plenary took place on it."""


def differences(play: Play) -> list[str]:
    """Return a line for each thing that is wrong at the end of a rehearsal, such as a missing message."""
    return [
        *play.differences,
        *play.expected.differences([*play.players, *play.facilitators]),
        *play.expected_in_threads.differences(play.threads),
        *_failures(play),
        *play.servers.pushes.differences(),
        *_too_many(play),
        *(line for rehearsal in rehearsals().values() if rehearsal.differences for line in rehearsal.differences(play)),
    ]


def _failures(play: Play) -> Iterator[str]:
    """Yield a line for each message in which the program told a person that it failed."""
    for player in (*play.players, *play.facilitators):
        failures = [(failure.what, failure.read_by(player.reader)) for failure in _FAILURES]
        for received in player.driver.received:
            first = read_plainly(received.first)
            yield from (f"{player.name}: {what}" for what, ways in failures if has_all(first, ways))


def _too_many(play: Play) -> Iterator[str]:
    """Yield a line for each person who got more messages on a day than anybody should.

    Counted is what rings: each message that the bot sends to the person by itself. An answer does not count, nor an
    edit, nor what the bot writes into a group's thread on Discord, where it mentions nobody and people look by
    themselves. What concerns safety, help, and one's own group, which is called on stage, is never held back, and does
    not count either.
    """
    for player in play.coming:
        for day, kinds in zip(_COUNTED_DAYS, _kinds_by_day(play, player), strict=True):
            count = sum(number for kind, number in kinds.items() if not kind.startswith(_NEVER_HELD_BACK))
            if count > _MOST_A_DAY:
                yield f"{player.name}: {count} messages that nobody asked for on the {day}, of {_MOST_A_DAY} at most"


def _tell(play: Play) -> None:
    report = play.report
    report.day("What was due and what came")
    people, threads = len(play.players), len(play.threads)
    report.tell(
        f"{play.expected.count} messages were due to {people} people,"
        f" {play.expected_in_threads.count} to {threads} threads."
    )
    report.tell(f"{play.servers.pushes.count} notifications rang on {play.servers.pushes.devices} devices.")
    for rehearsal in rehearsals().values():
        for sentence in rehearsal.summary(play) if rehearsal.summary else ():
            report.tell(sentence)
    _tell_kinds(play)
    if not play.found:
        report.tell("Every message came exactly once, and nothing else came. Every idea is in the export, once.")
    for line in play.found[:_SHOWN]:
        report.tell(line)
    if (more := len(play.found) - _SHOWN) > 0:
        report.tell(f"and {more} more differences.")
    report.tell(f"{report.seconds:.1f} s of real time, {play.servers.restarts} restarts.")


def _tell_kinds(play: Play) -> None:
    """Report how many messages a person got on each day that they did not ask for, by kind."""
    people = [_kinds_by_day(play, player) for player in play.coming]
    play.report.tell("Messages that nobody asked for, a person, on average and at most (median in the last line):")
    play.report.tell("".join(f"{day:>12}" for day in _COUNTED_DAYS))
    kinds = sorted({kind for days in people for counts in days for kind in counts})
    for kind in kinds:
        found = [[days[day][kind] for days in people] for day in range(len(_COUNTED_DAYS))]
        play.report.tell("".join(f"{mean(counts):9.2f} {max(counts):2}" for counts in found) + f"  {kind}")
    totals = [[days[day].total() for days in people] for day in range(len(_COUNTED_DAYS))]
    play.report.tell("".join(f"{median(counts):9.1f} {max(counts):2}" for counts in totals) + "  in all")


def _kinds_by_day(play: Play, player: CastMember) -> Sequence[Counter[str]]:
    """Return how many messages came to a person on each of `_COUNTED_DAYS`, by kind."""
    days = play.expected.kinds_by_day(player)
    moved = tuple(kind for rehearsal in rehearsals().values() for kind in rehearsal.of_a_full_day)
    _eve, first, second, third = days
    others = first + third
    return [*days, second + Counter({kind: others[kind] for kind in others if kind.startswith(moved)})]


def _keep(play: Play) -> None:
    """Write what each person received, and the report, to files."""
    received = play.folder / "received"
    received.mkdir()
    for player in play.players:
        texts = "\n\n".join(message.text for message in player.driver.received)
        (received / f"{player.person.ref} {player.platform}.txt").write_text(f"{player.name}\n\n{texts}\n", "utf-8")
    (play.folder / "account.txt").write_text("\n".join(play.report.lines).lstrip() + "\n", "utf-8")
