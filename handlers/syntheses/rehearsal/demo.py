"""What the demo's invented people do in a workshop, step by step, and the texts they write.

A visitor of the demo takes part in one of the groups; the program plays the other members.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.conversation.incoming import Picked, Pressed, Submitted, Typed
from bot.database.engine import Transaction
from bot.rehearsal.contributions import Step
from handlers.ideas.actions import CastVotes
from handlers.ideas.store.ideas import ideas_of_group
from handlers.ideas.store.votes import most_voted_of_group
from handlers.syntheses import store
from handlers.syntheses.actions import (
    Approve,
    PickIdea,
    WriteFirstHalf,
    WriteSecondHalf,
    WriteSentence,
    WriteText,
)
from handlers.syntheses.model import Synthesis
from handlers.syntheses.rehearsal.demo_store import TableMember, WorkTable, tables_at_work
from handlers.workshops.actions import WriteCard
from handlers.workshops.model import Collects

_VOTES = 3


async def next_steps(tx: Transaction, visitors: Collection[int], leaving: bool) -> Sequence[Step]:
    """Return the next step of the invented people in each group in which one of them has something left to do.

    `visitors` are the ids of the participants whom a visitor of the demo plays. They write their groups' syntheses
    themselves; only if the clock is about to be moved (`leaving`), invented people write these too.
    """
    steps = [await _next_step(tx, table, leaving=leaving) for table in await tables_at_work(tx, visitors)]
    return [step for step in steps if step]


async def _next_step(tx: Transaction, table: WorkTable, *, leaving: bool) -> Step | None:
    if table.run.open:
        return _speak(table) or (await _vote(tx, table) if table.run.revealed else None)
    return await _write(tx, table) if leaving or not table.visited else None


def _speak(table: WorkTable) -> Step | None:
    """Return the step of the next member who gives an idea or writes a territory card; None once all have.

    All members but the last give an idea, and every fourth of them a second one.
    """
    for round_ in (0, 1):
        for member in table.idle[:-1]:
            if table.phase.collects == "territories":
                if round_ == 0 and not member.described:
                    return _describe(table, member)
            elif member.idea_count == round_ and (round_ == 0 or member.index % 4 == 1):
                number = table.number * 3 + (6 + member.index // 4 if round_ else member.index)
                text = idea_text(table.phase.collects, table.theme, member.locale, table.number, number)
                return Step(member.id, Typed(text), text)
    return None


def _describe(table: WorkTable, member: TableMember) -> Step:
    words = TERRITORY[(table.number + member.index) % len(TERRITORY)]
    answers = dict(zip(("present", "obstacle", "change", "carrier"), words, strict=True))
    return Step(member.id, Submitted(WriteCard(table.run.id).encode(), answers), "\n".join(words))


async def _vote(tx: Transaction, table: WorkTable) -> Step | None:
    """Return the step of the next member who votes; None once all but the last have voted."""
    offered = await ideas_of_group(tx, table.run.group_id, table.run.phase)
    for member in table.idle[:-1]:
        if offered and not member.voted:
            positions = (member.index % 2, 2 + member.index, 3 + 2 * member.index)
            chosen = {offered[position % len(offered)].id for position in positions[:_VOTES]}
            ballot = CastVotes(table.run.id, offered[0].id, offered[-1].id)
            return Step(member.id, Picked(ballot.encode(), tuple(map(str, sorted(chosen)))))
    return None


async def _write(tx: Transaction, table: WorkTable) -> Step | None:
    """Return the step in which the first member writes the synthesis, or the second approves of it; None once done."""
    if not table.idle or table.phase.collects == "territories":
        return None
    run, writer = table.run, table.idle[0].id
    written = await store.current_version(tx, run.group_id, run.phase)
    leaders = [idea.text for idea, _votes in await most_voted_of_group(tx, run.group_id, run.phase)]
    if table.phase.collects == "solution":
        return await _fill(tx, table, written) if leaders else None
    if written is not None:
        others = [member.id for member in table.idle[1:2] if member.id != written.author_id]
        opinions = await store.opinions_of(tx, written.id)
        return Step(others[0], Pressed(Approve(written.id).encode())) if others and not opinions else None
    if not leaders:
        return None
    if table.phase.collects == "challenge":
        return Step(writer, Submitted(WriteSentence(run.id, 0).encode(), {"sentence": leaders[0]}), leaders[0])
    text = "\n".join(leaders[:_VOTES])
    return Step(writer, Submitted(WriteText(run.id, 0).encode(), {"text": text}), text)


async def _fill(tx: Transaction, table: WorkTable, written: Synthesis | None) -> Step | None:
    """Return the next step of a solution: the idea with the most votes, then the two forms of the canvas.

    Returns None once all is written.
    """
    run, writer = table.run, table.idle[0].id
    content = written.content if written else {}
    base = written.id if written else 0
    if not content.get("idea"):
        best, _votes = (await most_voted_of_group(tx, run.group_id, run.phase))[0]
        return Step(writer, Picked(PickIdea(run.id, base).encode(), (str(best.id),)))
    halves = (
        (
            WriteFirstHalf(run.id, base),
            ("for_whom", "what", "how"),
            CANVAS.get(table.theme, CANVAS["culture"]),
        ),
        (WriteSecondHalf(run.id, base), ("with_whom", "first_step", "measure"), CANVAS_REST),
    )
    for action, fields, words in halves:
        if not any(content.get(field) for field in fields):
            answers = dict(zip(fields, words, strict=True))
            return Step(writer, Submitted(action.encode(), answers), "\n".join(words))
    return None


# --- The texts of the demo's invented people: in French by phase and theme, some in English and German.


_STAKES: Mapping[str, Sequence[str]] = {
    "culture": (
        "Besoin : chez moi, les jeunes n'ont aucun lieu pour répéter",
        "La salle des fêtes est fermée 300 jours par an",
        "Dispositif : une carte culture à 10 €, que personne ne connaît",
        "Besoin : un bus le soir pour rentrer d'un concert",
        "Les troupes amateurs vieillissent, personne ne prend la suite",
        "Dispositif : la médiathèque prête des instruments depuis deux ans",
        "Besoin : quelqu'un qui aide à remplir les dossiers de subvention",
        "Un spectacle sur deux se joue dans la capitale",
    ),
    "school": (
        "Une élève sur cinq n'a pas d'ordinateur à la maison",
        "Besoin : des formations pour les enseignants, pas seulement du matériel",
        "Dispositif : un fablab mobile passe une fois par trimestre",
        "Les tablettes restent dans l'armoire, faute de réseau",
        "Besoin : que les parents comprennent l'espace numérique",
        "Dispositif : des lycéens aident les aînés avec leur téléphone",
        "Besoin : apprendre à vérifier une information",
        "Les cours en ligne perdent d'abord les élèves déjà en difficulté",
    ),
    "civic": (
        "Aux dernières élections locales, un jeune sur quatre a voté",
        "Besoin : des comptes rendus du conseil que l'on comprend",
        "Dispositif : un budget participatif, 3 % du budget de la ville",
        "Les consultations ont lieu en semaine à 17 h",
        "Besoin : savoir ce qu'est devenue notre proposition",
        "Dispositif : un conseil des jeunes, tiré au sort depuis 2023",
        "Les plateformes de la mairie ne marchent pas sur téléphone",
        "Besoin : une garde d'enfants pendant les réunions",
    ),
}
_CHALLENGES: Mapping[str, Sequence[str]] = {
    "culture": (
        "Comment offrir aux jeunes un lieu où répéter, sans rien construire ?",
        "Comment faire circuler les spectacles jusque dans les villages ?",
        "Comment ouvrir les salles vides à celles et ceux qui en ont besoin ?",
        "Comment rentrer chez soi après un concert sans voiture ?",
        "Comment donner envie aux jeunes de reprendre les associations ?",
        "Comment simplifier l'accès aux aides pour un premier projet ?",
        "Comment faire connaître ce qui existe déjà ?",
        "Comment mêler amateurs et professionnels sur une même scène ?",
    ),
    "school": (
        "Comment faire de chaque élève quelqu'un qui vérifie avant de partager ?",
        "Comment former les enseignants par celles et ceux qui savent déjà ?",
        "Comment prêter du matériel à qui n'en a pas, sans stigmatiser ?",
        "Comment associer les parents au numérique à l'école ?",
        "Comment apprendre ensemble, entre écoles de plusieurs pays ?",
        "Comment ouvrir l'école le soir à tout le quartier ?",
        "Comment aider d'abord les élèves qui décrochent ?",
        "Comment faire classe sans réseau ?",
    ),
    "civic": (
        "Comment décider ensemble sans exclure celles et ceux qui n'ont pas le temps ?",
        "Comment rendre visible ce que devient chaque proposition ?",
        "Comment amener les jeunes à voter une première fois ?",
        "Comment faire comprendre un budget en dix minutes ?",
        "Comment entendre les personnes qui ne viennent jamais aux réunions ?",
        "Comment tirer au sort sans laisser personne de côté ?",
        "Comment garder un conseil de jeunes vivant après six mois ?",
        "Comment parler d'une même voix entre communes voisines ?",
    ),
}
_SOLUTIONS: Mapping[str, Sequence[str]] = {
    "culture": (
        "Ouvrir les écoles le soir, avec une clé partagée",
        "Une carte des lieux vides que l'on peut emprunter",
        "Un bus qui emmène le public et ramène les artistes",
        "Un parrainage entre une troupe amateur et un théâtre",
        "Un guichet unique pour les petites subventions",
        "Des répétitions publiques le samedi au marché",
        "Une malle de matériel son et lumière qui tourne entre communes",
        "Un jumelage de festivals, ici et là-bas",
    ),
    "school": (
        "Un club de vérification dans chaque collège, tenu par les élèves",
        "Des binômes élève et enseignant pour apprendre un outil par mois",
        "Une ordinathèque, comme une bibliothèque, avec un atelier de réparation",
        "Un café des parents, un samedi par mois, téléphones sur la table",
        "Une classe jumelle dans un autre pays francophone",
        "Un serveur local qui marche sans internet",
        "Des tutorats entre lycéens et collégiens, reconnus dans le bulletin",
        "Un camion-atelier partagé entre dix écoles",
    ),
    "civic": (
        "Un suivi public de chaque proposition, comme un colis",
        "Des assemblées tirées au sort, avec une garde d'enfants",
        "Un budget expliqué en bande dessinée par des lycéens",
        "Une réunion de quartier par message vocal",
        "Un bus citoyen qui va au marché, pas l'inverse",
        "Un droit de tirage : 50 signatures, une réponse écrite",
        "Un premier vote accompagné, entre amis",
        "Un réseau de conseils de jeunes qui se rendent visite",
    ),
}
_ELSEWHERE: Mapping[str, Mapping[str, Sequence[str]]] = {
    "facts": {
        "en": ("Need: somebody who answers when a form does not work", "Our town has one bus a day"),
        "de": ("Bedarf: ein Raum, der auch abends offen ist", "Angebot: ein Jugendrat mit eigenem Budget"),
    },
    "challenge": {
        "en": ("How might we reach those who never come to a meeting?", "How can we share what works?"),
        "de": ("Wie erreichen wir alle, die nie zu Treffen kommen?", "Wie teilen wir, was schon klappt?"),
    },
    "solution": {
        "en": ("A library of tools that neighbours lend each other", "One open evening a week, run by young people"),
        "de": ("Ein Stammtisch für Projekte, jeden Monat", "Ein Schlüssel für alle leeren Räume"),
    },
}
_FRENCH: Mapping[str, Mapping[str, Sequence[str]]] = {
    "facts": _STAKES,
    "challenge": _CHALLENGES,
    "solution": _SOLUTIONS,
}

CANVAS: Mapping[str, tuple[str, str, str]] = {
    "culture": (
        "Les 16 à 25 ans de nos communes",
        "Des lieux déjà là, ouverts le soir et le week-end",
        "Une clé partagée, un planning en ligne, un référent par lieu",
    ),
    "school": (
        "Les collégiens, et d'abord celles et ceux qui décrochent",
        "Un rendez-vous par semaine, animé par des élèves formés",
        "Deux heures dans l'emploi du temps, une salle, un tuteur",
    ),
    "civic": (
        "Celles et ceux qui ne viennent jamais aux réunions",
        "Une assemblée courte, à une heure qui convient, avec une réponse écrite",
        "Tirage au sort, garde d'enfants, suivi public des décisions",
    ),
}
"""The first three fields of the canvas (for whom, what, how), by theme."""
CANVAS_REST = (
    "Les mairies, les associations, les jeunes du quartier",
    "Un essai de trois mois dans une commune volontaire",
    "Dans un an : dix lieux ou groupes actifs, et 200 personnes revenues au moins deux fois",
)
"""The last three fields of the canvas: with whom, the first step, the measure of success."""
TERRITORY: Sequence[tuple[str, str, str, str]] = (
    ("Deux lieux pilotes depuis 2024", "L'assurance des locaux", "Une convention type", "Le réseau des MJC"),
    ("Un appel à projets chaque automne", "Les délais de paiement", "Verser la moitié tout de suite", "La région"),
    ("Rien encore", "Les distances, surtout l'hiver", "Un relais dans chaque bourg", "Les bibliothèques"),
    ("Une association très active", "Tout repose sur une personne", "Former une équipe", "L'université"),
    ("Un cadre légal favorable", "Peu de gens le connaissent", "Une campagne dans les lycées", "Le ministère"),
)
"""Territory cards: what exists, what blocks, what must change, who could carry it."""


_TAILS: Mapping[str, Sequence[str]] = {
    "facts": (
        ", surtout hors des villes",
        " : c'est ce que j'entends chez moi",
        ", d'après les jeunes que je connais",
        ", moins en été",
        ", et c'est pareil chez nos voisins",
    ),
    "challenge": (
        " dès cette année",
        " avec les moyens que nous avons",
        " dans chacun de nos pays",
        " sans attendre une loi",
        " en partant des jeunes",
    ),
    "solution": (
        ", d'abord dans trois communes",
        ", avec et par les jeunes",
        ", dès cet automne",
        ", sans budget au départ",
        ", à l'essai pendant trois mois",
    ),
}
"""The endings of some ideas, so that the groups of a theme do not all write the same."""
_ENDS = 3
"""One idea of so many has an ending: people seldom write alike."""
_QUESTION = " ?"


def idea_text(collects: Collects, theme: str, locale: str, group: int, number: int) -> str:
    """Return the text of an idea in the language `locale` or, if there are no texts in it, in French.

    `number` counts the ideas; after the last text, the texts are used again from the first. Some French texts get an
    ending, others in each group (`group` is its number).
    """
    of_phase = collects if collects in _FRENCH else "solution"
    elsewhere = _ELSEWHERE[of_phase].get(locale)
    if elsewhere:
        return elsewhere[number % len(elsewhere)]
    french = _FRENCH[of_phase].get(theme) or _FRENCH[of_phase]["culture"]
    text, tails = french[number % len(french)], _TAILS[of_phase]
    if (number + group) % _ENDS or "," in text:
        return text
    end = _QUESTION if text.endswith(_QUESTION) else ""
    return text.removesuffix(_QUESTION) + tails[(number // _ENDS + group) % len(tails)] + end
