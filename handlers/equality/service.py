"""What can be done about equality: finding ended steps, publishing figures once, and storing them.

A round is the set of groups of one day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.stored_texts import decode, encode
from bot.content.texts import Localised, Moment, Span, _
from bot.conversation.preloading import Perform
from bot.conversation.undo import WINDOW
from bot.database.engine import Transaction
from handlers.equality import store
from handlers.equality.hooks import Step, more_steps, more_tied_people
from handlers.equality.jobs import can_be_tied
from handlers.equality.model.steps import PublishedStep, WithheldStep, from_json, to_json
from handlers.groups.model import Round
from handlers.groups.service.membership import is_over
from handlers.groups.store.rounds import all_rounds
from handlers.themes.model import choosing_is_open
from handlers.themes.store import theme_deadline
from handlers.workshops.store.progress import PhaseProgress, RoundProgress, progress

_ANYWHERE = timedelta(days=1)
"""How much later than the date in UTC the date can be somewhere on earth."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The ended steps of the gathering: with published figures, with withheld figures, and without any yet (`new`)."""

    published: Sequence[PublishedStep]
    withheld: Sequence[WithheldStep]
    new: Sequence[Step]


async def overview(tx: Transaction, now: datetime) -> Overview:
    """Return the steps that have ended at `now`, in the order of the gathering: published, withheld and new ones."""
    ended = await ended_steps(tx, now)
    places = {step.key: place for place, step in enumerate(ended)}

    def place_of(step: PublishedStep | WithheldStep) -> int:
        return places.get(step.key, len(places))

    published = sorted(await store.published_steps(tx), key=place_of)
    withheld = sorted(await store.withheld_steps(tx), key=place_of)
    known = {step.key for step in published} | {step.key for step in withheld}
    return Overview(published, withheld, [step for step in ended if step.key not in known])


async def ended_steps(tx: Transaction, now: datetime) -> Sequence[Step]:
    """Return all steps of the gathering, such as choosing a theme, that have ended at `now`."""
    steps: list[Step] = []
    if (deadline := await theme_deadline(tx)) and not choosing_is_open(deadline, now):
        # L10N: a step of the gathering in which women and men are counted
        steps.append(Step("themes", _("Themes chosen"), store.themes_chosen))
    rounds = [round_ for round_ in await all_rounds(tx) if round_.published]
    for round_ in (round_ for round_ in rounds if round_.day <= now.date() + _ANYWHERE):
        steps += await _steps_of_round(tx, round_, now, several=len(rounds) > 1)
    return [*steps, *await more_steps(tx, now)]


async def has_any_ended(tx: Transaction, now: datetime) -> bool:
    """Return whether any step of the gathering has ended at `now`; this reads less than `ended_steps`."""
    deadline = await theme_deadline(tx)
    rounds = [round_ for round_ in await all_rounds(tx) if round_.published]
    if (deadline and not choosing_is_open(deadline, now)) or any(is_over(round_, now) for round_ in rounds):
        return True
    return bool(await ended_steps(tx, now))


async def _steps_of_round(tx: Transaction, round_: Round, now: datetime, *, several: bool) -> Sequence[Step]:
    """Return the steps of a round that have ended. With `several` rounds, titles name the day."""
    number, over, steps = round_.number, is_over(round_, now), list[Step]()

    def title(words: Span) -> Span:
        return _("{what} · {day}", what=words, day=Moment.of_day(round_.day)) if several else words

    if over:
        # L10N: a step of the gathering: people got a group
        got = Step(f"groups:{number}", title(_("Groups")), partial(store.groups_got, round_number=number))
        # L10N: a step of the gathering: people were there
        there = Step(
            f"attendance:{number}", title(_("Present on the day")), partial(store.attendance, round_number=number)
        )
        steps += [got, there]
    workshops = await progress(tx, number)
    for phase in workshops.phases:
        if phase.begun and _phase_has_ended(phase, workshops.groups, now, over=over):
            key, words = phase.phase.key, title(_("Ideas, {phase}", phase=Localised(phase.phase.title)))
            read = partial(store.ideas_given, round_number=number, phase=key)
            steps.append(Step(f"ideas:{number}:{key}", words, read))
    if _workshops_have_ended(workshops, now, over=over):
        steps += [
            Step(f"votes:{number}", title(_("Votes received")), partial(store.votes_received, round_number=number)),
            # L10N: a step of the gathering: ideas that develop an idea of somebody else
            Step(f"builds:{number}", title(_("Ideas developed further")), partial(store.builds, round_number=number)),
            Step(
                f"syntheses:{number}",
                title(_("Syntheses written")),
                partial(store.syntheses_written, round_number=number),
            ),
            Step(f"calls:{number}", title(_("Help called for")), partial(store.calls_for_help, round_number=number)),
        ]
    return steps


def _phase_has_ended(phase: PhaseProgress, groups: int, now: datetime, *, over: bool) -> bool:
    """Return whether every group has had a phase for good, which cannot be undone any more, or the day is `over`."""
    ended = phase.begun == groups and not phase.open and phase.ended_at and phase.ended_at + WINDOW <= now
    return over or bool(ended)


def _workshops_have_ended(workshops: RoundProgress, now: datetime, *, over: bool) -> bool:
    """Return whether the workshops of a round began, and every phase has ended."""
    begun = any(phase.begun for phase in workshops.phases)
    return begun and all(_phase_has_ended(phase, workshops.groups, now, over=over) for phase in workshops.phases)


# --- the job that computes: what it reads, and what it leaves


async def read_tallies(tx: Transaction, now: datetime) -> Mapping[str, Any]:
    """Return the payload for computing figures of women and men, as JSON values.

    It has how often people took the ended steps of the gathering, and the people's genders.
    """
    steps = [
        [step.key, encode(step.title), sorted((await step.read(tx)).items())] for step in await ended_steps(tx, now)
    ]
    published = [to_json(step) for step in await store.published_steps(tx)]
    genders = sorted((await store.genders(tx)).items())
    tied = sorted(await more_tied_people(tx))
    return {
        "at": to_micros(now),
        "public": await public_facts(tx),
        "steps": steps,
        "published": published,
        "genders": genders,
        "tied": tied,
    }


async def public_facts(tx: Transaction) -> Sequence[str | int]:
    """Return what is public: the keys of steps with published figures, and the ids of people known to share a gender.

    New figures are checked against these facts. If another fact has become public since the check, the new figures must
    not be published.
    """
    return [*sorted(step.key for step in await store.published_steps(tx)), *sorted(await more_tied_people(tx))]


async def keep(tx: Transaction, result: Mapping[str, Any]) -> None:
    """Store computed figures of women and men, and the steps of the gathering about which nothing may be published.

    If something else has become public since the job read its payload, for instance by another job, nothing is stored.
    """
    if result["public"] != await public_facts(tx):
        return
    await store.put_published(tx, map(from_json, result["published"]), from_micros(result["at"]))
    withheld = [WithheldStep(key, decode(title), reason) for key, title, reason in result["withheld"]]
    await store.put_withheld(tx, withheld)


# --- what else becomes public


async def may_tie(perform: Perform, people: Collection[int], now: datetime) -> bool:
    """Return whether it may be made public which of `people` (ids) have the same gender, without saying which gender.

    It may if this reveals nobody's gender, even together with everything that is published. `perform` runs functions
    that read the store.
    """
    if not await perform(store.published_steps):
        return True
    tallies = await perform(partial(read_tallies, now=now))
    return await asyncio.to_thread(can_be_tied, tallies, people)  # arithmetic of up to a second
