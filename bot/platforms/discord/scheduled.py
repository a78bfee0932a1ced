"""The programme as the server's scheduled events: each made once, kept in step, cancelled with its session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord

from bot.clock import Clock
from bot.content.errors import Rejected
from bot.delivery.calendar_entries import CalendarEntry, CreatedEntry
from bot.delivery.platform import NoteListed, WantedEntry
from bot.platforms.discord.faults import classified
from bot.platforms.discord.markdown import escape
from bot.platforms.discord.render import clip

_NAME = 100
_LOCATION = 100
_DESCRIPTION = 1000
_LONGEST_LINK = 500
_TOO_MANY = 30038
_LIVE = (discord.EventStatus.scheduled, discord.EventStatus.active)


class ScheduledEvents:
    """The scheduled events of one server."""

    def __init__(self, login: Callable[[], Awaitable[discord.Client]], guild_id: int, clock: Clock) -> None:
        """`login` gives a client that is logged in."""
        self._login = login
        self._guild_id = guild_id
        self._clock = clock

    async def keep(self, listing: WantedEntry, note: NoteListed) -> None:
        """Bring a session's event in step. Discord takes none that has begun. Raises RetryLater or Rejected."""
        entry = listing.entry
        wanted = _wanted(entry)
        to_come = entry.starts > self._clock.now()
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            found = await _find(client, guild, listing.listed, listing.taken)
            if found and to_come != (found.status is discord.EventStatus.scheduled) and _moved(found, entry):
                await _end(found)  # it began, and its session is put off; or it is to come, and its session has begun
                found = None
            if found:
                await _note(note, listing.listed, replace(listing.listed, native_id=str(found.id)))
                if changes := _changes(found, wanted, to_come=to_come):
                    await found.edit(**changes)
            elif to_come:
                making = CreatedEntry(title=wanted["name"], starts=entry.starts)
                await _note(note, listing.listed, making)
                made = await _make(guild, wanted)
                await _note(note, making, replace(making, native_id=str(made.id)))

    async def withdraw(self, listed: CreatedEntry, taken: frozenset[str]) -> None:
        """Cancel an event, or end it where it has begun. Raises RetryLater or Rejected."""
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            if found := await _find(client, guild, listed, taken):
                await _end(found)


def _wanted(entry: CalendarEntry) -> dict[str, Any]:
    """An event as the library makes and edits it, within Discord's limits; what is told in full comes first."""
    link = entry.link if len(entry.link) <= _LONGEST_LINK else ""
    room = _DESCRIPTION - len(link) - 2
    about = ""
    for paragraph in entry.about:
        longer = f"{about}\n\n{escape(paragraph)}".strip()
        if len(longer) > room:
            about = about or clip(longer, room)
            break
        about = longer
    return {
        "name": clip(entry.title, _NAME),
        "location": clip(entry.place, _LOCATION),
        "description": f"{about}\n\n{link}".strip(),
        "start_time": entry.starts,
        "end_time": entry.ends,
    }


async def _find(
    client: discord.Client, guild: discord.Guild, listed: CreatedEntry, taken: frozenset[str]
) -> discord.ScheduledEvent | None:
    """The event made before; where one was being made when the program ended, the one of that name and time."""
    if listed.native_id:
        try:
            found = await guild.fetch_scheduled_event(int(listed.native_id), with_counts=False)
        except discord.NotFound:
            return None
        return found if found.status in _LIVE else None
    if not listed.title or client.user is None:
        return None
    made = (client.user.id, listed.title, listed.starts)
    for event in await guild.fetch_scheduled_events(with_counts=False):
        if (
            (event.creator_id, event.name, event.start_time) == made
            and str(event.id) not in taken
            and event.status in _LIVE
        ):
            return event
    return None


async def _make(guild: discord.Guild, wanted: dict[str, Any]) -> discord.ScheduledEvent:
    try:
        return await guild.create_scheduled_event(
            name=wanted["name"],
            location=wanted["location"],
            description=wanted["description"],
            start_time=wanted["start_time"],
            end_time=wanted["end_time"],
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
    except discord.HTTPException as error:
        if error.code == _TOO_MANY:
            raise Rejected("the server has as many events to come as Discord allows, 100") from None
        if isinstance(error, discord.Forbidden):
            raise Rejected("the bot may not, in the server: Create Events") from None
        raise


def _moved(found: discord.ScheduledEvent, entry: CalendarEntry) -> bool:
    return found.start_time != entry.starts


def _changes(found: discord.ScheduledEvent, wanted: dict[str, Any], *, to_come: bool) -> dict[str, Any]:
    """What has to be edited; the beginning of what has begun stays as it is."""
    changes = {name: value for name, value in wanted.items() if getattr(found, name) != value}
    if not to_come:
        changes.pop("start_time", None)
    return changes


async def _end(found: discord.ScheduledEvent) -> None:
    if found.status is discord.EventStatus.active:
        await found.end()
    else:
        await found.cancel()


async def _note(note: NoteListed, before: CreatedEntry, after: CreatedEntry) -> None:
    if after != before:
        await note(after)
