"""The parts of the rehearsal (a gathering played by the program) about workshops.

Facilitators join, four phases begin and end, and groups call for help.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import time, timedelta
from functools import partial
from itertools import pairwise

from bot.content.texts import Localised, Name, Reader, Span, Strong, _
from bot.database.engine import Transaction
from bot.people.listed import RosterPerson
from bot.rehearsal.cast import CastMember
from bot.rehearsal.chat_driver import ChatDriver
from bot.rehearsal.contributions import DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.people import Platform
from bot.rehearsal.playing import Play
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import members_of
from handlers.themes.model import Theme
from handlers.themes.settings import ThemeSettings
from handlers.themes.store import find_theme
from handlers.workshops.service.calls import call_for_help as place_call
from handlers.workshops.service.phases import end_phase, reveal_ideas, start_phase
from handlers.workshops.settings import PhaseSettings, WorkshopSettings, find_phase
from handlers.workshops.store import due, phases, runs, silence

_A_MOMENT = timedelta(seconds=5)
_MORE = timedelta(minutes=5)
_ENOUGH = timedelta(minutes=10)
"""How much time a group needs to read, to vote and to build on ideas."""


async def invite_facilitators(play: Play) -> None:
    """Let the organiser add three facilitators, who join on three platforms.

    One of them runs the workshops of all groups, each of the other two the workshops of one theme.
    """
    themes = [theme.key for theme in play.settings.all_of(ThemeSettings)]
    servers = play.servers
    invited: Sequence[tuple[str, Platform, ChatDriver, str]] = (
        ("Amina", "telegram", servers.on_telegram("Amina", "fr"), "all"),
        ("Bruno", "web", servers.on_page("fr"), f"theme_{themes[0]}"),
        ("Chloé", "discord", servers.on_discord("Chloé"), f"theme_{themes[-1]}"),
    )
    for name, platform, driver, audience in invited:
        organiser = play.organiser
        await organiser.command("organiser")
        for step in ("ho-workshops", "ow", "owi"):  # the section of the organisers' screen, who runs them, one more
            await organiser.act(step)
        await organiser.fill(name, "Durand")
        await organiser.choose(audience)
        for step in ("op", "oin", "oiy"):  # the person's card, a new invitation, yes
            await organiser.act(step)
        invitation = organiser.text
        reader = Reader("en" if platform == "discord" else "fr", play.settings.gathering.zone)  # simcord speaks English
        player = CastMember(
            RosterPerson(f"F-{name}", name, "Durand"),
            platform,
            driver,
            reader,
            audience,
            play.settings.gathering.hours,
            facilitates=True,
        )
        match platform:
            case "telegram":
                await driver.follow(_first_match(r"start=(j-\S+)", invitation))
            case "web":
                await driver.follow(_first_match(r"(\S+/p/\S+)", invitation))
            case _:
                await driver.follow("j-" + _first_match(r"\b(\w{4}-\w{4}-\w{4})\b", invitation))
                await driver.command("moi")
                await driver.act("sp")
        player.comes = True
        play.facilitators.append(player)
    await servers.calm()
    play.report.tell("Amina, Bruno and Chloé, who run the workshops, come in by the ways the organiser gave them.")


def _first_match(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in «{text}»"
    return match[1]


def _title(phase: PhaseSettings) -> Span:
    return Strong(Localised(phase.title))


def _heading(phase: PhaseSettings) -> Span:
    return _("{phase}: ends {end}", phase=_title(phase), end=GAP)


def _over(phase: PhaseSettings) -> Span:
    return _("{phase} is finished. Thank you!", phase=_title(phase))


async def begin(play: Play, key: str, by: Sequence[int]) -> None:
    """Let facilitators start the phase with this key for their groups.

    `by` are the positions of the facilitators in `play.facilitators`.
    """
    phase, starting = find_phase(play.settings, key), [play.facilitators[position] for position in by]
    for facilitator in starting:
        await facilitator.driver.command("animer")
        if facilitator.driver.offers(f"wrr-{key}"):
            await facilitator.driver.act(f"wrr-{key}")
            await facilitator.driver.act("wrs")
    began = play.servers.clock.now()
    names = ", ".join(facilitator.person.given_name for facilitator in starting)
    play.report.tell(f"«{key}» begins, for {phase.minutes} minutes; started by {names}.")
    instruction = Localised(phase.instruction)
    as_ended = (_over(phase),)  # a thread is read at the end only
    begins = ExpectedMessage(f"that {key} begins", (_heading(phase), instruction), as_ended, kind="phase: begins")
    for group in _groups(play):
        play.tell_group(group, begins)
    play.ends = began + timedelta(minutes=phase.minutes)
    await play.until(began + _A_MOMENT)


async def end(play: Play, key: str) -> None:
    """Wait until the phase with this key ends.

    People who have given nothing are expected to be warned before the end, unless ideas are revealed by then.
    """
    phase = find_phase(play.settings, key)
    unsaid = _("Is there something you have not said yet?")
    ended = _("{phase} is finished.", phase=_title(phase))  # read when the phase is over
    soon = ExpectedMessage(f"that {key} ends soon", (_heading(phase), unsaid), (ended, unsaid), kind="phase: ends soon")
    await play.until(play.ends - timedelta(minutes=play.settings.of(WorkshopSettings).warning) - _A_MOMENT)
    before_end = timedelta(minutes=phase.minutes - play.settings.of(WorkshopSettings).warning)
    for group in _groups(play):
        members = [player.id for player in play.members(group)]
        behind = partial(_behind, group_id=group, members=members, after=before_end)
        silent = await play.servers.app.store.read(behind)
        play.expected.due([player for player in play.members(group) if player.id in silent], soon)
    await play.until(play.ends + _A_MOMENT)


async def _behind(tx: Transaction, group_id: int, members: Collection[int], after: timedelta) -> Collection[int]:
    """Return the ids of the members of a group who have not spoken in its phase; none if ideas can be read.

    Those who were warned already, `after` the phase began, are returned instead.
    """
    run = await runs.open_run_of(tx, group_id)
    if run is None:
        return ()
    if await due.was_warned(tx, run.id):  # before the phase was made longer, when none of its ideas could be read
        return await silence.nudged_lately(tx, members, run.started_at + after)
    return () if run.revealed else await silence.silent_members(tx, run.id)


def _groups(play: Play) -> list[int]:
    """Return the ids of the groups of all people who come, sorted."""
    return sorted({player.group for player in play.coming if player.group})


async def leave_time(play: Play, key: str) -> None:
    """Let a facilitator extend the phase with this key until enough time is left to vote."""
    while play.ends - play.servers.clock.now() < _ENOUGH:
        await _extend(play, find_phase(play.settings, key), play.facilitators[0])


async def reveal(play: Play, key: str) -> None:
    """Let a facilitator reveal the ideas of the phase with this key: its card becomes the vote."""
    phase, by = find_phase(play.settings, key), play.facilitators[0]
    await by.driver.command("animer")
    await by.driver.act(f"wrm-{phase.key}")
    await by.driver.act("wrx-r")
    await play.until(play.servers.clock.now() + _A_MOMENT)
    play.report.tell(f"{by.person.given_name} reveals the ideas of «{phase.key}»: everyone is led to the vote.")


async def _extend(play: Play, phase: PhaseSettings, by: CastMember) -> None:
    """Let a facilitator extend a phase by five minutes."""
    await by.driver.command("animer")
    await by.driver.act(f"wrm-{phase.key}")
    await by.driver.act("wrx-m")
    play.ends += _MORE
    await play.until(play.servers.clock.now() + _A_MOMENT)
    play.report.tell(f"{by.person.given_name} gives «{phase.key}» five minutes more.")


async def call_for_help(play: Play) -> None:
    """Let two groups call for help: Amina goes to one; nobody answers the other, so its call goes to the organiser."""

    async def groups_with_theme(tx: Transaction) -> Sequence[tuple[Group, Theme]]:
        return [
            (group, theme)
            for group in await groups_of_round(tx, 1)
            if (theme := await find_theme(tx, group.theme)) is not None
        ]

    groups = await play.servers.app.store.read(groups_with_theme)
    for (group, theme), answers in ((groups[0], play.facilitators[0].driver), (groups[-1], play.organiser)):
        caller = play.members(group.id)[0]
        await caller.driver.look()
        await caller.driver.command("alaide")
        call = _("{group} is calling for help.", group=title(group, theme))
        called = [
            facilitator for facilitator in play.facilitators if facilitator.wants in ("all", f"theme_{group.theme}")
        ]
        play.expected.due(called, ExpectedMessage(f"that {group.theme} {group.number} calls", (call,), kind="help"))
        helped_by = "Amina"
        if answers is play.organiser:
            helped_by = "Inès"
            help_waits = timedelta(minutes=play.settings.of(WorkshopSettings).help_waits)
            await play.until(play.servers.clock.now() + help_waits + timedelta(seconds=5))
        else:
            await play.servers.calm()
        await answers.look()
        await answers.act("wkt")
        play.tell_group(
            group.id,
            ExpectedMessage(f"that {helped_by} comes", (_("{name} is coming.", name=Name(helped_by)),), kind="help"),
        )
        await play.servers.calm()
        await answers.act("wkc")
    play.report.tell(
        "Two groups call for help: Amina goes to one; nobody answers the other for three minutes, then Inès does."
    )


def _stages() -> Iterator[Stage[Play]]:
    """Yield the stages about facilitators and about the four phases: each begins, most are revealed, and each ends.

    Ideas, votes and syntheses are stages of other capabilities.
    """
    yield Stage("facilitators in", -4, invite_facilitators, needs=("groups published",), title="facilitators")
    amina, bruno, chloe = range(3)
    for key, day, hour, by, before_reveal, last in (
        ("stakes", 0, time(14, 5), (amina,), "sheets photographed", "help called"),
        ("challenge", 0, time(15), (bruno, chloe, amina), "time left", "challenge voted"),
        ("solutions", 1, time(9, 35), (amina,), "idea hidden", "solutions voted"),
        ("territories", 1, time(10, 50), (amina,), "", "territories said"),
    ):
        yield Stage(f"{key} begun", day, partial(begin, key=key, by=by), at=hour, needs=("facilitators in",))
        if before_reveal:
            yield Stage(f"{key} revealed", day, partial(reveal, key=key), at=hour, needs=(before_reveal,))
        yield Stage(f"{key} over", day, partial(end, key=key), at=hour, needs=(last,))
    yield Stage("help called", 0, call_for_help, at=time(14, 5), needs=("stakes voted",))
    yield Stage("time left", 0, partial(leave_time, key="challenge"), at=time(15), needs=("app was down",))


# --- a prepared gathering


async def start_for_all(prepared: Prepared, number: int) -> None:
    """Start a phase for all groups of the first day, and let each group call for help.

    `number` is the position of the phase, from 0.
    """
    tx, settings, now = prepared.tx, prepared.settings, prepared.now
    groups = await groups_of_round(tx, 1)
    phase = (await phases.all_phases(tx))[number]
    await start_phase(tx, settings, phase, [group.id for group in groups], now, None)
    for group in groups:
        if members := await members_of(tx, group):
            await place_call(tx, settings, group, members[0].id, now)


async def reveal_for_all(prepared: Prepared) -> None:
    """Reveal the ideas of the phase that each group is in."""
    for group in await groups_of_round(prepared.tx, 1):
        if run := await runs.open_run_of(prepared.tx, group.id):
            await reveal_ideas(prepared.tx, prepared.settings, run, prepared.now)


async def end_all(prepared: Prepared) -> None:
    """End the phase that each group is in."""
    for group in await groups_of_round(prepared.tx, 1):
        if run := await runs.open_run_of(prepared.tx, group.id):
            await end_phase(prepared.tx, run, prepared.now)


def _prepared_stages() -> Iterator[Stage[Prepared]]:
    """Yield the stages of the four phases: each ends when the next one begins. Only the first is revealed later."""
    whens = ((0, time(14)), (0, time(15)), (1, time(9, 30)), (1, time(11)), (2, time(9, 30)))
    before = "latecomers grouped"
    for number, ((day, hour), (last_day, end)) in enumerate(pairwise(whens)):
        begun, read, over = (f"phase {number + 1} {what}" for what in ("begun", "revealed", "over"))
        yield Stage(begun, day, partial(start_for_all, number=number), at=hour, needs=(before,))
        yield Stage(read, day, reveal_for_all, at=hour if number else time(14, 30), needs=(begun,))
        yield Stage(over, last_day, end_all, at=end, needs=(read,))
        before = over


REHEARSAL = Rehearsal(
    of_a_full_day=("phase",),
    moves=(
        DemoMove(
            50,
            _("Start the first phase"),
            _(
                "Move the clock to the gathering. Then as the organiser: «Organise», «Workshops», «Run the"
                " workshops», «Start»."
            ),
            runs.was_started,
        ),
    ),
    stages=tuple(_stages()),
    prepared=tuple(_prepared_stages()),
)
