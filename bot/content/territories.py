"""Defines territories: the countries and regions that participants come from.

A code is an ISO 3166-1 alpha-2 code (and XK, Kosovo, which everyone uses), or one of three regions that take part
separately: CA-QC (Québec, apart from Canada), BE-WBR (Wallonie-Bruxelles) and BE-VLG (Flanders), for people who say so
rather than Belgium. BE-WBR is our own code: ISO 3166-2 has only Wallonia and Brussels separately, but the call for
participants has them as one territory; Brussels alone counts as part of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from bot.content.names import collation, fold, words

_LANGUAGES = ("fr", "en", "de")
"""The languages in which names of territories are understood; they can be shown in any locale."""

_REGIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CA-QC": {"fr": "Québec", "en": "Quebec", "de": "Québec"},
        "BE-WBR": {"fr": "Wallonie-Bruxelles", "en": "Wallonia-Brussels", "de": "Wallonie-Brüssel"},
        "BE-VLG": {"fr": "Flandre", "en": "Flanders", "de": "Flandern"},
    }
)

_NOT_TERRITORIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
"""Two-letter codes that CLDR names but ISO does not assign: groupings, islands of other states, test locales."""

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "CA-QC": "QC, Province de Québec, Québec Canada, Canada Québec",
        "BE-WBR": "BE-WAL, BE-BRU, Wallonie, Wallonia, Wallonien, Bruxelles, Brussels, Brüssel,"
        " Bruxelles-Wallonie, Fédération Wallonie-Bruxelles, FWB, Communauté française de Belgique,"
        " Région wallonne, Région de Bruxelles-Capitale, Belgique Wallonie, Belgique Bruxelles",
        "BE-VLG": "Flandres, Vlaanderen, Région flamande, Communauté flamande, Belgique Flandre",
        "BA": "Bosnie, Bosnia, Bosnien",
        "BF": "Burkina",
        "BY": "Bélarus",
        "CD": "RDC, RD Congo, DR Congo, Congo RDC, République démocratique du Congo,"
        " Democratic Republic of the Congo, Demokratische Republik Kongo, Zaïre",
        "CF": "Centrafrique, RCA",
        "CG": "République du Congo, Republic of the Congo, Republik Kongo",
        "CI": "Ivory Coast, Elfenbeinküste",
        "CN": "République populaire de Chine, VR China",
        "CV": "Cabo Verde",
        "CZ": "République tchèque, Czech Republic, Tschechische Republik",
        "AT": "Burgenland, Kärnten, Niederösterreich, Oberösterreich, Steiermark, Tirol, Vorarlberg, Wien",
        "DE": "République fédérale d'Allemagne, Bundesrepublik Deutschland, BRD, RFA, Baden-Württemberg, Bayern,"
        " Berlin, Brandenburg, Bremen, Hamburg, Hessen, Mecklenburg-Vorpommern, Niedersachsen, Nordrhein-Westfalen,"
        " NRW, Rheinland-Pfalz, Saarland, Sachsen, Sachsen-Anhalt, Schleswig-Holstein, Thüringen",
        "FR": "France métropolitaine, République française",
        "GB": "Grande-Bretagne, Great Britain, Großbritannien, Angleterre, England, Écosse, Scotland,"
        " Schottland, Pays de Galles, Wales, Irlande du Nord, Northern Ireland, Nordirland",
        "GN": "Guinée-Conakry",
        "HK": "Hong Kong",
        "KN": "Saint Kitts and Nevis",
        "KR": "Corée, Korea",
        "MK": "Macédoine, Macedonia, Mazedonien",
        "MM": "Myanmar, Birmanie, Burma, Birma",
        "MO": "Macao, Macau",
        "MU": "Île Maurice",
        "NL": "Hollande, Holland",
        "PS": "Palestine, Palästina",
        "RU": "Fédération de Russie, Russian Federation",
        "SV": "El Salvador",
        "SZ": "Swaziland, Swasiland",
        "TL": "Timor-Leste, East Timor, Osttimor",
        "TR": "Türkiye, Turkey",
        "US": "USA, États-Unis d'Amérique, United States of America, Vereinigte Staaten von Amerika",
        "VA": "Vatican, Vatikan, Saint-Siège, Holy See",
    }
)

_ARTICLES = frozenset(("le", "la", "les", "l", "the", "der", "die", "das"))
_LINKS = frozenset(("et", "and", "und"))
_PARTED = re.compile(r"[,;/|()\[\]\n]|\s[-–—]\s")
"""What separates the parts of an answer like «Québec (Canada)»."""
_POSTAL = re.compile(r"^\s*(?:[A-Z]{1,2}-)?\d{3,6}\s+|\s+[A-Z]\d[A-Z] ?\d[A-Z]\d\s*$")
"""Matches the postal code before or after a town."""
_LONGEST = 200
"""The most characters of an answer that is read part by part."""
_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_CLOSE_ENOUGH = 0.76  # of 1: «Belgik» for «Belgien» is, «Atlantide» for «Albanie» no more


def territory_name(code: str, locale: str) -> str:
    """Return the name of a territory in a locale («fr», «de-CH»); an unknown code is returned unchanged."""
    return _names(locale).get(code, code)


def by_name(codes: Iterable[str], locale: str) -> Sequence[str]:
    """Return codes of territories, sorted by the territories' names in a locale."""
    return sorted(codes, key=lambda code: (collation(territory_name(code, locale)), code))


def parse_territory(raw: str) -> str | None:
    """Return the code for a typed code or name in French, English or German; None for any other text.

    Accents, case, hyphens, articles and «et» are ignored. ISO's three-letter codes and the names of subdivisions
    («Ontario», «Genève») are understood too. If the text has several parts («Montréal (Québec), Canada»), the smallest
    territory in it counts. Returns None for an ambiguous name («Congo»), and for two territories («France / Mali»).
    """
    if code := _parse_whole(raw):
        return code
    parts = [_POSTAL.sub("", part) for part in _PARTED.split(raw[:_LONGEST]) if part.strip()]
    if len(parts) < 2:
        return None
    if code := _parse_whole(f"{parts[1]} {parts[0]}"):  # «Congo, République démocratique du»
        return code
    found = {code for part in parts if (code := _parse_whole(part))}
    within = {code.partition("-")[0] for code in found if "-" in code}
    (*codes,) = found - within
    return codes[0] if len(codes) == 1 else None


def _parse_whole(raw: str) -> str | None:
    """Return the code for the name or code of one territory, or of a subdivision; None for any other text."""
    code = raw.strip().upper()
    code = _iso_aliases().get(code, code)
    if code in _names("fr"):
        return code
    if _SUBDIVISION.fullmatch(code) and code[:2] in _names("fr"):
        return _index().get(_key(code), code[:2])
    key = _key(raw)
    return _index().get(key) or _subdivisions().get(key)


@lru_cache(maxsize=1024)  # a file repeats its mistakes, and comparing with every name takes milliseconds
def suggest(raw: str, locale: str, n: int = 3) -> tuple[str, ...]:
    """Return up to `n` codes of territories whose names resemble `raw`, the most similar first.

    Names in the reader's `locale` are preferred.
    """
    key = _key(raw)
    own = _keys(locale)
    scores: dict[str, float] = {}
    matcher = SequenceMatcher(b=key, autojunk=False)
    for name, code in _index().items():
        if len(key) >= 3 and name.startswith(key):
            score = 1.0
        else:
            matcher.set_seq1(name)
            score = matcher.ratio() if matcher.quick_ratio() >= _CLOSE_ENOUGH else 0.0
        if score >= _CLOSE_ENOUGH:
            scores[code] = max(scores.get(code, 0.0), score + 0.1 * (name in own))
    return tuple(sorted(scores, key=lambda code: (-scores[code], code))[:n])


def _key(text: str) -> str:
    parts = words(fold(text))
    if len(parts) > 1 and parts[0] in _ARTICLES:
        del parts[0]
    return "".join(part for part in parts if part not in _LINKS)


@cache
def _keys(locale: str) -> frozenset[str]:
    """Return the names of all territories in a locale, normalised by `_key`."""
    return frozenset(map(_key, _names(locale).values()))


@cache
def _names(locale: str) -> Mapping[str, str]:
    from babel import Locale

    language = Locale.parse(locale.replace("-", "_"))
    names = {
        code: name.replace(" - ", "-")  # in English alone, CLDR has «Congo - Kinshasa»
        for code, name in language.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_TERRITORIES
    }
    regions = {code: named.get(language.language, named["en"]) for code, named in _REGIONS.items()}
    return MappingProxyType(names | regions)


@cache
def _index() -> Mapping[str, str]:
    """Return the codes by every name that is understood; names are normalised by `_key`."""
    index = {_key(name): code for language in _LANGUAGES for code, name in _names(language).items()}
    for code, names in _ALIASES.items():
        index |= {_key(name): code for name in names.split(",")}
    return MappingProxyType(index)


@cache
def _subdivisions() -> Mapping[str, str]:
    """Return the codes of territories by the names of their subdivisions; names are normalised by `_key`."""
    lines = Path(__file__).with_name("subdivisions.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith("#"))
    return MappingProxyType({_key(name): code for code, _colon, names in parts for name in names.split(", ")})


def parse_nationality(raw: str) -> str | None:
    """Return the code for an adjective of a territory in French, English or German; None for any other text.

    Its ending does not matter: «française», «Québécois·e», «deutsche». Of two nationalities none is taken.
    """
    if len(raw) > _LONGEST:
        return None
    said = _INCLUSIVE.sub("", raw)
    if code := _nationalities().get(_bare(said)):
        return code
    codes = {
        code
        for part in re.split(r"[,;/|()+&-]|\s(?:et|and|und)\s", said)
        if (code := _nationalities().get(_bare(part)))
    }
    return codes.pop() if len(codes) == 1 else None


_INCLUSIVE = re.compile(r"\((?:n?e|in)\)|[·.•*:_](?:n?e|in)\b\.?s?")
"""Matches the further ending of an adjective for everybody: «français·e», «marocain(e)»."""


@cache
def _nationalities() -> Mapping[str, str]:
    """Return the codes by the adjectives of territories, as `_bare` writes them."""
    lines = Path(__file__).with_name("nationalities.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith("#"))
    return MappingProxyType({_bare(name): code for code, _colon, names in parts for name in names.split(", ")})


def _bare(adjective: str) -> str:
    """Return an adjective without the endings of gender, number and case: «francais», «canadien», «deutsch»."""
    bare = re.sub(r"(?<=isch)e[rnms]?$|(?<=deutsch)e[rnms]?$|[es]+$", "", _key(adjective), count=1)
    return re.sub(r"(.)\1$", r"\1", bare)


@cache
def _iso_aliases() -> Mapping[str, str]:
    """Return alpha-2 codes by other codes that people write: alpha-3 codes, «UK», codes of former states."""
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    return MappingProxyType(
        {alias: codes[0] for alias, codes in aliases.items() if alias.isalpha() and len(codes) == 1}
    )
