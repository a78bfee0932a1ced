"""The parts of the demo and the rehearsal (a gathering played by the program) about themes.

People choose themes, wait for seats and give seats up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.background.reminding import configured
from bot.config.settings import Settings
from bot.content.texts import Localised, Moment, Strong, Text, _
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.listed import RosterPerson
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.contributions import Configuration, Deadline, DemoMove, Prepared, Rehearsal, Stage
from bot.rehearsal.expected_messages import GAP, ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.themes import store
from handlers.themes.model import THEMES
from handlers.themes.service import ChoiceOutcome, choose_theme
from handlers.themes.settings import ThemeSettings

_FEW = 30
_QUEUE = 6
"""The number of people below which a rehearsal has only two themes."""
_UNDECIDED = 0.08
_SECOND = 0.3

NO_THEME = ExpectedMessage(
    "the theme deadline", (_("You have no theme yet. Choose one until {deadline}.", deadline=GAP),)
)
"""The reminder that people without a theme are expected to get before the deadline."""


def wishes(settings: Settings) -> Sequence[str]:
    """Return the keys of the configured themes, among which people of the rehearsal choose."""
    return [theme.key for theme in settings.all_of(ThemeSettings)]


# --- the demo


async def leave_one_seat(tx: Transaction, _people: Sequence[RosterPerson], _then: datetime) -> None:
    """Set the capacity of the most chosen theme so that one seat is free.

    Once this seat is taken, visitors of the demo can try the waiting list. The two other parameters are not used.
    """
    wanted = max(await store.all_themes(tx), key=lambda theme: theme.taken)
    position = await store.position_of(tx, wanted.key)
    await store.put_theme(tx, wanted.key, position or 0, wanted.title, wanted.description, wanted.taken + 1)


async def say_how_to_choose(tx: Transaction) -> Text:
    """Return the instructions for choosing a theme in the demo, which name the theme with one free seat."""
    scarce = next(theme for theme in await store.all_themes(tx) if theme.seats_left == 1)
    title = Localised(scarce.title)
    return _("As the participant. The last place of «{theme}»? Whoever comes next has to wait.", theme=title)


# --- a rehearsal


def fit(configuration: Configuration, people: int) -> None:
    """Adapt the themes in the configuration to a rehearsal with this number of people.

    With few people there are two themes. The first theme gets few seats, so that some people have to wait.
    """
    if people < _FEW:
        configuration["themes"] = configuration["themes"][:2]
    configuration["themes"][0]["capacity"] = max(4, people * 3 // 10)


async def choose_themes(play: Play) -> None:
    """Let most people choose a theme, or wait for it if it is full; some name a second choice too."""
    undecided = play.some(play.coming, _UNDECIDED)
    choosing = [player for player in play.coming if player not in undecided]
    second = play.some(choosing, _SECOND)
    keys = wishes(play.settings)

    async def choose(player: CastMember) -> None:
        await take(player, player.wants)
        if player in second and player.label and player.driver.offers("to"):
            await player.driver.act("to")
            await player.driver.choose(next(key for key in keys if key != player.label))

    await act_together(choosing, choose)
    waiting_for = {theme: [player for player in play.coming if player.waits == theme] for theme in keys}
    play.report.tell(
        ", ".join(f"{len(play.labelled(key))} choose «{key}»" for key in keys)
        + f"; {len(second)} name a second choice, {len(undecided)} do not choose yet."
    )
    for theme, waiting in waiting_for.items():
        if waiting:
            play.report.tell(f"«{theme}» is full: {len(waiting)} wait for a place.")


async def take(player: CastMember, theme: str) -> None:
    """Let a person choose the theme with this key, and store whether they got a seat or wait for one."""
    driver = player.driver
    await driver.command("theme")
    await driver.choose(theme)
    if driver.offers(f"tt-{theme}"):
        await driver.act(f"tt-{theme}")
    if driver.offers(f"tw-{theme}"):  # it was full, or has just filled up
        await driver.act(f"tw-{theme}")
        # The answer decides, not the button: somebody else may have taken the last seat meanwhile.
        player.waits, player.line = theme, int(next(iter(re.findall(r"\d+", driver.text))))
    else:
        player.label = theme
        if player.waits == theme:  # a person who takes another theme stays on the waiting list
            player.waits = None


async def give_seats_up(play: Play) -> None:
    """Let a few people leave the full theme for another.

    The people who have waited longest for it are expected to get their seats.
    """
    waiting = sorted((player for player in play.coming if player.waits), key=lambda player: player.line)
    if not waiting:
        play.report.tell("Every theme has room: nobody waits for a place.")
        return
    full = waiting[0].waits
    assert full
    title = next(theme.title for theme in play.settings.all_of(ThemeSettings) if theme.key == full)
    other = next(theme.key for theme in play.settings.all_of(ThemeSettings) if theme.key != full)
    leaving = play.some(play.labelled(full), 0, at_least=min(3, len(waiting)))
    lucky = waiting[: len(leaving)]
    opened = _("A place opened up: your theme is now {theme}.", theme=Strong(Localised(title)))
    play.expected.due(lucky, ExpectedMessage(f"a place in «{full}»", (opened,)))
    for player in leaving:
        await take(player, other)
    for player in lucky:
        player.label, player.waits = full, None
    await play.servers.calm()
    play.report.tell(
        f"{len(leaving)} change from «{full}» to «{other}»: who waited longest gets the place, and is told."
    )


async def make_up_minds(play: Play) -> None:
    """Move the clock towards the deadline for choosing a theme.

    People without a theme are expected to be reminded twice; each time, half of them choose one.
    """
    deadline = play.settings.gathering.deadline
    assert deadline
    reminders = await play.servers.app.store.read(configured)
    first, second = (lead.before(deadline, reminders.zone) for lead in reminders.leads_of(THEMES))

    async def take_last(player: CastMember) -> None:
        await take(player, play.settings.all_of(ThemeSettings)[-1].key)

    for instant in (first, second):
        undecided = [player for player in play.coming if player.label is None]
        play.expected.due(undecided, NO_THEME)
        await play.until(instant + timedelta(minutes=1))
        deciding = play.some(undecided, 0.5)
        await act_together(deciding, take_last)
        play.report.tell(f"Reminded, as they have no theme: {len(undecided)}. Themes chosen since: {len(deciding)}.")
    await play.until(deadline + timedelta(minutes=1))
    late = [player for player in play.coming if player.label is None]
    if late:
        await late[0].driver.command("theme")
        if late[0].driver.offers("tt"):
            play.differences.append(f"{late[0].name} could still choose after the deadline")


async def tell_deadline(tx: Transaction, now: datetime) -> Deadline:
    """Return the deadline for choosing a theme (None for none), with a line about it for the demo's page."""
    deadline = await store.theme_deadline(tx)
    if deadline is None:
        return Deadline(None, _("Themes can be changed at any time."))
    if now < deadline:
        return Deadline(deadline, _("Themes can be chosen until {deadline}.", deadline=Moment(deadline)))
    return Deadline(deadline, _("Themes could be chosen until {deadline}.", deadline=Moment(deadline)))


# --- a prepared gathering


async def fill_scarce_theme(prepared: Prepared) -> None:
    """Let a few people choose the first theme with a limit; once it is full, the rest of them join its waiting list."""
    tx, now = prepared.tx, prepared.now
    scarce = next((theme for theme in await store.all_themes(tx) if theme.capacity is not None), None)
    for person_id in prepared.people[-_QUEUE:] if scarce else ():
        assert scarce is not None
        person = await participant_store.find(tx, person_id)
        assert person is not None
        if await choose_theme(tx, person, scarce.key, now) is ChoiceOutcome.FULL:
            await store.join_waiting_list(tx, person_id, scarce.key, now)


async def let_remind(_prepared: Prepared) -> None:
    """Do nothing, because people without a theme have been reminded of the deadline already."""


REHEARSAL = Rehearsal(
    fit=fit,
    wishes=wishes,
    populate=leave_one_seat,
    deadline=tell_deadline,
    moves=(DemoMove(0, _("Choose a theme"), say_how_to_choose, store.was_chosen),),
    stages=(
        Stage("themes chosen", -27, choose_themes, needs=("come in",)),
        Stage("places given up", -25, give_seats_up, needs=("themes chosen",), title="places are given up"),
        Stage(
            "minds made up",
            -10,
            make_up_minds,
            needs=("places given up",),
            title="the deadline for themes comes near",
        ),
    ),
    prepared=(
        Stage("a theme is full", -27, fill_scarce_theme),
        Stage("the theme deadline comes near", -8, let_remind, at=time(13)),
    ),
)
