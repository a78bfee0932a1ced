"""The parts of the demo and the rehearsal (a gathering played by the program) about joining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.content.actions import base36
from bot.content.forms import Upload
from bot.content.i18n import LOCALES
from bot.content.names import fold
from bot.content.texts import Localised, Name, Reader, Span, Territory, _, _n, plain
from bot.database.engine import Transaction
from bot.files.sheets import read_rows, write_csv
from bot.people.listed import RosterPerson
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.chat_driver_mail import MailChat
from bot.rehearsal.contributions import DemoRole, PeopleByProgress, Rehearsal, Stage
from bot.rehearsal.expected_messages import ExpectedMessage, read_plainly
from bot.rehearsal.playing import Play
from handlers.announcements.model import GRACE
from handlers.registration import service, store
from handlers.registration.files import HEADINGS
from handlers.registration.organiser.importing import DIFFERENT_PEOPLE, TWO_PEOPLE
from handlers.registration.store import StoredPerson
from handlers.themes.store import all_themes

_STAY_AWAY = 0.04
"""The share of people who never open their invitation."""
_WRONG_ADDRESSES = 0.03
"""The share of people whose address on the list does not exist."""
_MOST_ROWS = 10_000
_HEADINGS = (
    "ref", "given name", "family name", "email", "country", "gender", "birth year", "organisation", "language", "theme"
)  # fmt: skip


# --- the demo


async def populate(tx: Transaction, people: Sequence[RosterPerson], then: datetime) -> None:
    """Add the demo's people, as if their list had been imported at `then`."""
    await service.apply_roster(tx, people, then)


async def standings(tx: Transaction, but: int) -> Sequence[PeopleByProgress]:
    """Return the people whose pages the demo's visitor can open, grouped by how far they have come, such as «invited».

    Revoked people are left out. `but` is the id of another person to leave out, the organiser.
    """
    points: Mapping[str, Span] = {
        "invited": _("Invited, not in yet"),
        "joined": _("In, without a theme"),
        **{f"theme {theme.key}": Localised(theme.title) for theme in await all_themes(tx)},
        # L10N: people by how far they have come, in the demo
        "withdrawn": _("Not coming"),
    }
    order = list(points)
    people = [
        person
        for person in (await store.everyone_listed(tx)).values()
        if person.id != but and _standing(person) in order
    ]
    people.sort(key=lambda player: (order.index(_standing(player)), fold(player.person.given_name)))
    return [
        PeopleByProgress(points[key], [_role(player) for player in group])
        for key, group in groupby(people, key=_standing)
    ]


def _standing(known: StoredPerson) -> str:
    theme = known.person.theme
    return f"theme {theme}" if theme and known.status == "joined" else known.status


def _role(known: StoredPerson) -> DemoRole:
    name = Name(known.person.full_name)
    territory = known.person.territory
    return DemoRole(
        known.id, _("{name} · {territory}", name=name, territory=Territory(territory)) if territory else name
    )


# --- a rehearsal


async def invite(play: Play) -> None:
    """Let the organiser import the list of people and create their invitations.

    One person on the list is chosen at random to join late.
    """
    play.rng.choice(play.players).late = True
    organiser = play.organiser
    await organiser.command("organiser")
    await organiser.act("om")
    await organiser.fill(Upload("liste.csv", write_csv([_row(each) for each in play.players], _HEADINGS)))
    await play.servers.calm()
    different = {plain(words, Reader(each, "UTC")) for words in (TWO_PEOPLE, DIFFERENT_PEOPLE) for each in LOCALES}
    for label in different.intersection(organiser.buttons):  # some invented people have the name of others
        await organiser.press(label)
    await organiser.act("omy")
    await organiser.command("organiser")
    await organiser.act("oi")
    await organiser.act("oip")
    assert organiser.file, f"no invitations: {organiser.text}"
    _headings, *rows = [row.cells for row in read_rows(organiser.file.content, _MOST_ROWS)]
    ways = {str(row[0]): dict(zip(HEADINGS, map(str, row), strict=False)) for row in rows}  # whatever they are called
    known = await play.servers.app.store.read(store.everyone_listed)
    for player in play.players:
        player.ways_in, player.id = ways[player.person.ref], known[player.person.ref].id
    play.report.tell(f"Inès, an organiser on Telegram, sends the list: {len(ways)} people have their invitations.")


async def send_letters(play: Play) -> None:
    """Let the organiser send the invitations by e-mail too, and correct an address that does not exist.

    The report about the letters must say what the mailboxes have. People who have e-mail alone join by their letter.
    """
    organiser, mail, by_mail = play.organiser, play.servers.mail, [each for each in play.players if _has_mail(each)]
    unknown = play.some([player for player in play.players if not _has_mail(player)], _WRONG_ADDRESSES)
    mail.refused |= {player.person.email: "550 5.1.1 no such user" for player in unknown}
    await organiser.command("organiser")
    await organiser.act("oil")
    await organiser.act("oils")
    await play.servers.wait(seconds=GRACE.total_seconds() + 1)
    await organiser.act("oilr")
    _compare_report(play)
    await organiser.act(f"oila-{base36(unknown[0].id)}")
    await organiser.fill(f"nouvelle.{unknown[0].person.email}")
    await organiser.command("organiser")
    await play.servers.calm()
    for step in ("oi", "oilr"):  # invitations, and the report about their letters
        await organiser.act(step)
    _compare_report(play)
    for player in by_mail:
        [letter] = mail.to(player.person.email)
        player.ways_in["page"] = letter.part("plain").partition("/p/")[2].split()[0]
    subject = _("You are invited: {gathering}", gathering=play.settings.gathering.name)
    play.expected.due(by_mail, ExpectedMessage("the invitation", (subject,), kind="invitation"))
    play.report.tell(
        f"She sends {len(mail.letters) + len(unknown) - 1} letters; {len(unknown)} addresses do not exist, and she"
        " corrects one."
    )


def _has_mail(player: CastMember) -> bool:
    return isinstance(player.driver, MailChat)


def _compare_report(play: Play) -> None:
    """Store a difference unless the report that the organiser reads says which letters lie in the mailboxes."""
    letters, arrived = len(play.players), len({letter.to for letter in play.servers.mail.letters})
    lines = (
        _n("{count} letter", "{count} letters", letters),
        _n("{count} handed over to the mail server", "{count} handed over to the mail server", arrived),
        *((_n("{count} came back", "{count} came back", back),) if (back := letters - arrived) else ()),
    )
    said = read_plainly(play.organiser.text)
    for line in (plain(each, Reader("fr", "UTC")) for each in lines):
        if read_plainly(line) not in said:
            play.differences.append(f"the report about letters does not say «{line}»: «{said}»")


def _row(player: CastMember) -> tuple[str | None, ...]:
    person = player.person
    return (
        person.ref,
        person.given_name,
        person.family_name,
        person.email,
        person.territory,
        str(person.gender) if person.gender else "",
        str(person.birth_year),
        person.organisation,
        person.locale,
        player.wants if player.late else "",
    )


async def come_in(play: Play) -> None:
    """Let nearly everyone join by opening their invitation."""
    absent = play.some([player for player in play.players if not player.late], _STAY_AWAY)
    await act_together(
        [player for player in play.players if player not in absent and not player.late], CastMember.enter
    )
    counts = {
        name: sum(each.platform == name for each in play.coming) for name in ("telegram", "web", "discord", "email")
    }
    play.report.tell(
        f"{len(play.coming)} come in: {counts['telegram']} on Telegram, {counts['web']} on their page,"
        f" {counts['discord']} on Discord, {counts['email']} by their letter."
        f" Invitations left unopened: {len(absent)}; one will be late."
    )


REHEARSAL = Rehearsal(
    populate=populate,
    standings=standings,
    stages=(
        Stage("invited", -27, invite, title="four weeks before"),
        Stage("letters sent", -27, send_letters, needs=("invited",)),
        Stage("come in", -27, come_in, needs=("letters sent",)),
    ),
)
