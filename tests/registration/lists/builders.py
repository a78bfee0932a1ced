"""Tables of people as forms and offices export them, each with what must be read from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import Workbook

from bot.people.roster_columns import RosterRules

RULES = RosterRules(
    {
        "culture": ["Culture et création", "Culture and creation", "Kultur"],
        "civic": ["CivicTech", "Civic tech", "Bürgertechnik"],
        "school": ["Éducation", "Education", "Bildung"],
    },
    ("fr", "en", "de"),
    1992,
    2009,
    2027,
)


@dataclass(frozen=True)
class Sent:
    """A table somebody sends: its name and bytes, how many people it has, and how many of them have each field."""

    name: str
    data: bytes
    people: int
    fields: dict[str, int]
    first: tuple[str, str]
    """Given and family name of the first person."""
    extra: set[str] = field(default_factory=set)
    """The headings of columns that nobody knows."""
    asked: int = 0
    """How many columns are asked about."""


def text(rows: Sequence[Sequence[Any]], delimiter: str = ",", encoding: str = "utf-8", begin: str = "") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return (begin + target.getvalue()).encode(encoding)


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], merged: Sequence[str] = (), hidden: Sequence[int] = ()) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for place in merged:
        made.worksheets[0].merge_cells(place)
    for number in hidden:
        made.worksheets[0].row_dimensions[number].hidden = True
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


GIVEN = ("Marie", "Ali", "Zoé", "Kofi", "Élise", "Jean-Luc", "Fatou", "Noé", "Inès", "Tomáš", "Aïcha", "Léa")
FAMILY = (
    "Dupont",
    "Ben Salah",
    "Tremblay",
    "Mensah",
    "Lefèvre",
    "Van den Berg",
    "Diop",
    "Roux",
    "Müller",
    "Petit",
    "Traoré",
    "O'Neil",
)
PLACES = (
    "France",
    "Tunisie",
    "Québec",
    "Togo",
    "Bretagne",
    "Belgique",
    "Sénégal",
    "Québec, Canada",
    "Suisse (Genève)",
    "Ontario",
    "Mali",
    "Côte d’Ivoire",
)
THEMES = ("CivicTech", "Éducation", "Culture et création")
BORN = (2003, 2001, 1999, 2005, 1998, 2000, 2002, 2004, 1997, 1996, 2006, 1995)


def mail(place: int) -> str:
    return f"{GIVEN[place % 12]}.{place}@exemple.org".lower().translate(str.maketrans("éàïèáš", "eaieas"))


def people(count: int) -> list[tuple[str, str, str, str, int, str]]:
    """Given name, family name, address, territory, year of birth and theme of some people."""
    return [
        (GIVEN[n % 12], FAMILY[(n * 5) % 12], mail(n), PLACES[n % 12], BORN[n % 12], THEMES[n % 3])
        for n in range(count)
    ]


def google_forms() -> Sent:
    head = [
        "Horodateur",
        "Adresse e-mail",
        "Votre nom de famille",
        "Votre prénom",
        "Date de naissance",
        "Pays / région de provenance",
        "Thématique choisie (1er vœu)",
        "Thématique choisie (2e vœu)",
        "Régime alimentaire (obligatoire)",
    ]
    rows = [
        [
            f"2027/03/{n + 1:02} 10:2{n % 10}:14 AM UTC+1",
            m,
            f,
            g,
            f"{n + 1:02}/10/{y}",
            p,
            t,
            THEMES[(n + 1) % 3],
            "Aucun",
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(12))
    ]
    return Sent(
        "Inscription (réponses).csv",
        text([head, *rows]),
        12,
        {"email": 12, "birth_year": 12, "territory": 12, "theme": 12, "second_theme": 12},
        ("Marie", "Dupont"),
        {"Horodateur", "Régime alimentaire (obligatoire)"},
    )


def google_forms_english() -> Sent:
    head = [
        "Timestamp",
        "Email Address",
        "First name",
        "Last name",
        "What is your date of birth?",
        "Which country do you live in?",
        "Your gender",
        "Preferred language",
        "T-shirt size",
        "First choice",
    ]
    rows = [
        [
            f"3/{n + 1}/2027 14:05:33",
            m,
            g,
            f,
            f"10/{n + 1}/{y}",
            ["Germany", "Canada", "France"][n % 3],
            ["Woman", "Man", "Prefer not to say"][n % 3],
            ["English", "French"][n % 2],
            "M",
            t,
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    return Sent(
        "Form responses 1.xlsx",
        book(("Form responses 1", [head, *rows])),
        9,
        {"email": 9, "birth_year": 9, "territory": 9, "gender": 9, "locale": 9, "theme": 9},
        ("Marie", "Dupont"),
        {"Timestamp", "T-shirt size"},
    )


def limesurvey() -> Sent:
    head = [
        "id. ID de la réponse",
        "submitdate. Date de soumission",
        "lastpage. Dernière page",
        "startlanguage. Langue de départ",
        "G01Q01. Votre nom :",
        "G01Q02. Votre prénom :",
        "G01Q03. Votre courriel :",
        "G02Q04. En quelle année êtes-vous né(e) ?",
        "G02Q05. De quel pays venez-vous ?",
        "G02Q06. Genre",
        "G03Q07. Thème souhaité",
    ]
    rows = [
        [
            n + 1,
            f"2027-02-{n + 1:02} 09:12:44",
            3,
            ["fr", "en"][n % 2],
            f,
            g,
            m,
            y,
            p,
            ["Femme", "Homme", "Non-binaire"][n % 3],
            t,
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(10))
    ]
    return Sent(
        "results-survey123.csv",
        text([head, *rows], ";"),
        10,
        {"email": 10, "birth_year": 10, "territory": 10, "gender": 10, "locale": 10, "theme": 10},
        ("Marie", "Dupont"),
        {"id. ID de la réponse", "submitdate. Date de soumission", "lastpage. Dernière page"},
    )


def limesurvey_array() -> Sent:
    head = [
        "Identifiant de réponse",
        "Vos coordonnées [Nom]",
        "Vos coordonnées [Prénom]",
        "Vos coordonnées [Courriel]",
        "Vos coordonnées [Téléphone]",
        "Votre délégation",
    ]
    rows = [[n, f, g, m, f"+33 6 12 34 5{n} 00", p] for n, (g, f, m, p, y, t) in enumerate(people(8), 1)]
    return Sent(
        "export.csv",
        text([head, *rows], "\t", "utf-16"),
        8,
        {"email": 8, "territory": 8},
        ("Marie", "Dupont"),
        {"Identifiant de réponse", "Vos coordonnées [Téléphone]"},
    )


def office() -> Sent:
    rows: list[list[Any]] = [
        ["Délégation du réseau – Rencontres 2027"],
        ["Mise à jour : 12 mars 2027"],
        [],
        ["N°", "Civilité", "NOM Prénom", "DDN", "Structure / association", "Adresse mail", "Téléphone", "Pays"],
    ]
    rows += [
        [n + 1, ["Mme", "M."][n % 2], f"{f.upper()} {g}", date(y, 10, n + 1), "MJC Centre", m, "06 12 34 56 78", p]
        for n, (g, f, m, p, y, t) in enumerate(people(11))
    ]
    rows += [["Total", None, 11], [], ["Fait à Lyon, le 12 mars 2027"], ["La directrice", "Mme Durand"]]
    return Sent(
        "Liste définitive.xlsx",
        book(("Feuil1", rows), merged=["A1:H1", "A2:H2"]),
        11,
        {"email": 11, "birth_year": 11, "territory": 11, "gender": 11, "organisation": 11},
        ("Marie", "DUPONT"),
        {"N°", "Téléphone"},
    )


def two_header_rows() -> Sent:
    rows: list[list[Any]] = [
        ["Identité", None, None, "Coordonnées", None, "Vœux", None],
        ["Nom", "Prénom", "Né(e) en", "Mail", "Pays", "1er choix", "2e choix"],
    ]
    rows += [[f, g, y, m, p, t, THEMES[(n + 1) % 3]] for n, (g, f, m, p, y, t) in enumerate(people(7))]
    return Sent(
        "deux lignes.xlsx",
        book(("Inscrits", rows), merged=["A1:C1", "D1:E1", "F1:G1"]),
        7,
        {"email": 7, "birth_year": 7, "territory": 7, "theme": 7, "second_theme": 7},
        ("Marie", "Dupont"),
    )


def whom_to_call() -> Sent:
    rows: list[list[Any]] = [
        [None, None, None, "Notfallkontakt", None],
        ["Nachname", "Vorname", "E-Mail", "Name", "Tel."],
    ]
    rows += [[f, g, m, f"Mutter {f}", f"+49 30 12345{n}"] for n, (g, f, m, *_rest) in enumerate(people(6))]
    return Sent(
        "Notfall.xlsx",
        book(("Teilnehmende", rows), merged=["D1:E1"]),
        6,
        {"email": 6},
        ("Marie", "Dupont"),
        {"Notfallkontakt: Name", "Notfallkontakt: Tel."},
    )


def merged_downwards() -> Sent:
    rows: list[list[Any]] = [["Pays", "Nom", "Prénom", "Contact", None], [None, None, None, "Courriel", "Portable"]]
    for n, (g, f, m, *_rest) in enumerate(people(6)):
        rows.append([["Sénégal", "Suisse"][n // 3] if n % 3 == 0 else None, f, g, m, "0612345678"])
    return Sent(
        "par pays.xlsx",
        book(("2027", rows), merged=["A1:A2", "B1:B2", "C1:C2", "D1:E1", "A3:A5", "A6:A8"]),
        6,
        {"email": 6, "territory": 6},
        ("Marie", "Dupont"),
        {"Contact: Portable"},
    )


def second_sheet() -> Sent:
    intro = [["Lisez-moi"], ["Cette liste est confidentielle"]]
    rows: list[list[Any]] = [
        ["Prénom", "Nom", "Courriel", "Territoire", "Année"],
        *([g, f, m, p, y] for g, f, m, p, y, t in people(8)),
    ]
    return Sent(
        "classeur.xlsx",
        book(("Lisez-moi", intro), ("Sélection", rows)),
        8,
        {"email": 8, "territory": 8, "birth_year": 8},
        ("Marie", "Dupont"),
        asked=1,
    )


def helloasso() -> Sent:
    head = [
        "Référence commande",
        "Date de la commande",
        "Statut de la commande",
        "Nom participant",
        "Prénom participant",
        "Nom payeur",
        "Prénom payeur",
        "Email payeur",
        "Raison sociale",
        "Moyen de paiement",
        "Billet",
        "Tarif",
        "Date de naissance",
        "Pays de résidence",
    ]
    rows = [
        [
            f"HA{1000 + n}",
            f"0{n + 1}/02/2027 18:30",
            "Validé",
            f,
            g,
            "Durand",
            "Paul",
            f"parent{n}@exemple.fr",
            "",
            "Carte bancaire",
            f"B{n}",
            "Plein tarif",
            f"{n + 1:02}/0{n + 1}/{y}",
            ["France", "Belgique"][n % 2],
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(8))
    ]
    return Sent(
        "export-helloasso.csv",
        text([head, *rows], ";", "utf-8-sig"),
        8,
        {"email": 8, "birth_year": 8, "territory": 8},
        ("Marie", "Dupont"),
        {
            "Référence commande",
            "Date de la commande",
            "Statut de la commande",
            "Nom payeur",
            "Prénom payeur",
            "Moyen de paiement",
            "Billet",
            "Tarif",
        },
        asked=1,
    )


def windows_with_semicolons() -> Sent:
    head = ["Prénom", "Nom", "Mél", "Né(e) le", "Établissement", "Thème souhaité", "Langue maternelle"]
    rows = [
        [g, f, m, f"{n + 1:02}.11.{y % 100:02}", "Lycée Voltaire", t, "français"]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
        if g != "Tomáš"
    ]
    return Sent(
        "élèves.csv",
        text([head, *rows], ";", "cp1252"),
        9,
        {"email": 9, "birth_year": 9, "organisation": 9, "theme": 9, "locale": 9},
        ("Marie", "Dupont"),
    )


def mac_roman() -> Sent:
    head = ["Prénom et nom", "Courriel", "Région"]
    rows = [[f"{g} {f}", m, p] for g, f, m, p, y, t in people(9)]
    return Sent("mac.csv", text([head, *rows], ";", "mac-roman"), 9, {"email": 9, "territory": 9}, ("Marie", "Dupont"))


def sep_line() -> Sent:
    head = ["Vorname", "Nachname", "E-Mail", "Geburtsdatum", "Land", "Anrede", "Schule", "Wunschthema"]
    rows = [
        [
            g,
            f,
            m,
            f"{n + 1}. März {y}",
            ["Deutschland", "Schweiz", "Österreich"][n % 3],
            ["Frau", "Herr"][n % 2],
            "Gymnasium",
            ["Bildung", "Kultur", "Bürgertechnik"][n % 3],
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    fields = {"email": 9, "birth_year": 9, "territory": 9, "gender": 9, "organisation": 9, "theme": 9}
    return Sent("Anmeldungen.csv", text([head, *rows], ";", "cp1252", "sep=;\r\n"), 9, fields, ("Marie", "Dupont"))


def german_office() -> Sent:
    rows: list[list[Any]] = [
        ["Teilnehmerliste"],
        ["Lfd. Nr.", "Name, Vorname", "Jahrgang", "Mailadresse", "Herkunftsland", "Muttersprache"],
    ]
    rows += [
        [n + 1, f"{f}, {g}", y, m, ["Deutschland", "Frankreich"][n % 2], ["Deutsch", "Französisch"][n % 2]]
        for n, (g, f, m, p, y, t) in enumerate(people(8))
    ]
    return Sent(
        "Liste.xlsx",
        book(("Tabelle1", rows)),
        8,
        {"email": 8, "birth_year": 8, "territory": 8, "locale": 8},
        ("Marie", "Dupont"),
        {"Lfd. Nr."},
    )


def headings_again() -> Sent:
    head = ["Nom", "Prénom", "Courriel", "Pays"]
    rows: list[list[Any]] = []
    for n, (g, f, m, p, *_rest) in enumerate(people(9)):
        if n % 3 == 0:
            rows += [["Groupe " + "ABC"[n // 3]], head]
        rows.append([f, g, m, p])
    return Sent("impression.csv", text(rows, ";"), 9, {"email": 9, "territory": 9}, ("Marie", "Dupont"), {"Groupe"})


def no_headings() -> Sent:
    rows = [[f"{g} {f}", m, p] for g, f, m, p, y, t in people(8)]
    return Sent("sans titres.csv", text(rows, ";"), 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), asked=3)


def five_dates() -> Sent:
    forms: Sequence[Callable[[int], object]] = (
        lambda y: f"16/10/{y}",
        lambda y: f"{y}-11-28",
        lambda y: f"25.11.{y % 100:02}",
        lambda y: date(y, 4, 3),
        lambda y: f"3 mai {y}",
        lambda y: f"03/04/{y}",
        lambda y: y,
    )
    rows: list[list[Any]] = [
        ["Prénom", "NOM", "Date de naissance", "E-mail"],
        *([g, f, forms[n % len(forms)](y), m] for n, (g, f, m, p, y, t) in enumerate(people(12))),
    ]
    return Sent("dates.xlsx", book(("Feuille 1", rows)), 12, {"email": 12, "birth_year": 12}, ("Marie", "Dupont"))


def ages() -> Sent:
    rows: list[list[Any]] = [
        ["Participant·e", "Âge", "Mail (obligatoire)", "Ville"],
        *([f"{g} {f}", 2027 - y, m, "Lyon"] for g, f, m, p, y, t in people(7)),
    ]
    return Sent("âges.csv", text(rows), 7, {"email": 7, "birth_year": 7}, ("Marie", "Dupont"), {"Ville"}, asked=1)


def strange_headings() -> Sent:
    rows: list[list[Any]] = [
        ["Qui ?", "Où te joindre ?", "D'où viens-tu ?", "Un mot"],
        *([f"{g} {f}", m, p, "Hâte d'y être !"] for g, f, m, p, y, t in people(8)),
    ]
    return Sent("qui.csv", text(rows), 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), {"Un mot"}, asked=3)


def microsoft_forms() -> Sent:
    head = [
        "ID",
        "Heure de début",
        "Heure de fin",
        "Adresse de messagerie",
        "Nom",
        "Prénom2",
        "Nom de famille",
        "Quelle est votre date de naissance ?",
        "Quel thème souhaitez-vous suivre ?",
        "Dans quel pays habitez-vous ?",
    ]
    start = datetime(2027, 2, 1, 9)  # noqa: DTZ001 - cells have no zone
    rows = [
        [
            n + 1,
            start + timedelta(minutes=n),
            start + timedelta(minutes=n + 3),
            m,
            f"{g} {f}",
            g,
            f,
            date(y, 5, 6),
            t,
            p,
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(10))
    ]
    return Sent(
        "Inscription(1-10).xlsx",
        book(("Sheet1", [head, *rows])),
        10,
        {"email": 10, "birth_year": 10, "theme": 10, "territory": 10},
        ("Marie", "Dupont"),
        {"ID", "Nom", "Heure de début", "Heure de fin"},
    )


def formulas_and_hidden_rows() -> Sent:
    rows: list[list[Any]] = [
        ["Réf", "Prénom", "Nom", "Courriel", "Pays"],
        *([f"R{n:03}", g, f, m, p] for n, (g, f, m, p, y, t) in enumerate(people(6))),
    ]
    return Sent(
        "filtre.xlsx", book(("Feuil1", rows), hidden=[3, 4]), 6, {"email": 6, "territory": 6}, ("Marie", "Dupont")
    )


def wrong_letters() -> Sent:
    rows: list[list[Any]] = [
        ["Prenon", "Nom de familles", "Couriel", "Payss", "Année naisance", "Organisme/structure"],
        *([g, f, m, p, y, "Asso"] for g, f, m, p, y, t in people(7)),
    ]
    return Sent(
        "fautes.csv",
        text(rows),
        7,
        {"email": 7, "territory": 7, "birth_year": 7, "organisation": 7},
        ("Marie", "Dupont"),
    )


def eventbrite() -> Sent:
    head = [
        "Order #",
        "Order Date",
        "Attendee First Name",
        "Attendee Last Name",
        "Attendee Email",
        "Ticket Type",
        "Attendee Status",
        "Home Country",
        "Date of Birth",
        "Company",
        "Gender",
    ]
    rows = [
        [
            9000 + n,
            "2027-01-03",
            g,
            f,
            m,
            "Free",
            "Attending",
            ["Canada", "Belgium"][n % 2],
            f"{y}-03-0{n + 1}",
            "ACME",
            ["Female", "Male"][n % 2],
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    return Sent(
        "report.csv",
        text([head, *rows]),
        9,
        {"email": 9, "birth_year": 9, "territory": 9, "organisation": 9, "gender": 9},
        ("Marie", "Dupont"),
        {"Order #", "Order Date", "Ticket Type", "Attendee Status"},
    )


def sheets_by_country() -> Sent:
    head = ["Nom", "Prénom", "Mail"]
    rows = [[f, g, m] for g, f, m, p, y, t in people(10)]
    return Sent(
        "par délégation.xlsx",
        book(("France", [head, *rows[:6]]), ("Québec", [head, *rows[6:]])),
        10,
        {"email": 10, "territory": 10},
        ("Marie", "Dupont"),
        asked=1,
    )


def framaforms() -> Sent:
    head = ["Numéro de série", "SID", "Date de soumission", "Prénom", "Nom de famille", "Courriel", "Votre pays"]
    head += ["Date de naissance", "Je souhaite participer à"]
    rows = [
        [n + 1, 900 + n, "01/02/2027 - 10:22", g, f, m, p, f"{y}-01-0{n + 1}", t]
        for n, (g, f, m, p, y, t) in enumerate(people(8))
    ]
    titles = [["Inscription aux rencontres 2027"], ["Détails de la soumission", "", "", ""]]
    fields = {"email": 8, "birth_year": 8, "territory": 8, "theme": 8}
    extra = {"Numéro de série", "SID", "Date de soumission"}
    return Sent("framaforms.csv", text([*titles, head, *rows], ";"), 8, fields, ("Marie", "Dupont"), extra, asked=1)


def typeform() -> Sent:
    head = ["#", "What's your first name?", "And your last name?", "What's your email address?", "Where are you from?"]
    head += ["How old are you?", "Pick a theme", "Submit Date (UTC)", "Network ID"]
    rows = [
        [f"ab{n}", g, f, m, p, 2027 - y, t, "2027-01-01 10:10:10", "ff"]
        for n, (g, f, m, p, y, t) in enumerate(people(8))
    ]
    fields = {"email": 8, "birth_year": 8, "territory": 8, "theme": 8}
    extra = {"#", "Submit Date (UTC)", "Network ID"}
    return Sent("responses.csv", text([head, *rows]), 8, fields, ("Marie", "Dupont"), extra, asked=2)


def register_of_an_office() -> Sent:
    rows: list[list[Any]] = [
        ["FÉDÉRATION DES MJC"],
        ["Participants retenus – commission du 3 mars"],
        ["Nom", "", "Naissance", "Coordonnées", ""],
        ["NOM", "Prénom", "Date", "Tél.", "Courriel"],
    ]
    rows += [[f.upper(), g, date(y, 3, n + 1), "06.12.34.56.78", m] for n, (g, f, m, p, y, t) in enumerate(people(8))]
    rows.append(["Nombre d'inscrits : 8"])
    data = book(("Feuil1", rows), merged=["A1:E1", "A2:E2", "A3:B3", "D3:E3"])
    extra = {"Coordonnées: Tél."}
    return Sent("registre.xlsx", data, 8, {"email": 8, "birth_year": 8}, ("Marie", "DUPONT"), extra)


def days_as_spreadsheets_count_them() -> Sent:
    rows = [[f, g, 36526 + n * 100, "x"] for n, (g, f, *_rest) in enumerate(people(8))]
    data = text([["Nom", "Prénom", "Date de naissance", "(interne)"], *rows], "\t", "utf-16-le")
    return Sent("jours.csv", data, 8, {"birth_year": 8}, ("Marie", "Dupont"), {"(interne)"}, asked=1)


def helloasso_with_payments() -> Sent:
    head = ["Numéro de billet", "Référence commande", "Statut de la commande", "Nom payeur", "Email payeur"]
    head += ["Montant tarif", "Code Promo", "Nom participant", "Prénom participant", "Email participant"]
    head += ["Champ complémentaire 1 Date de naissance", "Champ complémentaire 2 Pays", "Billet", "Attestation"]
    rows: list[list[Any]] = []
    for n, (g, f, m, p, y, _t) in enumerate(people(10)):
        paid = [5000 + n, 9000 + n, "Validé" if n % 4 else "Remboursé", "MARTIN", f"parent{n}@exemple.fr", "25,00", ""]
        ticket = f"https://www.helloasso.com/associations/x/evenements/billet/{n}"
        rows.append([*paid, f, g, m, f"{n + 1:02}/03/{y}", p, ticket, ""])
    rows.append(["Total", "", "", "", "", "250,00", *[""] * 8])
    fields = {"email": 10, "birth_year": 10, "territory": 10, "gender": 0}
    extra = {"Numéro de billet", "Référence commande", "Statut de la commande", "Nom payeur", "Email payeur"}
    extra |= {"Montant tarif", "Code Promo", "Billet", "Attestation"}
    return Sent(
        "export-rencontres-2027.csv",
        text([head, *rows], ";", "utf-8-sig"),
        10,
        fields,
        ("Marie", "Dupont"),
        extra,
    )


def helloasso_of_memberships() -> Sent:
    head = ["Email payeur", "Nom", "Prénom", "Montant (€)", "Nom de l'adhérent", "Prénom de l'adhérent"]
    head += ["Email de l'adhérent", "Année de naissance (AAAA)", "Pays de l'adhérent"]
    rows = [
        [f"pay{n}@exemple.fr", "Martin", "Paul", "30.00", f, g, m, y, p]
        for n, (g, f, m, p, y, t) in enumerate(people(10))
    ]
    fields = {"email": 10, "birth_year": 10, "territory": 10}
    extra = {"Email payeur", "Nom", "Prénom", "Montant (€)"}
    data = text([head, *rows], ";", "utf-8-sig")
    return Sent("adhesions.csv", data, 10, fields, ("Marie", "Dupont"), extra)


def google_forms_with_consent() -> Sent:
    head = ["Horodateur", "Adresse e-mail", "Nom de famille", "Prénom", "De quel territoire viens-tu ?"]
    consents = {
        "J'accepte que mes données soient utilisées pour l'organisation (RGPD)",
        "J'autorise la prise de photos et de vidéos",
    }
    head += [*sorted(consents), "Quelles thématiques t'intéressent ? (deux au maximum)"]
    rows = [
        [datetime(2027, 3, n + 1, 10, 20), m, f, g, p, "Oui, j'accepte", "Non", f"{t}, {THEMES[(n + 1) % 3]}"]  # noqa: DTZ001 - cells have no zone
        for n, (g, f, m, p, y, t) in enumerate(people(10))
    ]
    fields = {"email": 10, "territory": 10, "theme": 10, "second_theme": 10, "organisation": 0}
    data = book(("Réponses au formulaire 1", [head, *rows]))
    return Sent("Réponses.xlsx", data, 10, fields, ("Marie", "Dupont"), consents | {"Horodateur"}, asked=1)


def german_authority() -> Sent:
    head = ["Nr.", "Familienname", "Vorname(n)", "Geb.-Datum", "Geschlecht (m/w/d)", "Bundesland / Land"]
    head += ["E-Mail (privat)", "Entsendende Einrichtung", "Einwilligung Datenschutz liegt vor"]
    places = ("Nordrhein-Westfalen", "Bayern", "Luxemburg", "Wien")
    rows = [
        [n + 1, f, g, date(y, 3, n + 1), "wmd"[n % 3], places[n % 4], m, "Jugendwerk e. V.", "ja"]
        for n, (g, f, m, p, y, t) in enumerate(people(10))
    ]
    above: list[list[Any]] = [["Landesjugendamt – Teilnehmendenliste"], ["Stand: 12.03.2027"], []]
    below: list[list[Any]] = [[], ["Anzahl Teilnehmende: 10"], ["Köln, den 12.03.2027"], ["gez. Müller"]]
    fields = {"email": 10, "birth_year": 10, "territory": 10, "gender": 10, "organisation": 10}
    data = book(("Tabelle1", [*above, head, *rows, *below]), ("Tabelle2", []))
    return Sent("TN.xlsx", data, 10, fields, ("Marie", "Dupont"), {"Nr.", "Einwilligung Datenschutz liegt vor"})


def limesurvey_ranks() -> Sent:
    head = [
        "id",
        "startlanguage",
        "G1Q1[SQ001]. Coordonnées [Nom de famille]",
        "G1Q1[SQ002]. Coordonnées [Prénom]",
        "G1Q2. Votre adresse de courriel",
        "G2Q2[1]. Classez les thématiques par ordre de préférence [Rang 1]",
        "G2Q2[2]. Classez les thématiques par ordre de préférence [Rang 2]",
        "interviewtime. Temps total",
    ]
    rows = [
        [n + 5, "fr", f, g, m, t, THEMES[(n + 1) % 3], f"{100 + n}.2"] for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    return Sent(
        "results-survey77.csv",
        text([head, *rows]),
        9,
        {"email": 9, "locale": 9, "theme": 9, "second_theme": 9},
        ("Marie", "Dupont"),
        {"id", "interviewtime. Temps total"},
    )


def typeform_that_chats() -> Sent:
    head = [
        "#",
        "Salut ! Comment tu t'appelles ?",
        "Enchantés ! Et ton nom de famille ?",
        "Ton adresse mail ?",
        "Tu viens d'où ?",
    ]
    rows = [[f"a1b2{n}", g, f, m, p] for n, (g, f, m, p, y, t) in enumerate(people(9))]
    fields = {"given_name": 9, "email": 9, "territory": 9}
    return Sent("responses.csv", text([head, *rows]), 9, fields, ("Marie", "Dupont"), {"#"}, asked=2)


def airtable() -> Sent:
    head = ["Name", "Prénom (from Candidat)", "Email", "Country", "Birthdate", "Theme", "Status", "Record ID"]
    rows = [
        [f"{g} {f}", g, m, ["France", "Canada", "Senegal"][n % 3], f"{n + 1}/10/{y}", t, "Selected", f"rec{n:03}ABC"]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    fields = {"email": 9, "territory": 9, "birth_year": 9, "theme": 9}
    extra = {"Status", "Record ID"}
    return Sent("Grid view.csv", text([head, *rows], begin="\ufeff"), 9, fields, ("Marie", "Dupont"), extra)


def swiss_office() -> Sent:
    head = ["Anrede", "Name", "Vorname", "PLZ", "Ort", "Kanton", "E-Mail Privat", "Jg.", "Muttersprache"]
    rows = [
        [["Frau", "Herr"][n % 2], f, g, 8000 + n, "Zürich", ["ZH", "GE", "BE"][n % 3], m, str(y)[2:], ["d", "f"][n % 2]]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
        if g != "Tomáš"
    ]
    fields = {"email": 9, "territory": 9, "birth_year": 9, "gender": 9, "locale": 9}
    return Sent(
        "Anmeldungen.csv", text([head, *rows], ";", "cp1252"), 9, fields, ("Marie", "Dupont"), {"PLZ", "Ort"}, asked=1
    )


def youth_office() -> Sent:
    rows: list[list[Any]] = [
        ["Landesjugendamt – Referat 42"],
        ["Teilnahmeliste"],
        [],
        ["Nr.", "Angaben zur Person", None, None, "Kontakt", None, "Bemerkung"],
        [None, "Name", "Vorname", "geb. am", "E-Mail", "Tel. mobil", None],
    ]
    rows += [
        [n + 1, f, g, date(y, 10, n + 1), m, f"+49 151 234567{n}", ["", "V"][n % 2]]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    rows += [[], ["Legende:"], ["V = vegetarisch"], ["Summe", None, None, None, None, None, 9]]
    legend = ("Legende", [["Kürzel", "Bedeutung"], ["V", "vegetarisch"]])
    return Sent(
        "Liste.xlsx",
        book(("TN-Liste", rows), legend, merged=["A1:G1", "A2:G2", "B4:D4", "E4:F4", "A4:A5", "G4:G5"]),
        9,
        {"email": 9, "birth_year": 9},
        ("Marie", "Dupont"),
        {"Nr.", "Kontakt: Tel. mobil", "Bemerkung"},
        asked=1,
    )


def crosses() -> Sent:
    head = ["Nom", "Prénom", "Courriel", "F", "H", *THEMES, "Vendredi soir", "Samedi"]
    rows = [
        [
            f,
            g,
            m,
            *("X" if n % 2 == k else "" for k in range(2)),
            *("x" if each == t else "" for each in THEMES),
            "X",
            "",
        ]
        for n, (g, f, m, p, y, t) in enumerate(people(9))
    ]
    fields = {"email": 9, "gender": 9, "theme": 9, "second_theme": 0}
    data = text([head, *rows], ";")
    return Sent("croix.csv", data, 9, fields, ("Marie", "Dupont"), {"Vendredi soir", "Samedi"}, asked=2)


def wishes_in_columns() -> Sent:
    head = [
        "id",
        "Vos nom et prénom",
        "Courriel",
        *(f"G2Q1[SQ00{n}]. Classez les thèmes [{t}]" for n, t in enumerate(THEMES)),
    ]
    ranks = ((1, 2, 3), (3, 1, 2), (2, 3, 1))
    rows = [[n, f"{f.upper()} {g}", m, *ranks[n % 3]] for n, (g, f, m, *_rest) in enumerate(people(9))]
    fields = {"email": 9, "theme": 9, "second_theme": 9}
    extra = {"id", "Classez les thèmes (3)"}
    return Sent("rangs.csv", text([head, *rows]), 9, fields, ("Marie", "DUPONT"), extra, asked=2)


def choices_below_one_heading() -> Sent:
    rows: list[list[Any]] = [
        ["Vorname", "Nachname", "E-Mail", "Thema", None, None, "Land", None],
        [None, None, None, "Kultur", "Bildung", "Bürgertechnik", "Deutschland", "Schweiz"],
    ]
    for n, (g, f, m, *_rest) in enumerate(people(8)):
        marks = ["nein"] * 3
        marks[n % 3] = "ja"
        rows.append([g, f, m, *marks, *("✓" if n % 2 == k else None for k in range(2))])
    data = book(("Tabelle1", rows), merged=["D1:F1", "G1:H1", "A1:A2", "B1:B2", "C1:C2"])
    return Sent("Wahl.xlsx", data, 8, {"email": 8, "theme": 8, "territory": 8}, ("Marie", "Dupont"))


def countries_in_rows() -> Sent:
    rows: list[list[Any]] = [["Participants 2027"], ["NOM", "Prénom", "Mail", "Né(e) le"]]
    for k, country in enumerate(("Québec", "Délégation du Mali", "SUISSE (3)")):
        rows += [[], [country]] if k else [[country]]
        rows += [[f.upper(), g, m, date(y, 5, 6)] for g, f, m, p, y, t in people(9)[3 * k : 3 * k + 3]]
        rows.append(["Sous-total", None, 3])
    rows += [["Total", None, 9], [], ["Fait à Lyon"]]
    data = book(("Feuil1", rows), merged=["A3:D3"])
    return Sent("pays.xlsx", data, 9, {"email": 9, "birth_year": 9, "territory": 9}, ("Marie", "DUPONT"), asked=1)


def themes_above_their_people() -> Sent:
    head = ["Prénom", "Nom", "Courriel"]
    rows: list[list[Any]] = []
    for theme in THEMES:
        rows += [[f"Atelier : {theme}"], head, *([g, f, m] for g, f, m, p, y, t in people(9) if t == theme), []]
    return Sent("ateliers.csv", text(rows, ";"), 9, {"email": 9, "theme": 9}, ("Marie", "Dupont"), asked=1)


def waiting_list_below() -> Sent:
    rows: list[list[Any]] = [["Prénom", "Nom", "Courriel"], ["Liste principale"]]
    rows += [[g, f, m] for g, f, m, *_rest in people(6)]
    rows += [["Liste d’attente"], *([g, f, m] for g, f, m, *_rest in people(8)[6:])]
    return Sent("liste.csv", text(rows), 8, {"email": 8}, ("Marie", "Dupont"), {"Liste"})


def all_ways_in_one_cell() -> Sent:
    ways = ("{} / 06 12 34 56 7{}", "{}; parent{}@exemple.org", "+33 6 12 34 56 7{1} - {0}", "mailto:{}")
    rows = [[f"{g} {f}", ways[n % 4].format(m, n), p] for n, (g, f, m, p, *_rest) in enumerate(people(8))]
    data = text([["Nom et prénom", "Contact", "Pays"], *rows], ";", "cp1252")
    fields = {"email": 8, "territory": 8}
    return Sent("contacts.csv", data, 8, fields, ("Dupont", "Marie"), {"Contact (2)"}, asked=1)


def addresses_with_names() -> Sent:
    rows = [[f"{g} {f} <{m}>", p] for g, f, m, p, *_rest in people(8)]
    fields = {"email": 8, "territory": 8}
    return Sent("carnet.csv", text([["Adresse", "Pays"], *rows]), 8, fields, ("Marie", "Dupont"), asked=2)


def countries_in_a_narrow_table() -> Sent:
    rows = [["Nom complet", "Courriel"]]
    for k, country in enumerate(("France", "Mali", "Ontario")):
        rows += [[country, ""], *([f"{g} {f}", m] for g, f, m, *_rest in people(9)[3 * k : 3 * k + 3])]
    data = text(rows, ";")
    return Sent("étroit.csv", data, 9, {"email": 9, "territory": 9}, ("Marie", "Dupont"), asked=1)


def sheets_by_theme() -> Sent:
    head = ["Nachname", "Vorname", "E-Mail"]
    rows = [[f, g, m] for g, f, m, *_rest in people(10)]
    data = book(("WS Kultur", [head, *rows[:6]]), ("WS Bildung", [head, *rows[6:]]))
    return Sent("Workshops.xlsx", data, 10, {"email": 10, "theme": 10}, ("Marie", "Dupont"), asked=1)


def columns_that_change_places() -> Sent:
    rows = [["Nom", "Prénom", "Courriel", "Pays"]]
    for n, (g, f, m, p, *_rest) in enumerate(people(10)):
        rows += [["Pays", "Courriel", "Prénom", "Nom"]] if n == 5 else []
        rows.append([f, g, m, p] if n < 5 else [p, m, g, f])
    data = text(rows, ";")
    return Sent("deux bureaux.csv", data, 10, {"email": 10, "territory": 10}, ("Marie", "Dupont"))


def addresses_of_several_lines() -> Sent:
    rows = [
        [
            f"{g} {f}",
            f"{n} rue des Lilas\n69000 Lyon\n06 12 34 56 7{n}\n{m}",
            ["1. CivicTech 2. Kultur", "School > Kultur"][n % 2],
        ]
        for n, (g, f, m, *_rest) in enumerate(people(8))
    ]
    data = text([["Nom complet", "Coordonnées", "Vœux"], *rows], "\t", "utf-16")
    fields = {"email": 8, "theme": 8, "second_theme": 8}
    return Sent("adresses.csv", data, 8, fields, ("Marie", "Dupont"), {"Coordonnées (2)"}, asked=1)


def lines_of_a_message() -> Sent:
    lines = [f"{n}. {g} {f} - {m} - {p}" for n, (g, f, m, p, *_rest) in enumerate(people(8), 1)]
    data = "\n".join(["Salut ! La liste :", "", *lines, "", "Bonne soirée"]).encode()
    return Sent("message.txt", data, 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), asked=3)


def addresses_of_a_mail() -> Sent:
    data = "; ".join(
        f'"{f}, {g}" <{m}>' if n % 2 else f"{g} {f} <{m}>" for n, (g, f, m, *_rest) in enumerate(people(8))
    )
    return Sent("à.txt", data.encode(), 8, {"email": 8}, ("Marie", "Dupont"), asked=2)


def all_in_the_first_column() -> Sent:
    rows = [["Nom", "Prénom", "Courriel", "Pays"], *([f, g, m, p.split(",")[0]] for g, f, m, p, *_rest in people(8))]
    data = book(("export", [[",".join(row)] for row in rows]))
    return Sent("ouvert dans Excel.xlsx", data, 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"))


def a_table_of_bars() -> Sent:
    rows = [["", "Nom", "Prénom", "Courriel", ""], ["", "---", ":---", "---", ""]]
    rows += [["", f, g, m, ""] for g, f, m, *_rest in people(8)]
    return Sent("table.txt", text(rows, "|"), 8, {"email": 8}, ("Marie", "Dupont"))


def countries_of_blocks() -> Sent:
    rows: list[list[Any]] = [["Délégation", "Nom", "Prénom", "Courriel"]]
    for n, (g, f, m, p, *_rest) in enumerate(people(9)):
        rows.append([p if n % 3 == 0 else None, f, g, m])
    return Sent("blocs.xlsx", book(("F1", rows)), 9, {"email": 9, "territory": 9}, ("Marie", "Dupont"), asked=1)


def no_headings_and_names_apart() -> Sent:
    rows = [[f, g, m, p] for g, f, m, p, *_rest in people(8)]
    return Sent("sans.csv", text(rows, ";"), 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), asked=4)


def headings_of_another_language() -> Sent:
    rows = [["الاسم", "اللقب", "البريد", "البلد"], *([g, f, m, p] for g, f, m, p, *_rest in people(8))]
    data = text(rows, "\t", "utf-16")
    return Sent("قائمة.txt", data, 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), asked=4)


def two_people_in_a_row() -> Sent:
    rows = [["Nom", "Prénom", "Mail", "Nom 2", "Prénom 2", "Mail 2", "Pays"]]
    pairs = people(10)
    for (g, f, m, *_rest), (g2, f2, m2, *_more) in zip(pairs[::2], pairs[1::2], strict=True):
        rows.append([f, g, m, f2, g2, m2, "Mali"])
    return Sent("binômes.csv", text(rows), 10, {"email": 10, "territory": 10}, ("Marie", "Dupont"))


def other_countries_apart() -> Sent:
    head = [
        "id",
        "NOM[a]. Identité [Nom]",
        "NOM[b]. Identité [Prénom]",
        "PAYS. Votre pays",
        "PAYS[other]. Votre pays [Autre]",
    ]
    rows = [[n, f, g, *((p, "") if n % 2 else ("Autre", p))] for n, (g, f, m, p, *_rest) in enumerate(people(8))]
    return Sent("results.csv", text([head, *rows]), 8, {"territory": 8}, ("Marie", "Dupont"), {"id"})


def nationalities() -> Sent:
    said = ("française", "Québécois", "belge", "tunisien(ne)", "sénégalaise", "deutsch", "schweizerisch", "Canadian")
    rows = [[f, g, nation, m] for (g, f, m, *_rest), nation in zip(people(8), said, strict=True)]
    data = text([["Nom", "Prénom", "Nationalité", "Mél"], *rows], ";", "cp1252")
    return Sent("nationalités.csv", data, 8, {"email": 8, "territory": 8}, ("Marie", "Dupont"), asked=1)


def salutations_in_names() -> Sent:
    rows = [
        [f"{('Mme', 'M.', 'Frau', 'Herr')[n % 4]} {g} {f.upper()}", m] for n, (g, f, m, *_r) in enumerate(people(8))
    ]
    data = text([["Participants", "Adresse électronique"], *rows])
    return Sent("invités.csv", data, 8, {"email": 8, "gender": 8}, ("Marie", "DUPONT"))


def countries_in_addresses() -> Sent:
    places = ("69003 Lyon, France", "1000 Bruxelles, Belgique", "Montréal (Québec) H2W 1S1", "Abidjan, Côte d'Ivoire")
    rows = [[f"{g} {f}", f"{n + 1} rue Haute, {places[n % 4]}", m] for n, (g, f, m, *_rest) in enumerate(people(8))]
    data = text([["Nom complet", "Adresse complète", "Courriel"], *rows], ";")
    fields = {"email": 8, "territory": 8}
    return Sent("adresses.csv", data, 8, fields, ("Marie", "Dupont"), {"Adresse complète (2)"}, asked=1)


def sheets_of_one_title() -> Sent:
    above: list[list[Any]] = [["Délégation"], [], ["Nom", "Prénom", "Courriel"]]
    rows = [[f, g, m] for g, f, m, *_rest in people(9)]
    sheets = [
        (name, [*above, *rows[3 * k : 3 * k + 3], [], ["Signature :"]])
        for k, name in enumerate(("Togo", "Mali", "Liban"))
    ]
    return Sent("par pays.xlsx", book(*sheets), 9, {"email": 9, "territory": 9}, ("Marie", "Dupont"), asked=1)


def family_name_first_in_vietnamese() -> Sent:
    rows = [["Họ và tên", "Email"], ["Lê Hoàng Cường", "c@exemple.vn"], ["Trần Thị Bích", "b@exemple.vn"]]
    return Sent("danh sách.csv", text(rows), 2, {"email": 2}, ("Hoàng Cường", "Lê"), asked=1)


TABLES = (
    lines_of_a_message,
    addresses_of_a_mail,
    all_in_the_first_column,
    a_table_of_bars,
    countries_of_blocks,
    no_headings_and_names_apart,
    headings_of_another_language,
    two_people_in_a_row,
    other_countries_apart,
    nationalities,
    salutations_in_names,
    countries_in_addresses,
    sheets_of_one_title,
    family_name_first_in_vietnamese,
    countries_in_a_narrow_table,
    sheets_by_theme,
    columns_that_change_places,
    addresses_of_several_lines,
    crosses,
    wishes_in_columns,
    choices_below_one_heading,
    countries_in_rows,
    themes_above_their_people,
    waiting_list_below,
    all_ways_in_one_cell,
    addresses_with_names,
    helloasso_with_payments,
    helloasso_of_memberships,
    google_forms_with_consent,
    german_authority,
    framaforms,
    typeform,
    register_of_an_office,
    days_as_spreadsheets_count_them,
    google_forms,
    google_forms_english,
    limesurvey,
    limesurvey_array,
    office,
    two_header_rows,
    whom_to_call,
    merged_downwards,
    second_sheet,
    helloasso,
    windows_with_semicolons,
    mac_roman,
    sep_line,
    german_office,
    headings_again,
    no_headings,
    five_dates,
    ages,
    strange_headings,
    microsoft_forms,
    formulas_and_hidden_rows,
    wrong_letters,
    eventbrite,
    sheets_by_country,
    limesurvey_ranks,
    typeform_that_chats,
    airtable,
    swiss_office,
    youth_office,
)
