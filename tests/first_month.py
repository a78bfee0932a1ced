"""What an organiser does in her first month, from an empty gathering on, as presses and words that she has in sight.

She goes by buttons, from `/organiser` on. A press of «More…», an option, a line written, a form filled in and a file
sent count as a press each. Counted are the words of every message on the way, with its buttons and options.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.forms import Upload
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.registration.lists.builders import THEMES, people, text
from tests.ways import words_on
from tests.world import World, make_settings, open_world

_SELECTED = 100
_MORE = "Plus…"


def form_of_registration() -> Upload:
    """A table as a form exports it, of a hundred people, with a column that nothing fits and one about health."""
    head = ["Horodateur", "Adresse mail", "Nom", "Prénom", "Date de naissance", "Pays de provenance"]
    head += ["Thématique choisie (1er vœu)", "Régime alimentaire"]
    rows = [
        ["2027/01/12 10:20:14", email, family, f"{given} {place}", f"16/10/{born}", country, THEMES[place % 3], "Aucun"]
        for place, (given, family, email, country, born, _theme) in enumerate(people(_SELECTED))
    ]
    return Upload("Inscriptions (réponses).csv", text([head, *rows]))


@dataclass
class Organiser:
    """An organiser's chat, in which presses and words are counted."""

    world: World
    chat: NeutralChat
    presses: int = 0
    words: int = 0

    async def begin(self) -> None:
        """Open the organisers' screen."""
        await self.chat.command("organiser")
        self._saw(0)

    async def press(self, *labels: str) -> None:
        """Press the first of these that is on the screen, or on a page of its buttons behind «More…»."""
        while not (found := [label for label in labels if any(each.startswith(label) for each in self.chat.buttons)]):
            await self.chat.press(_MORE)
            self._saw()
        await self.chat.press(found[0])
        self._saw()

    async def pick(self, label: str) -> None:
        """Choose an option."""
        await self.chat.pick(label)
        self._saw()

    async def fill(self, *answers: str | Upload) -> None:
        """Answer all questions of a form."""
        for answer in answers:
            await self.chat.fill(answer)
            self._saw()

    async def wait(self) -> None:
        """Read what a job sends."""
        await catch_up_with(self.world, self.chat)
        self._saw(0)

    def _saw(self, presses: int = 1) -> None:
        self.presses += presses
        self.words += words_on(self.chat)


Do = Callable[[Organiser], Awaitable[None]]


async def send_the_list(ines: Organiser) -> None:
    """Send the list and answer what is asked about it."""
    await ines.press("Importer une liste")
    await ines.fill(form_of_registration())
    await ines.wait()
    while not ines.chat.text.startswith("Liste importée"):
        await ines.press(ines.chat.buttons[0])  # what leads is to keep everything


async def make_invitations(ines: Organiser) -> None:
    """Import the list, and make the invitations."""
    await ines.begin()
    await send_the_list(ines)
    await ines.press("Invitations")
    await ines.press("Créer le fichier")


async def invite_a_hundred(ines: Organiser) -> None:
    """The same, then make cards, and say that the invitations are sent."""
    await make_invitations(ines)
    await ines.press("Invitations")
    await ines.press("Cartes à imprimer")
    await ines.wait()
    await ines.begin()
    await ines.press("Oui, envoyées")


async def add_a_private_field(ines: Organiser) -> None:
    """Add a field for the size of a T-shirt."""
    await ines.begin()
    await ines.press("Personnes")
    await ines.press("Champs privés")
    await ines.press("Ajouter un champ")
    await ines.fill("Taille de t-shirt")
    await ines.pick("Du texte")
    await ines.press("Passer")


async def change_the_telephone(ines: Organiser) -> None:
    """Say whom to call at night."""
    await ines.begin()
    await ines.pick("Téléphone d’astreinte")
    await ines.fill("+33 6 12 34 56 78")
    await ines.press("Passer")


async def write_the_invitation(ines: Organiser) -> None:
    """Write the text of invitations in French."""
    await ines.begin()
    await ines.pick("Invitations")
    await ines.press("Invitations")
    await ines.press("Le texte")
    await ines.press("français")
    await ines.press("Changer le texte")
    await ines.fill("Bonjour {prénom}, ton accès : {lien}")


async def remind_who_has_not_come(ines: Organiser) -> None:
    """Make the file of those who have not opened their invitation for a week."""
    await ines.chat.press("Oui, envoyées")
    await ines.world.clock.advance(timedelta(days=8))
    await ines.begin()
    await ines.press("Relancer")
    await ines.press("Fichier pour le publipostage")


async def read_the_journal(ines: Organiser) -> None:
    """Read what was changed today, and by whom."""
    await ines.begin()
    await ines.press("Changements récents")


TASKS: Mapping[str, tuple[Do, bool, str]] = {
    "invite a hundred people, from nothing": (invite_a_hundred, False, "100 invitations envoyées"),
    "add a private field": (add_a_private_field, True, "Taille de t-shirt"),
    "change the telephone on call": (change_the_telephone, True, "+33 6 12 34 56 78"),
    "write the text of invitations": (write_the_invitation, True, "ton accès"),
    "remind who has not come": (remind_who_has_not_come, True, "100 invitations."),
    "read the journal of a day": (read_the_journal, True, "Liste importée"),
}
"""Each task, whether the list is in and invitations are made when it begins, and what is read at its end."""


async def measured(name: str, empty: Path | None = None) -> Organiser:
    """What a task costs in a gathering of its own; `empty` is a database with the program's own tables."""
    task, begun, end = TASKS[name]
    settings = make_settings(organisers={"telegram": [900]}, web={"public_url": "https://rencontres.example"})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "month.sqlite3"
        if empty:
            shutil.copy(empty, file)
        async with open_world(f"sqlite:///{file}", settings, migrate=not empty) as world:
            ines = Organiser(world, await world.organiser("900", locale="fr"))
            if begun:
                await make_invitations(ines)
                await ines.begin()
                ines = Organiser(world, ines.chat)
            await task(ines)
            assert end in ines.chat.text, ines.chat.text
            return ines
