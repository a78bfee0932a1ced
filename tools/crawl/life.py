"""What happens in the gathering between the crawls: its days, lived straight in the store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock, ShiftedClock
from bot.config.settings import Settings
from bot.content.stems import stems
from bot.database.engine import Transaction
from bot.files.folder import Folder
from bot.people import participant_store
from bot.people.audiences import parse
from bot.rehearsal.demo_gathering import demo_settings
from bot.rehearsal.pictures import paper
from bot.rehearsal.servers import FakeServers
from handlers.announcements.service.changing import withdraw_announcement
from handlers.announcements.service.releasing import release_announcement
from handlers.announcements.store.announcements import add_announcement, find_announcement, wait_for_hour
from handlers.announcements.store.contents import ELSE, LinkButton, put_words
from handlers.groups.model import Group
from handlers.groups.service.membership import publish_round
from handlers.groups.store.groups import add_group, groups_of_round, highest_group_numbers
from handlers.groups.store.members import members_of, placements_of_round, put_in_group
from handlers.groups.store.rounds import find_round
from handlers.ideas.store.files import add_file
from handlers.ideas.store.ideas import add_idea, ideas_of_group
from handlers.ideas.store.votes import cast_votes
from handlers.syntheses.store import put_card, save_version
from handlers.team.store import add_question
from handlers.themes.service import ChoiceOutcome, choose_theme
from handlers.themes.store import all_themes, join_waiting_list
from handlers.trust.service import begin_check, name_trusted, write, write_to
from handlers.workshops.model import Category, Collects, PhaseRun
from handlers.workshops.service.calls import call_for_help
from handlers.workshops.service.phases import end_phase, reveal_ideas, start_phase
from handlers.workshops.store.phases import all_phases, find_phase
from handlers.workshops.store.runs import open_run_of

_SIZE = 7
_WRITTEN: dict[Collects, dict[str, str]] = {
    "facts": {"text": "Les cantines ferment à 14 h."},
    "challenge": {"sentence": "Comment cuisiner ensemble ?", "runners_up": "Comment partager les clés ? (2)"},
    "solution": {"idea": "Une cuisine partagée", "for_whom": "Le quartier", "what": "Une cuisine ouverte le soir"},
}
_SAID = (
    "Une cuisine qui appartient à tout le monde",
    "Une cuisine à tout le quartier",
    "<b>Un jardin</b> & *des* `abeilles`",
    "Un banc 👩‍👩‍👧‍👦 où l'on parle",
    "Une affiche par rue, " * 20,
)


CONFIDED = "Zzconfie"
"""In every word that is written to a person of trust, and to be met nowhere else."""


class Life(ABC):
    """A gathering that is lived; `now` is its clock's. Where it is lived, each subclass says."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._clock.now()

    @abstractmethod
    async def do(self, unit: Callable[[Transaction], Awaitable[None]]) -> None:
        """One thing that happens, and whatever it makes due."""

    @abstractmethod
    async def until(self, instant: datetime) -> None:
        """Let time pass."""

    @abstractmethod
    async def restart(self) -> None:
        """Stop the program, where one runs, and start it again."""

    async def day(self, days: int, hour: int) -> None:
        """Let time pass until an hour of the gathering's day `days` (0 is the first); nothing where it is past."""
        gathering = self.settings.gathering
        day = gathering.starts + timedelta(days=days)
        instant = gathering.instant(datetime(day.year, day.month, day.day, hour))  # noqa: DTZ001 - a local hour
        if instant > self.now:
            await self.until(instant)

    # --- what happens

    async def ask_and_announce(self) -> None:
        """Questions, announcements in every state, a campaign, and a waiting list."""

        async def unit(tx: Transaction) -> None:
            people = [row["id"] for row in await tx.all("SELECT id FROM participants WHERE status = 'joined'")]
            for person in people[:3]:
                await add_question(tx, person, "Où dort-on ?\nEt <où> mange-t-on ?", self.now)
            await self._fill_scarce(tx, people)
            settings = self.settings
            for place, words in enumerate(("Un brouillon", "Plus tard", "Le plan est affiché", "Trop tôt", "Faux")):
                made = await add_announcement(tx, None, (words,), (), self.now, audience=parse("all"))
                await put_words(tx, made.id, {ELSE: (words,)}, None)
                if place == 1:
                    await wait_for_hour(tx, made.id, self.now + timedelta(days=2))
                elif place > 1:
                    await release_announcement(tx, settings, made, self.now)
                if place == 4:
                    found = await find_announcement(tx, made.id)
                    assert found
                    await withdraw_announcement(tx, found, self.now)
            for words in ("Choisis ton repas", "Choisis ton lit"):
                ends = self.now + timedelta(days=5)
                asked = await add_announcement(tx, None, (words,), (), self.now, kind="campaign", deadline=ends)
                link = LinkButton("Je réponds", "https://example.org/choix")
                await put_words(tx, asked.id, {ELSE: (words,)}, link)
                if words.endswith("repas"):  # the other one stays a draft
                    await release_announcement(tx, settings, asked, self.now)

        await self.do(unit)

    async def confide_and_ask(self) -> None:
        """Two invented people talk in confidence, which nobody else may read, and a drill asks who is safe."""

        async def unit(tx: Transaction) -> None:
            rows = await tx.all("SELECT id FROM participants WHERE status = 'joined' AND attends = 1 ORDER BY id")
            trusted, author, *_others = [row["id"] for row in rows]
            await name_trusted(tx, trusted, "français", "jour et nuit", self.now)
            conversation = await write_to(tx, author, trusted, f"{CONFIDED} : on me suit.", self.now, anonymous=True)
            await write(tx, conversation, trusted, f"{CONFIDED} : j'arrive.", self.now)
            await begin_check(tx, author, parse("all"), self.now, drill=True)

        await self.do(unit)

    async def _fill_scarce(self, tx: Transaction, people: Sequence[int]) -> None:
        scarce = next((theme for theme in await all_themes(tx) if theme.capacity is not None), None)
        for person_id in people[-6:]:
            person = await participant_store.find(tx, person_id)
            if not (scarce and person and person.attends):
                continue
            if await choose_theme(tx, person, scarce.key, self.now) is ChoiceOutcome.FULL:
                await join_waiting_list(tx, person_id, scarce.key, self.now)

    async def publish_groups(self) -> None:
        """Everyone who has a theme is in a group of the first day, and is told."""
        await self.make_groups()

        async def unit(tx: Transaction) -> None:
            round_ = await find_round(tx, 1)
            assert round_
            await publish_round(tx, round_, self.now)

        await self.do(unit)

    async def make_groups(self) -> None:
        """Everyone who has a theme is in a group of the first day."""

        async def unit(tx: Transaction) -> None:
            numbers = dict(await highest_group_numbers(tx, 1))
            placed = {person for person, *_rest in await placements_of_round(tx, 1)}
            for theme in await all_themes(tx):
                rows = await tx.all("SELECT participant_id AS id FROM choices WHERE theme = :key", key=theme.key)
                waiting = [row["id"] for row in rows if row["id"] not in placed]
                for start in range(0, len(waiting), _SIZE):
                    numbers[theme.key] = numbers.get(theme.key, 0) + 1
                    group = await add_group(tx, 1, theme.key, numbers[theme.key])
                    for person in waiting[start : start + _SIZE]:
                        await put_in_group(tx, person, group)

        await self.do(unit)

    async def begin_phase(self, number: int) -> None:
        """A phase begins for all groups, whatever phase they are in; some call, many give ideas, some photos."""

        async def unit(tx: Transaction) -> None:
            phase = (await all_phases(tx))[number]
            everyone = await groups_of_round(tx, 1)
            for group in everyone:
                if run := await open_run_of(tx, group.id):
                    await end_phase(tx, run, self.now)
            await start_phase(tx, self.settings, phase, [group.id for group in everyone], self.now, None)
            for group in everyone:
                if run := await open_run_of(tx, group.id):
                    await self._give(tx, group, run)

        await self.do(unit)

    async def _give(self, tx: Transaction, group: Group, run: PhaseRun) -> None:
        people = [member.id for member in await members_of(tx, group)]
        phase = await find_phase(tx, run.phase)
        category: Category = "fact" if phase and phase.collects == "facts" else ""
        for place, text in enumerate(_SAID):
            if not people:
                return
            author = people[place % len(people)]
            idea = await add_idea(
                tx, author, group.id, run.phase, text, self.now, stems=stems(text, "fr"), category=category
            )
            if place == 3:
                content = paper("Un banc")
                digest = Folder(self.settings.storage.folder).keep(content)
                await add_file(
                    tx, idea.id, digest=digest, name="a.png", media_type="image/png", picture=True, size=len(content)
                )
        await call_for_help(tx, self.settings, group, people[0], self.now)

    async def reveal(self) -> None:
        """The groups read their ideas, vote, and write down what they keep."""

        async def unit(tx: Transaction) -> None:
            for group in await groups_of_round(tx, 1):
                run = await open_run_of(tx, group.id)
                if run is None:
                    continue
                await reveal_ideas(tx, self.settings, run, self.now)
                phase = await find_phase(tx, run.phase)
                given = await ideas_of_group(tx, group.id, run.phase)
                people = await members_of(tx, group)
                for member in people:
                    await cast_votes(tx, member.id, group.id, run.phase, [idea.id for idea in given[:2]])
                if phase and people and (content := _WRITTEN.get(phase.collects)):
                    await save_version(tx, group.id, run.phase, people[0].id, content, 0, self.now)
                    other = {key: f"{words} (autrement)" for key, words in content.items()}
                    await save_version(tx, group.id, run.phase, people[-1].id, other, 0, self.now)
                elif phase and people and phase.collects == "territories":
                    for member in people[1:]:
                        where = member.territory or "FR"
                        said = {"present": "Des cantines", "obstacle": "", "change": "La loi", "carrier": "La mairie"}
                        await put_card(tx, group.id, member.id, where, self.now, **said)

        await self.do(unit)

    async def end_phases(self) -> None:
        """Every phase that runs is closed."""

        async def unit(tx: Transaction) -> None:
            for group in await groups_of_round(tx, 1):
                if run := await open_run_of(tx, group.id):
                    await end_phase(tx, run, self.now)

        await self.do(unit)


class LifeOnServers(Life):
    """A gathering whose program runs, over servers of this machine."""

    def __init__(self, servers: FakeServers) -> None:
        super().__init__(servers.settings, servers.clock)
        self._servers = servers

    async def do(self, unit: Callable[[Transaction], Awaitable[None]]) -> None:
        """One thing that happens, and whatever it makes due."""
        app = self._servers.app
        await app.store.transact(unit)
        app.delivery.wake()
        await self._servers.calm()

    async def until(self, instant: datetime) -> None:
        """Let time pass, and the program do all that is due on the way."""
        await self._servers.until(instant)

    async def restart(self) -> None:
        """Stop the program and start it again."""
        await self._servers.restart()


Step = tuple[str, Callable[[Life], Awaitable[None]]]


async def _chosen(_life: Life) -> None:
    """Nothing: people chose their themes before."""


async def _grouped(life: Life) -> None:
    await life.make_groups()


async def _published(life: Life) -> None:
    await life.day(-3, 10)
    await life.publish_groups()


async def _understand(life: Life) -> None:
    await life.day(0, 14)
    await life.publish_groups()
    await life.begin_phase(0)


async def _revealed(life: Life) -> None:
    await life.reveal()


async def _formulated(life: Life) -> None:
    await life.begin_phase(1)
    await life.reveal()


async def _imagined(life: Life) -> None:
    await life.restart()
    await life.begin_phase(2)
    await life.reveal()


async def _carried(life: Life) -> None:
    await life.day(1, 11)
    await life.begin_phase(3)
    await life.reveal()


async def _ended(life: Life) -> None:
    await life.day(2, 17)
    await life.end_phases()


async def _over(life: Life) -> None:
    await life.day(12, 12)


STEPS: Sequence[Step] = (
    ("themes are chosen", _chosen),
    ("announcements, questions, a campaign, a waiting list", Life.ask_and_announce),
    ("somebody confides, and a drill", Life.confide_and_ask),
    ("groups are kept", _grouped),
    ("groups are published", _published),
    ("the first phase runs", _understand),
    ("its ideas are revealed", _revealed),
    ("the challenge is written down", _formulated),
    ("solutions, after a restart", _imagined),
    ("territories", _carried),
    ("everything is ended", _ended),
    ("the gathering is over", _over),
)
"""The days of the gathering, between which people crawl."""

SHORT: Sequence[Step] = (STEPS[1], STEPS[2], STEPS[5], STEPS[6])
"""As much as fits into the tests."""


def crawl_settings(folder: Path, port: int, clock: ShiftedClock) -> Settings:
    """The demo's gathering, where everyone may register."""
    settings = demo_settings(folder, port, clock.now())
    gathering = settings.gathering.model_copy(update={"registration": "open"})
    return settings.model_copy(update={"gathering": gathering})
