"""The work of `rencontres announce`: sends an announcement to many people from the shell, as organisers do in chat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import CommandFailed, load, opened
from bot.cli.terminal import out
from bot.config.settings import Settings
from bot.content import markdown
from bot.content.errors import UserError
from bot.content.features import platforms
from bot.content.forms import Composition, MessageField
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, _, plain
from bot.content.typed_times import echo, read_time, refusal, spoken
from bot.database.engine import Transaction
from bot.files.uploads import received_file, remarks
from bot.people import audiences
from bot.people.audiences import Audience
from bot.people.presence_store import zone_elsewhere
from handlers.announcements.messages import parts, reason
from handlers.announcements.service import drafts, recipients, releasing
from handlers.announcements.store import contents
from handlers.announcements.store.announcements import add_announcement, wait_for_hour
from handlers.announcements.store.contents import ELSE, Lines
from handlers.announcements.store.reach import PersonReach, count_by_platform
from handlers.groups.store.groups import find_group
from handlers.themes.store import all_themes

_WHY = {
    "stopped": "has stopped all messages",
    "muted": "wants no announcements",
    "closed": "cannot be reached",
    "no opt-in": "did not ask for private messages, and has no group there",
    "no account": "has no account yet",
}


@dataclass(frozen=True, slots=True)
class AnnounceOptions:
    """The options of `rencontres announce` as they were typed.

    `audience` is for instance «all» or «theme:culture». `file` holds the words, and `attach` are files to add. `at` is
    the time to send the announcement, such as «2027-06-10 14:00», None for now. `urgent` sends it even at night.
    `again` sends it even if the same words were just sent to the same people.
    """

    audience: str
    file: Path
    attach: tuple[Path, ...] = ()
    at: str | None = None
    urgent: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """The content to announce: lines by locale (ELSE for all other locales), and what was parsed, with attachments."""

    words: Mapping[str, Lines]
    made: Composition


async def announce(config: Path | None, asked: AnnounceOptions, *, dry_run: bool) -> bool:
    """Print whom an announcement would reach and how, then send or schedule it; with `dry_run`, print only.

    Returns False, and sends nothing, if the announcement would reach nobody. `config` is the path of the configuration,
    None for the usual one. Raises CommandFailed, and sends nothing, if an option or a file cannot be used.
    """
    settings = load(config)
    now = datetime.now(UTC)
    reader = Reader("en", settings.gathering.zone, now)
    due = _due(asked, settings, now)
    said = await asyncio.to_thread(_read, asked)
    try:
        for lines in said.words.values():
            drafts.check_length(lines, settings)
    except UserError as error:
        raise CommandFailed(plain(error.text, reader), code=2) from None
    async with opened(settings) as store:
        audience = await store.read(partial(_audience, typed=asked.audience, settings=settings))
        people = await store.read(partial(recipients.preview_reach, settings=settings, audience=audience, now=now))
        elsewhere = await store.read(partial(zone_elsewhere, zone=settings.gathering.zone, instant=due or now))
        for line in _shown(people, said, settings, due or now, urgent=asked.urgent):
            out.print(line)
        if not any(person.reached for person in people):
            out.print("Nothing was sent: it would reach nobody.")
            return False
        when = plain(echo(due, zone=settings.gathering.zone, now=now, elsewhere=elsewhere), reader) if due else ""
        if dry_run:
            out.print(f"Nothing was sent. Without --dry-run, it leaves {when or 'at once'}.")
            return True
        number = await store.transact(
            partial(_send, asked=asked, said=said, settings=settings, audience=audience, due=due, now=now)
        )
    out.print(f"Announcement {number} leaves {when or 'in ten seconds'}. Organisers can stop it in chat.")
    return True


async def _audience(tx: Transaction, typed: str, settings: Settings) -> Audience:
    """Return the audience that was typed. Raises CommandFailed if there is no such audience."""
    keys = [theme.key for theme in await all_themes(tx)]
    try:
        audience = audiences.parse(typed)
    except ValueError as error:
        raise CommandFailed(f"--audience: {error}; choose from {_ways(keys, settings)}", code=2) from None
    known: Sequence[str]
    match audience.kind:
        case "theme":
            known = keys
        case "group":
            known = [audience.value] if await find_group(tx, audience.number) else []
        case "platform":
            known = list(platforms())
        case _:
            return audience
    if audience.value not in known:
        there = f": {', '.join(known)}" if known else ""
        raise CommandFailed(f"--audience: there is no {audience.kind} {audience.value}{there}", code=2)
    return audience


def _ways(keys: Sequence[str], settings: Settings) -> str:
    """Return everything that can be typed for an audience, separated by commas, for an error message."""
    return ", ".join(
        (
            "all",
            *(f"theme:{key}" for key in keys),
            "group:ID",
            "territory:CODE (FR, CA-QC)",
            *(f"platform:{name}" for name in platforms()),
            f"present:DAY ({settings.gathering.starts})",
            "unchosen",
            "facilitators",
            "organisers",
        )
    )


def _due(asked: AnnounceOptions, settings: Settings, now: datetime) -> datetime | None:
    """Return the time to send, None for now. Raises CommandFailed for an unreadable or ambiguous time."""
    if asked.at is None:
        return None
    zone, reader = settings.gathering.zone, Reader("en", settings.gathering.zone, now)
    typed = read_time(asked.at, zone=zone, now=now, locale=settings.gathering.locales[0])
    if typed.instant is None:
        meant = "".join(
            f"\n  {plain(spoken(reading, zone=zone, now=now), reader)}: --at {reading:%Y-%m-%dT%H:%MZ}"
            for reading in typed.readings
        )
        raise CommandFailed(f"--at {asked.at}: {plain(refusal(typed), reader)}{meant}", code=2)
    return typed.instant


def _read(asked: AnnounceOptions) -> _Said:
    """Return the words of the file and of its translations, and the attachments. Raises CommandFailed.

    The translation of `words.md` into German, for instance, is in `words.de.md`.
    """
    variants = {locale: asked.file.with_suffix(f".{locale}{asked.file.suffix}") for locale in LOCALES}
    files = {ELSE: asked.file, **{locale: file for locale, file in variants.items() if file.is_file()}}
    words = {locale: markdown.read(_text(file)) for locale, file in files.items()}
    uploads = tuple(received_file(file.name, file.read_bytes()) for file in asked.attach)
    try:
        # L10N: the heading of a preview in the shell: what is announced
        made = MessageField(_("Message")).parse(Composition(words[ELSE], uploads), Reader("en", "UTC"))
    except UserError as error:
        raise CommandFailed(f"{asked.file}: {plain(error.text, Reader('en', 'UTC'))}", code=2) from None
    return _Said(words, made)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(f"{file} is not UTF-8 text", code=2) from None


def _shown(
    people: Sequence[PersonReach], said: _Said, settings: Settings, at: datetime, *, urgent: bool
) -> Iterator[str]:
    """Yield lines that tell whom the announcement reaches, who is not reached and why, and what it says."""
    counts = count_by_platform(people)
    told = sum(counts.values())
    by = ", ".join(f"{counts[platform]} {platform}" for platform in sorted(counts))
    yield f"{told} {'person' if told == 1 else 'people'}{f': {by}' if by else ''}; {len(people) - told} unreachable"
    if not urgent:
        for word, count in sorted(recipients.count_later(people, settings, at).items()):
            yield f"  {count} of them later: {plain(reason(word), Reader('en', settings.gathering.zone))}"
    for person in people:
        if not person.reached:
            yield f"  not to {person.full_name}: {_WHY[person.way]}"
    for locale, lines in said.words.items():
        reader = Reader(locale or settings.gathering.locales[0], settings.gathering.zone)
        name = f" in {locale}" if locale else ""
        for platform, pieces in parts(lines, reader).items():
            lengths = ", ".join(str(len(piece)) for piece in pieces)
            yield f"{platform}{name}: {len(pieces)} messages, of {lengths} characters"
        yield f"--- text{name}:"
        yield from (plain(line, reader) for line in lines)
    yield from (
        f"--- attached: {attachment.name}, {len(attachment.content)} bytes" for attachment in said.made.attachments
    )
    yield from (plain(line, Reader("en", settings.gathering.zone)) for line in remarks(said.made.attachments))
    yield "---"


async def _send(
    tx: Transaction,
    asked: AnnounceOptions,
    said: _Said,
    settings: Settings,
    audience: Audience,
    due: datetime | None,
    now: datetime,
) -> int:
    """Store the announcement, then send or schedule it. Returns its number.

    Raises CommandFailed if the same words were just sent to the same people, unless the option `again` is set.
    """
    draft = await add_announcement(tx, None, said.made.body, said.made.view().attachments, now, audience=audience)
    await contents.put_words(tx, draft.id, said.words, None)
    twin = await drafts.find_twin(tx, draft, now)
    if twin and not asked.again:
        done = "is already scheduled for" if twin.state == "waiting" else "was just sent to"
        raise CommandFailed(f"the same text {done} the same people (announcement {twin.id}): add --again to send it")
    if due:
        await wait_for_hour(tx, draft.id, due, urgent=asked.urgent)
    else:
        await releasing.release_announcement(tx, settings, draft, now, urgent=asked.urgent)
    return draft.id
