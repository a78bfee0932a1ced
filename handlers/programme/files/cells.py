"""Converts planned sessions to cells of the organisers' table, and edited cells back.

Titles and places are in one language; hours are local to the venue («2027-06-10T14:00»).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from bot.config.gathering import GatheringSettings
from bot.content.errors import UserError
from bot.content.texts import Moment, Span, Text, _
from handlers.programme.files.times import with_hours
from handlers.programme.model import Kind, Plan, Words

STATES: Mapping[str, Text] = {
    # L10N: of a session, in a table
    "planned": _("planned"),
    # L10N: of a session, in a table
    "unconfirmed": _("to be confirmed"),
    # L10N: of a session, in a table
    "cancelled": _("cancelled"),
}
"""The words for each state of a session."""
_FIRST_HOUR = 8


def cells_of(plan: Plan, locale: str) -> Mapping[str, str]:
    """Return the cells of a planned session in the organisers' table, by the key of the column."""
    return {
        "title": _in(plan.title, locale),
        "starts": _local(plan.starts, plan.zone),
        "ends": _local(plan.ends, plan.zone),
        "venue": _in(plan.venue, locale),
        "kind": plan.kind,
        "speaker": plan.speaker,
        "state": "cancelled" if plan.cancelled else "unconfirmed" if plan.unconfirmed else "planned",
    }


def with_cells(plan: Plan, cells: Mapping[str, str], locale: str) -> Plan:
    """Return a planned session after an organiser edited `cells` (by key of the column).

    An edited session counts as confirmed. Raises UserError or Incomplete for an invalid cell.
    """
    if "title" in cells and not cells["title"]:
        raise UserError(_("It needs a title in at least one language."))
    if "starts" in cells or "ends" in cells:
        plan = with_hours(plan, cells.get("starts") or _local(plan.starts, plan.zone), cells.get("ends", ""))
    if "venue" in cells:  # a map of the former place would send people there
        plan = replace(plan, venue={locale: cells["venue"]} if cells["venue"] else {}, map_url="")
    state = cells.get("state") or ("cancelled" if plan.cancelled else "planned")
    return replace(
        plan,
        title={**plan.title, locale: cells["title"]} if "title" in cells else plan.title,
        kind=cast("Kind", cells.get("kind") or plan.kind),
        speaker=cells.get("speaker", plan.speaker),
        cancelled=state == "cancelled",
        unconfirmed=state == "unconfirmed",
    )


def hours_to_choose(plans: Iterable[Plan], gathering: GatheringSettings) -> Mapping[str, Span]:
    """Return the hours that cells offer: each full hour of the gathering's days, and the hours of `plans`.

    The keys are the texts for the cell, the values the hours in words.
    """
    first = datetime.combine(gathering.starts, time(), ZoneInfo(gathering.zone))
    hours = (first + timedelta(hours=n) for n in range(24 * (gathering.ends - gathering.starts).days + 24))
    instants = {_local(hour, gathering.zone): hour for hour in hours if hour.hour >= _FIRST_HOUR}
    instants |= {_local(each, plan.zone): each for plan in plans for each in (plan.starts, plan.ends)}
    return {local: Moment(instants[local]) for local in sorted(instants)}


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def _in(words: Words, locale: str) -> str:
    return words.get(locale) or next(iter(words.values()), "")
