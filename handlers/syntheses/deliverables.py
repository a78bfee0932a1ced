"""What a phase is to leave behind: what a group has of it, and what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from bot.content.texts import Name, Span, Text, _, _n
from bot.database.engine import Transaction
from handlers.syntheses import card_store, store
from handlers.syntheses.model import CANVAS, CARD_FIELDS, Content, TerritoryGrid, lay_out
from handlers.workshops import store as phases
from handlers.workshops.model import Phase

_SHOWN = 160
"""Characters of a synthesis in a summary."""


async def missing(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Whether a group has not written all of what a phase makes.

    A synthesis; for a solution also the idea and its six fields; for territories every square of the grid instead.
    """
    if phase.collects == "territories":
        made = await grid(tx, group_id)
        return not made.territories or bool(made.empty)
    written = await store.current(tx, group_id, phase.key)
    if written is None:
        return True
    return phase.collects == "solution" and any(not written.content.get(name) for name in ("idea", *CANVAS))


async def summary(tx: Transaction, group_id: int, phase: Phase) -> Sequence[Span]:
    """What a group has of a phase, in a line or two; a line that says so where there is nothing."""
    written = await store.current(tx, group_id, phase.key)
    content = written.content if written else {}
    lines: list[Span] = []
    match phase.collects:
        case "challenge" if content:
            lines = [_("Challenge: {challenge}", challenge=Name(content.get("sentence", "")))]
        case "solution" if content:
            said = sum(1 for name in CANVAS if content.get(name))
            lines = [
                _("Solution: {idea}", idea=Name(content["idea"]))
                if content.get("idea")
                else _("Solution: no idea chosen"),
                _("Canvas: {done} of {all} fields", done=said, all=len(CANVAS)),
            ]
        case "territories":
            made = await grid(tx, group_id)
            lines = [*([_text(content)] if content else []), squares(made)]
        case _ if content:
            lines = [_text(content)]
    rivals = await store.rivals(tx, group_id, phase.key)
    if rivals:
        lines.append(_n("{count} version to choose from", "{count} versions to choose from", len(rivals) + 1))
    return lines or [_("Nothing is written down yet.")]


async def upon(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """What a group works on in a phase: its challenge in that of solutions, its solution in that of territories.

    None in others, and for a group that has not written it.
    """
    earlier = [each for each in await phases.all_phases(tx) if each.position < phase.position]
    for each in reversed(earlier):
        if (phase.collects, each.collects) not in (("solution", "challenge"), ("territories", "solution")):
            continue
        written = await store.current(tx, group_id, each.key)
        said = written.content.get("sentence" if each.collects == "challenge" else "idea") if written else None
        if said:
            words = Name(textwrap.shorten(said, _SHOWN, placeholder="…"))
            return (
                _("Challenge: {challenge}", challenge=words)
                if each.collects == "challenge"
                else _("Solution: {idea}", idea=words)
            )
    return None


async def grid(tx: Transaction, group_id: int) -> TerritoryGrid:
    """The grid of a group: the territories of its members, those of its cards, and what is said of each."""
    return lay_out(await card_store.territories(tx, group_id), await card_store.of_group(tx, group_id))


def squares(made: TerritoryGrid) -> Text:
    """How much of a grid is filled."""
    every = len(made.territories) * len(CARD_FIELDS)
    return _("Territories: {done} of {all} squares", done=made.filled, all=every)


def _text(content: Content) -> Text:
    return _(
        "Synthesis: {synthesis}", synthesis=Name(textwrap.shorten(content.get("text", ""), _SHOWN, placeholder="…"))
    )
