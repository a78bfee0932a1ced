"""The workshops' frame: who facilitates, phases that begin, are warned of and end, and calls for help."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from bot.content.texts import Localised, Name, Reader, Span, Strong, _, _n
from bot.people.listed import RosterPerson
from bot.rehearsal.books import GAP, MANY, Mark
from bot.rehearsal.company import Player
from bot.rehearsal.hands import Hand
from bot.rehearsal.people import Platform
from bot.rehearsal.playing import Play
from bot.rehearsal.stage_groups import as_formed, theme
from handlers.groups.messages import title
from handlers.themes.settings import ThemeSettings
from handlers.workshops.settings import PhaseSettings, WorkshopSettings

_A_MOMENT = timedelta(seconds=5)
_MORE = timedelta(minutes=5)


async def invite_facilitators(play: Play) -> None:
    """The organiser adds three, one for everybody and two for a theme each; they come in, each by another platform."""
    themes = [theme.key for theme in play.settings.all_of(ThemeSettings)]
    town = play.town
    invited: Sequence[tuple[str, Platform, Hand, str]] = (
        ("Amina", "telegram", town.on_telegram("Amina", "fr"), "all"),
        ("Bruno", "web", town.on_page("fr"), f"theme_{themes[0]}"),
        ("Chloé", "discord", town.on_discord("Chloé"), f"theme_{themes[-1]}"),
    )
    for name, platform, hand, audience in invited:
        organiser = play.organiser
        await organiser.command("organiser")
        await organiser.act("ow")
        await organiser.act("owi")
        await organiser.fill(name, "Durand")
        await organiser.choose(audience)
        for step in ("op", "oin", "oiy"):  # the person's card, a new invitation, yes
            await organiser.act(step)
        said = organiser.text
        reader = Reader("en" if platform == "discord" else "fr", play.settings.gathering.zone)  # simcord speaks English
        player = Player(
            RosterPerson(f"F-{name}", name, "Durand"),
            platform,
            hand,
            reader,
            audience,
            play.settings.gathering.hours,
            facilitates=True,
        )
        match platform:
            case "telegram":
                await hand.follow(_found(r"start=(j-\S+)", said))
            case "web":
                await hand.follow(_found(r"(\S+/p/\S+)", said))
            case _:
                await hand.follow("j-" + _found(r"\b(\w{4}-\w{4}-\w{4})\b", said))
                await hand.command("moi")
                await hand.act("sp")
        player.comes = True
        play.facilitators.append(player)
    await town.calm()
    play.account.tell("Amina, Bruno and Chloé, who run the workshops, come in by the ways the organiser gave them.")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"no {pattern} in «{text}»"
    return found[1]


def in_words(phase: PhaseSettings) -> Span:
    """A phase's title."""
    return Strong(Localised(phase.title))


def _heading(phase: PhaseSettings) -> Span:
    return _("{phase}: ends {end}", phase=in_words(phase), end=GAP)


async def run(
    play: Play, key: str, by: Sequence[Player], meanwhile: Callable[[Play, PhaseSettings], Awaitable[None]]
) -> PhaseSettings:
    """Live a phase: each of `by` starts it for their groups, then people are warned, then it ends."""
    phase = next(each for each in play.settings.all_of(PhaseSettings) if each.key == key)
    groups = sorted({player.group for player in play.coming if player.group})
    for facilitator in by:
        await facilitator.hand.command("animer")
        if facilitator.hand.offers(f"wrr-{key}"):
            await facilitator.hand.act(f"wrr-{key}")
            await facilitator.hand.act("wrs")
    began = play.town.clock.now()
    names = ", ".join(each.person.given_name for each in by)
    play.account.tell(f"«{key}» begins, for {phase.minutes} minutes; started by {names}.")
    ended = _("{phase} is finished.", phase=in_words(phase))  # what is over says so wherever it stands
    asked = Localised(phase.instruction)
    begins = Mark(f"that {key} begins", (_heading(phase), asked), (ended, asked), kind="phase: begins")
    for group in groups:
        play.tell_group(group, begins)
    play.ends = began + timedelta(minutes=phase.minutes)
    await play.until(began + _A_MOMENT)
    await meanwhile(play, phase)
    unsaid = _("Is there something you have not said yet?")
    soon = Mark(f"that {key} ends soon", (_heading(phase), unsaid), (ended, unsaid), kind="phase: ends soon")
    over = Mark(
        f"that {key} is over", (_("{phase} is finished. Thank you!", phase=in_words(phase)),), kind="phase: is over"
    )
    for group in groups:
        play.tell_group(group, soon)
        play.tell_group(group, over)
    await play.until(play.ends + _A_MOMENT)
    return phase


async def reveal(play: Play, phase: PhaseSettings, by: Player) -> None:
    """Who facilitates lets everyone read everything: all are told, with a button to vote."""
    await by.hand.command("animer")
    await by.hand.act(f"wrm-{phase.key}")
    await by.hand.act("wrx-r")
    title = in_words(phase)
    one, many = (
        _n(
            "{phase}: {count} idea of your group can be read now.",
            "{phase}: {count} ideas of your group can be read now.",
            count,
            phase=title,
        )
        for count in (1, MANY)
    )
    for group in sorted({player.group for player in play.coming if player.group}):
        play.tell_group(
            group, Mark(f"that the ideas of {phase.key} can be read", (many,), (one,), kind="phase: ideas to read")
        )
    await play.until(play.town.clock.now() + _A_MOMENT)
    play.account.tell(f"{by.person.given_name} reveals the ideas of «{phase.key}»: everyone is told.")


async def extend(play: Play, phase: PhaseSettings, by: Player) -> None:
    """Who facilitates gives five minutes more: all are told, and it ends later."""
    await by.hand.command("animer")
    await by.hand.act(f"wrm-{phase.key}")
    await by.hand.act("wrx-m")
    play.ends += _MORE
    more = _n("{phase}: {count} minute more.", "{phase}: {count} minutes more.", 5, phase=in_words(phase))
    for group in sorted({player.group for player in play.coming if player.group}):
        play.tell_group(group, Mark(f"that {phase.key} is longer", (more,), kind="phase: is longer"))
    await play.until(play.town.clock.now() + _A_MOMENT)
    play.account.tell(f"{by.person.given_name} gives «{phase.key}» five minutes more.")


async def call_for_help(play: Play) -> None:
    """One group calls, and Amina comes; another is answered by nobody, until the organiser reads of it."""
    _round, groups = await as_formed(play)
    amina = play.facilitators[0]
    for each, answers in ((groups[0], amina.hand), (groups[-1], play.organiser)):
        group = each.group.id
        caller = play.members(group)[0]
        await caller.hand.look()
        await caller.hand.command("alaide")
        said = _("{group} calls for help.", group=title(each.group, theme(play, each.group)))
        told = [one for one in play.facilitators if one.wants in ("all", f"theme_{each.group.theme}")]
        play.books.due(told, Mark(f"that {each.group.theme} {each.group.number} calls", (said,), kind="help"))
        helped_by = "Amina"
        if answers is play.organiser:
            helped_by = "Inès"
            help_waits = timedelta(minutes=play.settings.of(WorkshopSettings).help_waits)
            await play.until(play.town.clock.now() + help_waits + timedelta(seconds=5))
        else:
            await play.town.calm()
        await answers.look()
        await answers.act("wkt")
        play.tell_group(
            group, Mark(f"that {helped_by} comes", (_("{name} is coming.", name=Name(helped_by)),), kind="help")
        )
        await play.town.calm()
        await answers.act("wkc")
    play.account.tell(
        "Two groups call for help: Amina goes to one; nobody answers the other for three minutes, then Inès does."
    )
