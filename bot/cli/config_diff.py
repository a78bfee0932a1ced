"""`rencontres config diff`: what config.toml says of themes, deadline, sessions, phases, rounds, and what is in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.console import load, opened, out
from bot.config import setting_store
from bot.config.seeding import configured_phases, configured_rounds, configured_sessions
from bot.config.settings import Settings, ThemeSettings
from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from handlers.groups import store as groups
from handlers.groups.model import Round
from handlers.programme import service as programme
from handlers.programme import store as sessions
from handlers.programme.model import Session, compare
from handlers.programme.service import difference
from handlers.themes import service as choosing
from handlers.themes import store as themes
from handlers.themes.model import Theme
from handlers.workshops import store as phases
from handlers.workshops.model import Phase


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of what the file once seeded."""

    themes: Sequence[Theme]
    deadline: datetime | None
    sessions: Sequence[Session] = ()
    rounds: Sequence[Round] = ()
    phases: Sequence[Phase] = ()


async def compare_config(config: Path | None, *, apply: bool) -> bool:
    """Show the differences, and let the file win if `apply`; whether file and store agree now."""
    settings = load(config)

    async def unit(tx: Transaction) -> list[str]:
        found = list(differences(settings, await _held(tx)))
        if apply and found:
            await _apply(tx, settings, datetime.now(UTC))
        return found

    async with opened(settings) as store:
        found = await (store.transact if apply else store.read)(unit)
    for line in found:
        out.print(line)
    if not found:
        out.print("No difference.")
    elif apply:
        out.print("Applied. Themes and phases that the file does not name stay; themes are taken out in chat.")
    return apply or not found


async def _held(tx: Transaction) -> Held:
    return Held(
        await themes.all_themes(tx),
        await setting_store.theme_deadline(tx),
        await sessions.all_sessions(tx),
        await groups.rounds(tx),
        await phases.all_phases(tx),
    )


def differences(settings: Settings, held: Held) -> Iterator[str]:
    """A line for each thing that the file says otherwise, the store's value first."""
    in_store = {theme.key: theme for theme in held.themes}
    for theme in settings.themes:
        if theme.key not in in_store:
            yield f"theme {theme.key}: only in the file"
        else:
            yield from _theme_differences(in_store[theme.key], theme)
    in_file = [theme.key for theme in settings.themes]
    yield from (f"theme {key}: only in the store" for key in in_store if key not in in_file)
    common = [key for key in in_file if key in in_store]
    if common != (now := [key for key in in_store if key in in_file]):
        yield f"order of themes: {', '.join(now)} -> {', '.join(common)}"
    zone = settings.gathering.zone
    if held.deadline != settings.gathering.deadline:
        yield f"theme deadline: {_moment(held.deadline, zone)} -> {_moment(settings.gathering.deadline, zone)}"
    # Sessions that only the store has are the programme as it was imported in chat.
    found = compare(configured_sessions(settings), held.sessions, datetime.now(UTC))
    yield from (f"session {plan.key}: only in the file" for plan in found.new)
    yield from (
        f"session {change.after.key}: {plain(difference(change.before.plan, change.after), Reader('en', zone))}"
        for change in found.changed
    )
    yield from _round_differences(settings, held.rounds)
    yield from _phase_differences(configured_phases(settings), held.phases)


def _phase_differences(wanted: Sequence[Phase], held: Sequence[Phase]) -> Iterator[str]:
    in_store = {phase.key: phase for phase in held}
    for phase in wanted:
        now = in_store.get(phase.key)
        if now is None:
            yield f"phase {phase.key}: only in the file"
            continue
        for what, before, after in (
            ("title", now.title, phase.title),
            ("instruction", now.instruction, phase.instruction),
            ("example", now.example, phase.example),
        ):
            for locale in sorted({*before, *after}):
                if _word(before, locale) != _word(after, locale):
                    yield f"phase {phase.key}, {what} in {locale}: {_word(before, locale)} -> {_word(after, locale)}"
        if now.minutes != phase.minutes:
            yield f"phase {phase.key}, minutes: {now.minutes} -> {phase.minutes}"
        if now.collects != phase.collects:
            yield f"phase {phase.key}, collects: {now.collects} -> {phase.collects}"
    in_file = [phase.key for phase in wanted]
    yield from (f"phase {key}: only in the store" for key in in_store if key not in in_file)
    common = [key for key in in_file if key in in_store]
    if common != (now_in_order := [key for key in in_store if key in in_file]):
        yield f"order of phases: {', '.join(now_in_order)} -> {', '.join(common)}"


def _round_differences(settings: Settings, held: Sequence[Round]) -> Iterator[str]:
    """Rounds follow the file at every start, but those published, and those whose meeting was set in chat."""
    zone, wanted = settings.gathering.zone, {each.number: each for each in configured_rounds(settings)}
    for now in held:
        state = "published" if now.published else "set in chat"
        then = wanted.get(now.number)
        if then is None:
            yield f"round {now.number}: only in the store"
        elif now.day != then.day:
            yield f"round {now.number} ({state}), day: {now.day} -> {then.day}"
        if then and now.meets_at != then.meets_at:
            meetings = f"{_moment(now.meets_at, zone)} -> {_moment(then.meets_at, zone)}"
            yield f"round {now.number} ({state}), first meeting: {meetings}"


def _theme_differences(held: Theme, wanted: ThemeSettings) -> Iterator[str]:
    for what, now, then in (
        ("title", held.title, wanted.title),
        ("description", held.description, wanted.description),
    ):
        for locale in sorted({*now, *then}):
            if _word(now, locale) != _word(then, locale):
                yield f"theme {held.key}, {what} in {locale}: {_word(now, locale)} -> {_word(then, locale)}"
    if held.capacity != wanted.capacity:
        yield f"theme {held.key}, capacity: {held.capacity or 'no limit'} -> {wanted.capacity or 'no limit'}"


def _word(words: Mapping[str, str], locale: str) -> str:
    return f"«{words[locale]}»" if words.get(locale) else "none"


def _moment(deadline: datetime | None, zone: str) -> str:
    return f"{deadline.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" if deadline else "none"


async def _apply(tx: Transaction, settings: Settings, now: datetime) -> None:
    """Write the file's themes, deadline, sessions and phases; who waited for a theme that grew moves up.

    Those whose sessions change are told.
    """
    for position, theme in enumerate(settings.themes):
        await themes.put(tx, theme.key, position, theme.title, theme.description, theme.capacity)
        await choosing.fill(tx, theme.key, now)
    await setting_store.set_theme_deadline(tx, settings.gathering.deadline)
    await programme.apply(tx, configured_sessions(settings), now, settings.gathering.hours)
    for phase in configured_phases(settings):
        await phases.put(tx, phase)
