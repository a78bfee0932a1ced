"""Shows the programme as the server's scheduled events, which are created, updated and cancelled with the sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord

from bot.clock import Clock
from bot.content.errors import Rejected
from bot.delivery.calendar_entries import CalendarEntry, CreatedEntry
from bot.delivery.platform import NoteEntry, WantedEntry
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
    """The scheduled events of one Discord server, which show the sessions of the programme."""

    def __init__(self, login: Callable[[], Awaitable[discord.Client]], guild_id: int, clock: Clock) -> None:
        """`login` returns a client that is logged in."""
        self._login = login
        self._guild_id = guild_id
        self._clock = clock

    async def reconcile(self, wanted: WantedEntry, note: NoteEntry) -> None:
        """Create or update the scheduled event of a session; a session that has begun gets no new event.

        `wanted` describes the event as it should be, and has the id of the event if it exists; `note` stores what this
        call creates. Raises RetryLater or Rejected, according to Discord's answer.
        """
        entry, created = wanted.entry, wanted.created
        fields = _event_fields(entry)
        to_come = entry.starts > self._clock.now()
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            event = await _find(client, guild, created, wanted.used_ids)
            if event and to_come != (event.status is discord.EventStatus.scheduled) and _moved(event, entry):
                # Either the event began and its session was put off, or it is to come and its session has begun:
                # Discord changes neither, so the event ends.
                await _end(event)
                event = None
            if event:
                await _note(note, created, replace(created, native_id=str(event.id)))
                if changes := _changes(event, fields, to_come=to_come):
                    await event.edit(**changes)
            elif to_come:
                started = CreatedEntry(title=fields["name"], starts=entry.starts)
                await _note(note, created, started)
                event = await _create(guild, fields)
                await _note(note, started, replace(started, native_id=str(event.id)))

    async def withdraw(self, created: CreatedEntry, used_ids: frozenset[str]) -> None:
        """Cancel the scheduled event of a session, or end it if it has begun; do nothing if there is none.

        `created` is what is stored about the event; the events with ids in `used_ids` belong to other sessions. Raises
        RetryLater or Rejected, according to Discord's answer.
        """
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            if event := await _find(client, guild, created, used_ids):
                await _end(event)


def _event_fields(entry: CalendarEntry) -> dict[str, Any]:
    """Return the fields of an event as discord.py names them, cut to Discord's limits.

    The description holds as many of the entry's languages as fit, in their order, and then the link.
    """
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
        "location": clip(entry.venue, _LOCATION),
        "description": f"{about}\n\n{link}".strip(),
        "start_time": entry.starts,
        "end_time": entry.ends,
    }


async def _find(
    client: discord.Client, guild: discord.Guild, created: CreatedEntry, used_ids: frozenset[str]
) -> discord.ScheduledEvent | None:
    """Return the live event of an entry, None if there is none.

    An event whose id was not stored, because the program ended just then, is recognised by its name and time.
    """
    if created.native_id:
        try:
            event = await guild.fetch_scheduled_event(int(created.native_id), with_counts=False)
        except discord.NotFound:
            return None
        return event if event.status in _LIVE else None
    if not created.title or client.user is None:
        return None
    expected = (client.user.id, created.title, created.starts)
    for event in await guild.fetch_scheduled_events(with_counts=False):
        if (
            (event.creator_id, event.name, event.start_time) == expected
            and str(event.id) not in used_ids
            and event.status in _LIVE
        ):
            return event
    return None


async def _create(guild: discord.Guild, fields: dict[str, Any]) -> discord.ScheduledEvent:
    try:
        return await guild.create_scheduled_event(
            name=fields["name"],
            location=fields["location"],
            description=fields["description"],
            start_time=fields["start_time"],
            end_time=fields["end_time"],
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
    except discord.HTTPException as error:
        if error.code == _TOO_MANY:
            raise Rejected("the server has as many events to come as Discord allows, 100") from None
        if isinstance(error, discord.Forbidden):
            raise Rejected("the bot may not, in the server: Create Events") from None
        raise


def _moved(event: discord.ScheduledEvent, entry: CalendarEntry) -> bool:
    return event.start_time != entry.starts


def _changes(event: discord.ScheduledEvent, fields: dict[str, Any], *, to_come: bool) -> dict[str, Any]:
    """Return the fields that have to be edited; an event that has begun keeps its start."""
    changes = {name: value for name, value in fields.items() if getattr(event, name) != value}
    if not to_come:
        changes.pop("start_time", None)
    return changes


async def _end(event: discord.ScheduledEvent) -> None:
    if event.status is discord.EventStatus.active:
        await event.end()
    else:
        await event.cancel()


async def _note(note: NoteEntry, before: CreatedEntry, after: CreatedEntry) -> None:
    if after != before:
        await note(after)
