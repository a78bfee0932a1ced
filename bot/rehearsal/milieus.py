"""Names, organisations and languages of invented people, grouped by where the people come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milieu:
    """The names, languages, territories and organisations from which invented people of one origin get theirs.

    Each person gets one of each at random; a value that is listed twice is drawn twice as often.
    """

    territories: Sequence[str]
    locales: Sequence[str]
    women: Sequence[str]
    men: Sequence[str]
    families: Sequence[str]
    organisations: Sequence[str]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


FRANCE = Milieu(
    territories=("FR",) * 18 + ("RE", "GP"),
    locales=("fr",) * 19 + ("en",),
    women=_list(
        "Camille, Léa, Manon, Chloé, Inès, Sarah, Élise, Juliette, Anaïs, Mathilde, Fatou, Yasmine, Maëlys, Noémie,"
        " Clémence, Aïcha, Solène, Marie, Jeanne, Zoé"
    ),
    men=_list(
        "Lucas, Hugo, Théo, Antoine, Maxime, Mehdi, Baptiste, Rémi, Loïc, Ibrahim, Étienne, Raphaël, Nicolas, Jules,"
        " Gaël, Kevin, François, Amine, Clément, Paul"
    ),
    families=_list(
        "Martin, Bernard, Petit, Durand, Leroy, Moreau, Lefèvre, Garcia, Fournier, Girard, Benali, Mercier, Faure,"
        " Diallo, Guérin, Le Goff, Nguyen, Chevalier, Barbier, Hoarau, Traoré, Noël, Da Silva, Perrin"
    ),
    organisations=_list(
        "Les Cafés bavards, Coopérative Le Fil, Collectif Passerelle, La Fabrique du quartier, École du dehors,"
        " Radio Pavé, L'Atelier des possibles, Jardins d'à côté, Le Tiers-lieu de la gare, Théâtre de poche"
    ),
)

BELGIUM = Milieu(
    territories=("BE-WBR",) * 10 + ("BE", "BE", "BE-VLG"),
    locales=("fr",) * 12 + ("en", "de"),
    women=_list("Charlotte, Émilie, Louise, Margaux, Sofie, Nora, Justine, Amélie, Imane, Julie"),
    men=_list("Arthur, Simon, Thibault, Wout, Nathan, Bilal, Quentin, Maxence, Olivier, Jérôme"),
    families=_list(
        "Peeters, Janssens, Dubois, Lambert, Maes, Dupont, Claes, Willems, Lejeune, El Amrani, Delvaux, Vandamme"
    ),
    organisations=_list(
        "Graine de ville, La Maison du coin, Jeunesse en chemin, Vélo partagé, Les Ateliers de la Meuse, Tram 33"
    ),
)

QUEBEC = Milieu(
    territories=("CA-QC",),
    locales=("fr",) * 14 + ("en",),
    women=_list("Audrey, Catherine, Geneviève, Maude, Laurence, Florence, Rosalie, Mélissa, Ève, Annie"),
    men=_list("Félix, Olivier, Guillaume, Jérémie, Xavier, Samuel, Mathieu, Vincent, Émile, Tommy"),
    families=_list(
        "Tremblay, Gagnon, Roy, Côté, Bouchard, Gauthier, Morin, Lavoie, Fortin, Gagné, Ouellet, Pelletier, Bélanger,"
        " Lévesque, Charles"
    ),
    organisations=_list(
        "Coop L'Érablière, Maison des idées, La Cantine du coin, Nord numérique, Médias d'ici, Relais Gaspésie"
    ),
)

SWITZERLAND = Milieu(
    territories=("CH",),
    locales=("fr", "fr", "fr", "de"),
    women=_list("Céline, Lara, Elena, Aurélie, Nina, Véronique"),
    men=_list("Luca, Yannick, Fabio, Sébastien, Noah, Jonas"),
    families=_list("Favre, Müller, Rochat, Bianchi, Schmid, Jaquet, Blanc, Keller"),
    organisations=_list("Le Bocal, Fondation du Lac, Verein Brücke, Association Traverse, Stiftung Zukunftsraum"),
)

GERMANY = Milieu(
    territories=("DE",),
    locales=("de", "de", "fr", "en"),
    women=_list("Hannah, Lena, Jule, Elif, Katharina, Zoë"),
    men=_list("Jonas, Lukas, Jörg, Emre, Felix, Björn"),
    families=_list("Schäfer, Weiß, Krüger, Yılmaz, Hoffmann, Böhm, Schneider, Groß"),
    organisations=_list("Jugendrat am Fluss, Werkstatt Wandel, Kulturkiez, Demokratiewerk, Lernraum"),
)

ELSEWHERE = (
    Milieu(
        territories=("SN", "CI", "BJ", "BF", "ML", "TG"),
        locales=("fr",),
        women=_list("Awa, Aminata, Mariam, Khady, Adjoua, Fatoumata"),
        men=_list("Moussa, Ousmane, Cheikh, Koffi, Yao, Abdoulaye"),
        families=_list("Ndiaye, Diop, Sow, Kouassi, Koné, Ouédraogo, Hounkpatin, Fall"),
        organisations=_list("Labo du Baobab, Voix du quartier, Teranga numérique, Les Griots du web"),
    ),
    Milieu(
        territories=("MA", "TN", "DZ", "LB"),
        locales=("fr", "fr", "en"),
        women=_list("Salma, Nour, Rim, Hanane, Leïla, Maya"),
        men=_list("Youssef, Anis, Karim, Hamza, Rami, Sofiane"),
        families=_list("El Idrissi, Ben Salah, Haddad, Bouzid, Trabelsi, Khoury"),
        organisations=_list("Labo Médina, Atelier citoyen, Jasmin solidaire, Cèdre et cité"),
    ),
    Milieu(
        territories=("CM", "CD", "HT", "MG", "RW"),
        locales=("fr", "fr", "fr", "en"),
        women=_list("Grâce, Merveille, Esther, Dieula, Hasina, Ornella"),
        men=_list("Landry, Junior, Trésor, Wilner, Toky, Christian"),
        families=_list("Mbarga, Ilunga, Jean-Baptiste, Rakoto, Uwimana, Kabongo, Pierre-Louis"),
        organisations=_list("Espace Fleuve, Jeunes du lac, Konbit dijital, Baobab des idées"),
    ),
    Milieu(
        territories=("RO", "LU", "VN", "MC"),
        locales=("fr", "fr", "en", "de"),
        women=_list("Ioana, Thị Mai, Carole, Ștefania"),
        men=_list("Andrei, Văn Minh, Marc, Pol"),
        families=_list("Popescu, Nguyễn, Schmit, Țurcanu, Trần"),
        organisations=_list("Forum des jeunes, Maison des associations, Le Pont rouge"),
    ),
)

ODD_NAMES = (
    ("Élise", "O"),
    ("Zoë", "D'Aoust"),
    ("Jan", "van den Berg"),
    ("N’Golo", "N’Diaye"),
    ("Y", "Ô"),
    ("Anne-Sophie", "de La Vallée-Poussin"),
    ("Sam 👩‍🌾", "Œuvrard"),
    ("ليلى", "بن يوسف"),
    ("Sukarno", ""),
    ("Łukasz", "Świątek"),
    ("Marie <3", "Roy & Fils"),
    ("Nguyễn Thị", "Ánh"),
    ("Chloé 🌱", "Tremblay"),
    ("MARIE-CLAUDE", "ST-PIERRE"),
    ("@everyone", "Côté"),
    ("דוד", "כהן"),
    ("Marie-Thérèse-Éléonore", "Andriantsimitoviaminandriandehibe"),
)
"""Given and family names that badly made forms refuse, cut, or mistake for markup."""
