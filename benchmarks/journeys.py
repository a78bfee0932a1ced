"""Counts taps, written lines and shown words of the journeys in docs/organisateurs.md.

    python -m benchmarks journeys

Each journey is walked in French, over the real handlers, in a gathering of 65 people and thirteen groups of two themes.
A tap is a button or a choice; a line written or a file sent counts as one too. Words are the words of every screen on
the way, the labels of its buttons and choices included: everything that somebody who looks for the next step sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from benchmarks.report import options
from handlers.groups.model import Group
from tests.drivers.neutral import NeutralChat
from tests.ideas.builders import idea
from tests.ways import PEOPLE, come_in, give_two_ideas, publish_groups, words_on
from tests.workshops.builders import PHASES, revealed, started
from tests.world import World, make_settings, open_world


@dataclass
class Walk:
    """A person's chat, in which taps and words are counted."""

    world: World
    chat: NeutralChat
    groups: Sequence[Group]
    taps: int = 0
    words: int = 0

    async def command(self, word: str) -> None:
        """Send a command, which counts as a line written."""
        await self.chat.command(word)
        self._count()

    async def press(self, *labels: str) -> None:
        """Press the first button that begins with one of `labels`; several may be given, since labels change."""
        shown = self.chat.buttons
        label = next((label for label in labels if any(button.startswith(label) for button in shown)), labels[0])
        await self.chat.press(label)
        self._count()

    async def pick(self, *labels: str) -> None:
        """Choose options, each of which counts as a tap."""
        await self.chat.pick(*labels)
        self._count(len(labels))

    async def write(self, text: str) -> None:
        """Write a line, which counts as one tap."""
        await self.chat.send(text)
        self._count()

    def offers(self, label: str) -> bool:
        """Return whether a button or an option with this label is on the screen."""
        return any(shown.startswith(label) for shown in (*self.chat.buttons, *self.chat.options))

    def _count(self, taps: int = 1) -> None:
        self.taps += taps
        self.words += words_on(self.chat)


@dataclass(frozen=True)
class Journey:
    """Something that a person wants done: the steps for it, from the first command, and who takes them."""

    name: str
    walk: Callable[[Walk], Awaitable[None]]
    organiser: bool = True
    grouped: bool = True
    """Whether groups are published when the journey begins."""


Do = Callable[[Walk], Awaitable[None]]
JOURNEYS: list[Journey] = []


def journey(name: str, **where: bool) -> Callable[[Do], Do]:
    """Return a decorator that adds a journey, with its name in the table of results."""

    def keep(walk: Do) -> Do:
        JOURNEYS.append(Journey(name, walk, **where))
        return walk

    return keep


# --- as a participant


@journey("choose a theme", organiser=False, grouped=False)
async def choose_a_theme(walk: Walk) -> None:
    await walk.command("theme")
    await walk.pick("CivicTech")


@journey("change one's theme", organiser=False, grouped=False)
async def change_a_theme(walk: Walk) -> None:
    await walk.command("theme")
    await walk.pick("CivicTech")
    await walk.command("theme")
    await walk.pick("Innovation")


@journey("find one's group and why it is that one", organiser=False)
async def find_a_group(walk: Walk) -> None:
    await walk.command("groupe")
    await walk.press("Pourquoi")


@journey("give an idea from one's own screen", organiser=False)
async def give_an_idea(walk: Walk) -> None:
    await started(walk.world, walk.groups[0])
    await walk.command("moi")
    if not walk.offers("Donner"):
        await walk.press("Ma phase")
    await walk.press("Donner")
    await walk.write("Une cuisine partagée au rez-de-chaussée")


@journey("change the language, by buttons", organiser=False, grouped=False)
async def change_the_language(walk: Walk) -> None:
    await walk.command("moi")
    if not walk.offers("Réglages"):
        await walk.press("Plus…")
        await walk.press("Mon compte")
    await walk.press("Réglages")
    await walk.press("Langue")
    await walk.pick("English")


@journey("read the wall and vote for an idea", organiser=False)
async def vote(walk: Walk) -> None:
    run = await started(walk.world, walk.groups[0], "solutions")
    for name in PEOPLE[1:5]:
        await idea(walk.world, walk.groups[0], name, f"Une cuisine partagée, comme {name} la voit")
    await revealed(walk.world, run)
    await walk.command("phase")
    await walk.pick("2. Une cuisine partagée, comme Zoé02")
    if any(button.startswith("Choisir") for button in walk.chat.buttons):
        await walk.press("Choisir")


@journey("ask the team something", organiser=False, grouped=False)
async def ask_the_team(walk: Walk) -> None:
    await walk.command("equipe")
    await walk.write("Y a-t-il une navette ?")


# --- as an organiser


@journey("find someone and read their card", grouped=False)
async def find_someone(walk: Walk) -> None:
    await walk.command("organiser")
    await walk.press("Trouver")
    await walk.write("Zoé03")
    await walk.press(walk.chat.buttons[0])


@journey("announce something to everybody")
async def announce(walk: Walk) -> None:
    await walk.command("annoncer")
    if "ici" not in walk.chat.text:
        await walk.press("Écrire")
    await walk.write("Le bus part à 9 h.")
    await walk.pick("tout le monde")
    await walk.press("Envoyer maintenant")


@journey("answer a question", grouped=False)
async def answer_a_question(walk: Walk) -> None:
    asker = walk.world.chat("1007", locale="fr")
    await asker.command("equipe")
    await asker.send("Y a-t-il une navette ?")
    await walk.command("organiser")
    await walk.press("Répondre")  # what the screen leads with
    await walk.press("Répondre")
    await walk.write("Oui, à 9 h devant la gare.")


@journey("start a phase for every group")
async def start_for_all(walk: Walk) -> None:
    await walk.command("animer")
    await walk.press("Démarrer\N{NO-BREAK SPACE}: Comprendre")
    await walk.press("Démarrer")


@journey("start a phase for one theme")
async def start_for_a_theme(walk: Walk) -> None:
    await walk.command("animer")
    await walk.press("Démarrer\N{NO-BREAK SPACE}: Comprendre")
    await walk.pick("CivicTech")
    if any(button.startswith("Choisir") for button in walk.chat.buttons):
        await walk.press("Choisir")
    await walk.press("Démarrer")


@journey("start a phase by mistake, and take it back")
async def start_and_undo(walk: Walk) -> None:
    await start_for_all(walk)
    await walk.press("Annuler ce changement", "Gérer")


@journey("make the booklet")
async def make_the_booklet(walk: Walk) -> None:
    await walk.command("bilan")
    await walk.press("Livret")


@journey("make the booklet without an idea nobody saw")
async def make_the_booklet_without(walk: Walk) -> None:
    await give_two_ideas(walk.world, walk.groups[0])
    await make_the_booklet(walk)
    await walk.press("Préparer le livret")


@journey("take a line out of all prints")
async def take_a_line_out(walk: Walk) -> None:
    await give_two_ideas(walk.world, walk.groups[0])
    await walk.command("bilan")
    await walk.press("Ce qui s’imprime")
    await walk.press(walk.chat.buttons[0])
    await walk.press(walk.chat.buttons[0])
    await walk.pick("Une navette")


async def measured(journey: Journey) -> Walk:
    """Return the walk of a journey in a new gathering, with its counts."""
    settings = make_settings(
        phases=PHASES, organisers={"telegram": [900]}, gathering={"starts": "2027-03-01", "ends": "2027-03-03"}
    )
    with TemporaryDirectory() as folder:
        async with open_world(f"sqlite:///{folder}/journeys.sqlite3", settings, migrate=True) as world:
            organiser = await come_in(world)
            groups = await publish_groups(world) if journey.grouped else ()
            walk = Walk(world, organiser if journey.organiser else world.chat("1000", locale="fr"), groups)
            await journey.walk(walk)
            return walk


async def measure() -> None:
    """Print how many taps and words each journey costs."""
    print(f"{'':44}  taps  words")
    for journey in JOURNEYS:
        walk = await measured(journey)
        print(f"{journey.name:44}  {walk.taps:4}  {walk.words:5}", flush=True)


def main() -> None:
    options(__doc__)
    asyncio.run(measure())
