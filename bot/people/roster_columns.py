"""Declares the columns of the list of selected people, and how their cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from bot.content.names import fold, words
from bot.content.territories import parse_nationality, parse_territory, suggest
from bot.content.texts import Listing, Name, Span, Territory, _
from bot.files.columns import CellError, Column, by_spelling, one_of
from bot.files.sheets import key_of
from bot.files.tables import TableFormat
from bot.people.full_names import is_full_name, is_name
from bot.people.listed import Gender

_LONGEST_REF = 30
MOST_PEOPLE = 5_000
MOST_BYTES = 5_000_000
_MOST_SUGGESTIONS = 100  # cells: each takes milliseconds, and nobody reads on after so many errors
_LANGUAGES = ("fr", "en", "de")

ASKED = (
    Column(
        "ref",
        # L10N: a column's heading in the list of selected people
        _("reference"),
        "ref, reference, réf, Referenz, identifiant, ID, participant id, Teilnehmernummer, dossier, numéro de dossier,"
        " n° de dossier, no dossier",
        only_exact=True,
        looks=lambda cell: len(cell) <= _LONGEST_REF and "@" not in cell,
    ),
    Column(
        "given_name",
        _("given name"),
        "given name, first name, prénom, prénoms, Vorname, Vornamen, prénom d'usage, forename, Rufname",
        looks=is_name,
    ),
    Column(
        "family_name",
        _("family name"),
        "family name, last name, surname, nom, nom de famille, Nachname, Familienname, name, noms, nom d'usage,"
        " nom de naissance, nom usuel, Zuname",
        looks=is_name,
        identifies=True,
    ),
    Column(
        "email",
        _("email"),
        "email, e-mail address, mail, courriel, adresse e-mail, adresse courriel, adresse électronique,"
        " E-Mail-Adresse, adresse mail, mailadresse, adresse de messagerie, mél, messagerie, email personnel,"
        " courriel de contact, email de contact",
        by_content=True,
    ),
    Column(
        "country",
        _("country"),
        "country, territory, country or territory, pays, territoire, pays ou territoire, Land, Gebiet,"
        " pays de résidence, pays d'origine, pays de provenance, country of residence, pays région, région,"
        " province, canton, état, délégation, delegation, Herkunftsland, Wohnsitzland, Wohnland, Region, Kanton,"
        " provenance, Bundesland, nationalité, nationality, Nationalität, Staatsangehörigkeit, citoyenneté,"
        " citizenship",
        looks=lambda cell: parse_territory(cell) is not None,  # an adjective may as well be a language
        by_content=True,
        chosen=True,
    ),
    Column(
        "gender",
        _("gender"),
        "gender, sex, genre, sexe, Geschlecht, civilité, civ, titre de civilité, Anrede, title, identité de genre,"
        " pronoms, pronouns, Pronomen, salutation",
        by_content=True,
        chosen=True,
    ),
    Column(
        "birth_year",
        _("birth year"),
        "birth year, year of birth, année de naissance, année naissance, naissance, Geburtsjahr, Jahrgang,"
        " date of birth, birth date, birthday, DOB, date de naissance, DDN, né en, né le, née le, née en, année né, né,"
        " date naissance, date naiss, Geburtsdatum, Geb.-Datum, Geburtstag, geboren, geboren am, jour de naissance,"
        " année de naissance du participant, Jg",
        by_content=True,
    ),
    Column(
        "organisation",
        _("organisation"),
        "organisation, organization, organisme, structure, association, Einrichtung, Verein, établissement,"
        " école, lycée, collège, université, institution, employeur, entreprise, société, company, school,"
        " university, Schule, Universität, Organisation, Träger, nom de la structure, nom de l'organisme,"
        " nom de l'association, nom de l'établissement, nom de l'école, name of the organisation, raison sociale,"
        " structure d'accueil",
    ),
    Column(
        "locale",
        _("language"),
        "locale, lang, language, langue, Sprache, langue maternelle, langue de communication, langue parlée,"
        " Muttersprache, langue de départ, langue de correspondance, mother tongue, preferred language,"
        " start language",
        by_content=True,
        chosen=True,
    ),
    Column(
        "theme",
        # L10N: a column's heading in the list of selected people
        _("theme"),
        "theme, thème, thématique, premier thème, thème 1, premier choix, choix 1, first theme, Thema,"
        " erstes Thema, vœu 1, premier vœu, thème 1 choix, thématique 1 vœu, atelier, parcours, topic, track,"
        " Erstwunsch, voeu, choix de thème, thème d'atelier, Themenwunsch, Wunschthema, Wahlthema, first choice,"
        " Erstwahl, 1 Wahl, rang 1, rank 1",
        by_content=True,
        chosen=True,
    ),
    Column(
        "second_theme",
        _("second theme"),
        "second theme, deuxième thème, second thème, thème 2, deuxième choix, second choix, choix 2,"
        " second choice, zweites Thema, vœu 2, deuxième vœu, thème 2 choix, thématique 2 vœu, Zweitwunsch,"
        " Zweitwahl, 2 Wahl, rang 2, rank 2",
        by_content=True,
    ),
)
"""The columns of a list. The empty table that organisers can download has these columns."""
UNASKED = (
    Column(
        "name",
        _("full name"),
        "full name, vor und nachname, nom complet, prénom et nom, vollständiger Name, nom et prénom,"
        " nom prénom, prénom nom,"
        " nom prénoms, noms et prénoms, name vorname, vorname name, vorname und nachname, nachname vorname,"
        " first and last name, name and surname, participant, participante, élève, stagiaire, candidat,"
        " candidate, jeune, invité, invitée, identité, Teilnehmer, Teilnehmerin, Teilnehmende, personne,"
        " attendee, participant name, nom du participant et prénom",
        replaces=("given_name", "family_name"),
        identifies=True,
        alone="name, nom, noms",
        looks=is_full_name,
        by_content=True,
    ),
    Column(
        "age",
        # L10N: a column's heading in the list of selected people
        _("age"),
        "age, âge, Alter, how old, wie alt, âge au moment du séjour, âge du participant",
        replaces=("birth_year",),
        always_asked=True,
    ),
    # L10N: a column's heading in the list of selected people
    Column("platform", _("platform"), "platform, plateforme, Plattform"),
)
"""Further columns that a list may have, but that are not asked for.

The platform is used only by `rencontres groups form`, which reads the same lists. An age gives a birth year, which may
be wrong by one.
"""
NAMES: Mapping[str, Span] = {column.key: column.name for column in (*ASKED, *UNASKED)}
"""The name of each column, by its key; in a reader's language it is also a valid heading."""


@dataclass(frozen=True, slots=True)
class RosterRules:
    """The values that are valid in a list of people: themes, locales and years of birth.

    `themes` has the other names of each theme by its key. Years of birth are valid from the first to the last, both
    included. `year` is the year from which an age in the list is subtracted to get a year of birth. `answers` has what
    an organiser answered about cells that name no theme, by `key_of` their text: the key of a theme, '' for none.
    """

    themes: Mapping[str, Collection[str]]
    locales: Sequence[str]
    min_birth_year: int
    max_birth_year: int
    year: int = 0
    answers: Mapping[str, str] = field(default_factory=dict[str, str])


def roster_format(rules: RosterRules, country: str = "") -> TableFormat:
    """Return the columns and limits of a list of people; `rules` says which values are valid.

    `country` is the heading of the column of territories, if the list is read below it.
    """
    readers = {**cell_readers(rules), "country": _reader_below(country, _territory_reader(rules.locales[0]))}
    columns = [
        replace(column, read=read, looks=column.looks or partial(is_readable, read))
        if (read := readers.get(column.key))
        else column
        for column in (*ASKED, *UNASKED)
    ]
    return TableFormat(
        [
            replace(column, looks=_looks_like_birth(rules))
            if column.key == "birth_year"
            else replace(column, split=_split_email)
            if column.key == "email"
            else replace(column, split=_split_territory)
            if column.key == "country"
            else column
            for column in columns
        ],
        MOST_PEOPLE,
        MOST_BYTES,
        too_many_rows=_("The list is too long: {most} people at most.", most=MOST_PEOPLE),
        lenient=True,
    )


def is_readable(read: Callable[[str], object], cell: str) -> bool:
    """Return whether the function `read` of a column can read a cell, at least in part."""
    try:
        read(cell)
    except CellError as error:
        return error.instead is not None
    return True


# --- how cells are read


def cell_readers(rules: RosterRules) -> Mapping[str, Callable[[str], object]]:
    """Return the functions that convert a cell's text to a value in lists of people, by the key of the column.

    The functions raise CellError if the text is not valid. Columns of free text have no function.
    """
    return {
        "email": _email,
        "country": _territory_reader(rules.locales[0]),
        "gender": gender_of,
        "birth_year": _birth_year_reader(rules),
        "age": _age_reader(rules),
        "locale": _locale_reader(rules.locales),
        **dict.fromkeys(("theme", "second_theme"), _theme_reader(rules)),
    }


def _theme_reader(rules: RosterRules) -> Callable[[str], str]:
    """Return a reader of themes by key or title, also with more words around it or a letter wrong.

    For a cell that names two themes, the reader returns both keys, with a comma between them.
    """
    choices = {key_of(name): key for key, names in rules.themes.items() for name in (key, *names)}

    def read(text: str) -> str:
        from rapidfuzz.fuzz import ratio

        said = key_of(text)
        if said in rules.answers:
            return rules.answers[said]
        if said in choices:
            return choices[said]
        if several := named_in(text):
            return several
        within = {
            key
            for name, key in choices.items()
            if len(name) >= _TELLING and (said.startswith(name) or (len(said) >= _TELLING and name.startswith(said)))
        }
        like = within or {key for name, key in choices.items() if ratio(said, name) >= _LIKE}
        if len(like) == 1:
            (only,) = like
            return only
        raise CellError(_("«{value}» is not a theme of this gathering.", value=Name(text)))

    def named_in(text: str) -> str:
        """Return the themes in a cell that names several, '' for any other cell."""
        parts = [part for part in re.split(r"[,;|/\n>→]|(?:^|\s)\d\s?[.)°:-]+", text) if key_of(part)]
        if len(parts) < 2 or not all(is_readable(read, part) for part in parts):
            return ""
        first, *others = dict.fromkeys(map(read, parts))
        if len(others) > 1:
            why = _("«{value}» names more than two themes: the first two are taken.", value=Name(text))
            raise CellError(why, f"{first},{others[0]}")
        return ",".join((first, *others))

    return read


_TELLING = 5
"""The fewest letters of the beginning of a theme's name by which a theme is recognised."""
_LIKE = 86
"""How similar a cell must be to a theme's name, from 0 to 100."""

_known_gender = one_of(
    by_spelling(
        {
            Gender.WOMAN: "woman, female, femme, féminin, F, Mme, Madame, Frau, weiblich, W, fille, une femme, girl,"
            " Mlle, Mademoiselle, Mrs, Ms, Miss, elle, she, she her, sie, Mädchen",
            Gender.MAN: "man, male, homme, masculin, H, M, Monsieur, Mr, Mann, Herr, männlich, garçon, un homme, boy,"
            " il, he, he him, er, Junge",
            Gender.OTHER: "other, autre, X, non-binaire, non-binary, divers, nichtbinär, andere, Mx, iel, they,"
            " they them, genderqueer, agenre, d, nb, bispirituel, bispirituelle, two spirit, genderfluid, gender fluid,"
            " genre fluide, agender, dey deren, dey",
            Gender.UNDISCLOSED: "undisclosed, prefer not to say, ne souhaite pas répondre, préfère ne pas répondre,"
            " ne se prononce pas, NSP, non précisé, keine Angabe, k. A., je préfère ne pas répondre,"
            " ne souhaite pas se prononcer, je ne souhaite pas répondre, möchte ich nicht sagen",
        }
    ),
    lambda value: _("I do not know the gender «{value}».", value=value),
)


def gender_of(text: str) -> Gender:
    """Return the gender that a cell says, also in two languages («Femme / Woman») or explained («F (femme)»)."""
    for part in re.split(r"[/(|]", text)[:2]:  # an address of the web has more
        with suppress(CellError):
            return _known_gender(part)
    return _known_gender(text)


# An address as people type it, also in «Name <address>»; whether it exists only a message can tell.
_EMAIL = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\"]+\.[^\s@,;:<>()\".]{2,}")


def _email(text: str) -> str:
    short = text.removeprefix("mailto:") if len(text) <= _LONGEST_ADDRESSES else ""
    found: list[str] = list(dict.fromkeys(_EMAIL.findall(short)))
    if len(found) > 1:
        raise CellError(_("«{value}» has several addresses: the first is taken.", value=Name(text)), found[0])
    address, beside = _split_email(short)
    if not found or address != found[0]:
        raise CellError(_("«{value}» is not an e-mail address.", value=Name(text)))
    if re.search(r"\d", beside):
        raise CellError(_("Only the e-mail address is taken, not the number beside it."), address)
    return address


def _split_email(text: str) -> tuple[str, str]:
    """Return the first e-mail address in a cell, and what stands beside it: a number, a name, a further address."""
    found = _EMAIL.search(text) if "@" in text and len(text) <= _LONGEST_ADDRESSES else None
    if found is None:
        return text, ""
    before, after = text[: found.start()].removesuffix("mailto:").strip(), text[found.end() :].strip()
    parted = (not before or before[-1] in _PARTING or before[-1].isdigit() or _BESIDE_EMAIL.fullmatch(before)) and (
        not after or after[0] in _PARTING or after[0].isdigit() or _BESIDE_EMAIL.fullmatch(after)
    )
    beside = " ".join(filter(None, (before.strip(_PARTING + " "), after.strip(_PARTING + " "))))
    return (found[0], beside) if parted else (text, "")


_PARTING = "<>/;|:,()–-"
"""What separates an address from what else is in its cell; with a blank alone a word could be half of the address."""
_LONGEST_ADDRESSES = 400
_BESIDE_EMAIL = re.compile(r"(?:t[ée]l(?:[ée]phone)?|mobile?|portable|handy|[\d\s.,;:+()/|-])*", re.IGNORECASE)
"""Matches what may stand beside an address in its cell: a telephone number; a word could be half of the address."""


_PARTS_OF = {
    "CH": (
        "kanton canton wohnkanton heimatkanton",
        "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH",
    ),
    "DE": ("bundesland", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
    "CA": ("province provinz", "AB BC MB NB NL NS NT NU ON PE QC SK YT"),
}
"""By country: words of headings, and the codes that mean its parts below these, but another country elsewhere."""


def _reader_below(heading: str, read: Callable[[str], str]) -> Callable[[str], str]:
    """Return a reader of territories for cells below a heading: «BE» is Berne below «Kanton», Belgium below «Land»."""
    said = words(fold(heading))
    for country, (headings, codes) in _PARTS_OF.items():
        if not set(said).isdisjoint(words(headings)):
            parts = words(codes)
            return lambda text: read(
                f"{country}-{text}"
                if text.upper() in parts
                else text
                if parse_territory(text)
                else f"{text}, {country}"
            )
    return read


def _territory_reader(locale: str) -> Callable[[str], str]:
    suggested = 0

    def read(text: str) -> str:
        nonlocal suggested
        code = parse_territory(text) or parse_nationality(text)
        if code is not None:
            return code
        suggested += 1
        near = suggest(text, locale) if suggested <= _MOST_SUGGESTIONS else ()
        if not near:
            raise CellError(_("I do not know the territory «{value}».", value=Name(text)))
        names = Listing(tuple(map(Territory, near)))
        raise CellError(_("I do not know the territory «{value}». Is it {names}?", value=Name(text), names=names))

    return read


def _split_territory(text: str) -> tuple[str, str]:
    """Return the territory in a postal address, and the whole address, which is kept beside it."""
    if len(text) > _LONGEST_ADDRESSES or not re.search(r"\d.*[,\n]|[,\n].*\d", text):
        return text, ""
    code = parse_territory(text)
    parts = (part.strip(" ()") for part in re.split(r"[,;|()\n]", text))
    return next((part for part in reversed([*parts]) if code and parse_territory(part) == code), code or ""), text


_YEAR = r"((?:19|20)\d\d)"
_YEARS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?:\.0)?",
        rf"{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[ T].*)?",
        rf"\D{{0,12}}\d{{1,2}}[-/. ]+\d{{1,2}}[-/. ]+{_YEAR}(?:[ T,].*)?",
        rf"\D{{0,20}}(?:\d{{1,2}}\D{{1,14}})?{_YEAR}\D{{0,3}}",  # «né le 3 mai 2001», «October 16, 2003», «mai 2001»
        rf"{_YEAR}(?:0\d|1[0-2])(?:[0-2]\d|3[01])",
        rf"(?:[0-2]\d|3[01])(?:0\d|1[0-2]){_YEAR}",
        r"0?[1-9]\d?[-/. ]+0?[1-9]\d?[-/. ]+(\d\d)",  # «0/0/00» is what Outlook writes for none
        r"\d{1,2}[-/. ]+[^\W\d]{3,9}\.?[-/. ]+(\d\d)",
    )
]
"""How days and years of birth are written; the year is what is in brackets."""
_SHORT = re.compile(r"['’]?(\d\d)")
"""A year of birth without its century, below a heading that says so: alone it could be an age."""
_SERIAL = re.compile(r"[1-4]\d{4}")
_FIRST_DAY = date(1899, 12, 30)
"""The day from which spreadsheets count days; some export the number of days in place of a date."""


def _birth_year_reader(rules: RosterRules) -> Callable[[str], int]:
    first, last = rules.min_birth_year, rules.max_birth_year

    def read(text: str) -> int:
        found = next((match for form in _YEARS if (match := form.fullmatch(text))), None)
        if found is None and (found := _SHORT.fullmatch(text)) is None and not _SERIAL.fullmatch(text):
            raise CellError(_("«{value}» is not a year of birth.", value=Name(text)))
        year = int(found[1]) if found else (_FIRST_DAY + timedelta(days=int(text))).year
        if year < 100:
            year += 2000 if 2000 + year <= last else 1900
        if not first <= year <= last:
            raise CellError(
                _(
                    "Born in {value}: the gathering is for people born from {first} to {last}.",
                    value=year,
                    first=first,
                    last=last,
                )
            )
        return year

    return read


def _looks_like_birth(rules: RosterRules) -> Callable[[str], bool]:
    """Return a function that tells days and years of birth, also of people who are too old, from other days."""
    readable = partial(
        is_readable, _birth_year_reader(replace(rules, min_birth_year=1920, max_birth_year=rules.max_birth_year))
    )
    return lambda cell: not (_TIME.search(cell) or _SERIAL.fullmatch(cell) or _SHORT.fullmatch(cell)) and readable(cell)


_TIME = re.compile(r"[1-9]\d?:\d\d|:\d[1-9]|:[1-5]0")
"""Matches an hour other than midnight: when a form was answered."""


def _age_reader(rules: RosterRules) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = re.fullmatch(r"(\d{1,2})(?:\.0)?(?: ?(?:ans|years?(?: old)?|Jahre))?", text, re.IGNORECASE)
        year = rules.year - int(found[1]) if found else 0
        if not rules.min_birth_year <= year <= rules.max_birth_year:
            raise CellError(_("«{value}» is not an age.", value=Name(text)))
        return year

    return read


def _locale_reader(locales: Sequence[str]) -> Callable[[str], str]:
    from babel import Locale

    spoken = [Locale.parse(language).languages for language in (*_LANGUAGES, *locales)]
    choices = {key_of(names[locale]): locale for names in spoken for locale in locales if locale in names}
    choices |= {key: locale for locale in locales for key in (key_of(locale), locale[0])}  # «d» and «f» in Switzerland

    def read(text: str) -> str:
        locale = choices.get(key_of(next(iter(words(text)), "")))  # «fr-CA», «français (Canada)»
        if locale is None:
            raise CellError(_("«{value}» is not a language of this gathering.", value=Name(text)))
        return locale

    return read
