"""Finds out which column of a table has which content, by its heading and by its cells.

A heading means a column if it is one of the column's headings, has one in it («Mail (obligatoire)»), or is like one
(«couriel»). Cells confirm that, refute it, or say by themselves what they are: e-mail addresses, dates, territories.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import islice

from bot.content.names import fold, words
from bot.files.columns import Column
from bot.files.sheets import key_of
from bot.files.table_finding import FoundTable

_SAMPLE = 300
"""How many cells of a column are looked at."""
_LOOKED_INTO = 500
"""How many characters of such a cell are looked at."""
_ENOUGH = 3
"""The number of cells that a column must have for the cells to refute its heading."""


class Certainty(IntEnum):
    """How certain the program is about what a column of a table contains.

    If it is LIKELY, the person who sent the table is asked; if it is CERTAIN, they are told.
    """

    UNKNOWN = 0
    LIKELY = 1
    CERTAIN = 2


@dataclass(frozen=True, slots=True)
class Match:
    """What the program thinks that a column of a table contains: `key` is a known column's key, such as «email».

    `key` is '' if no known column fits. `filled` is how many cells were looked at. `fitting` is how many of these cells
    look right for the known column, None if it accepts any text. `by_heading` is True if the heading was recognised,
    False if only the cells were. `exact` is True if the heading is exactly a known one.
    """

    key: str = ""
    certainty: Certainty = Certainty.UNKNOWN
    by_heading: bool = False
    exact: bool = False
    fitting: int | None = None
    filled: int = 0


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    match: Match
    score: float

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.match.certainty, self.score, -self.place


def match_columns(
    table: FoundTable, columns: Sequence[Column], given: Mapping[str, str] | None = None
) -> tuple[Match, ...]:
    """Return, for each column of a table, which of the known `columns` it is. No known column is found twice.

    `given` says what some headings mean, because the sender answered: the key of a known column, or '' for none of
    them. A column that fits no known column gets a Match with the key ''.
    """
    given = {key_of(heading): key for heading, key in (given or {}).items()}
    found: dict[int, Match] = {}
    samples = [
        [cell[:_LOOKED_INTO] for cell in islice(table.cells(place), _SAMPLE)] for place in range(len(table.headings))
    ]
    for place, heading in enumerate(table.headings):
        if (key := given.get(key_of(heading))) is not None:
            found[place] = Match(key, Certainty.CERTAIN, filled=len(samples[place]))
    taken = {match.key for match in found.values()}
    candidates = [
        candidate
        for place, heading in enumerate(table.headings)
        if heading and place not in found
        for column in columns
        if (candidate := _candidate(place, heading, samples[place], column))
    ]
    candidates += _standing_alone(table, columns, candidates, samples)
    replaced = {column.key: column.replaces for column in columns}
    for candidate in sorted(candidates, key=lambda each: each.rank, reverse=True):
        key = candidate.match.key
        rivals = {key, *replaced[key], *(other for other, keys in replaced.items() if key in keys)}
        if candidate.place in found or key in taken:
            continue
        if candidate.match.certainty < Certainty.CERTAIN and rivals & taken:
            continue
        found[candidate.place] = candidate.match
        taken.add(key)
    return tuple(found.get(place, Match(filled=len(sample))) for place, sample in enumerate(samples))


def heading_score(heading: str, column: Column) -> float:
    """Return how surely a heading in a file means one known column, from 0 to 1."""
    if (place := _keys(column.headings).get(key_of(heading))) is not None:
        return 1.0 - 0.0005 * place + 0.003 * len(words(heading))  # the first are most usual, longer ones say more
    if _OF_NO_PARTICULAR.intersection(words(fold(heading))):
        return 0.0
    score = max((_tokens_score(tokens, column.headings) for tokens in _variants(heading)), default=0.0)
    return score if score >= _EXACT or not column.only_exact else 0.0


def recognised(columns: Sequence[Column], heading: str) -> float:
    """Return how surely a heading in a file means any of these known columns, from 0 to 1."""
    if any(key_of(heading) in _keys(column.alone) for column in columns):
        return 1.0
    return max((heading_score(heading, column) for column in columns), default=0.0)


# --- one column of the table against one that is looked for


def _candidate(place: int, heading: str, cells: Sequence[str], column: Column) -> _Candidate | None:
    by_heading = heading_score(heading, column)
    fitting = sum(map(column.looks, cells)) if column.looks else None
    share = None if fitting is None or not cells else fitting / len(cells)
    certainty = _certainty(by_heading, share, len(cells), column)
    if not certainty or (by_heading < _NAMED and len(set(cells)) == 1 and len(cells[0]) <= _TELLS_NOTHING):
        return None
    if column.always_asked:
        certainty = Certainty.LIKELY
    score = by_heading + 0.5 * (0.5 if share is None else share)
    if by_heading >= _NAMED and _OF_THE_PERSON.intersection(words(fold(heading))):
        score += _SAYS_WHOSE
    exact = key_of(heading) in _keys(column.headings)
    return _Candidate(place, Match(column.key, certainty, by_heading >= _NAMED, exact, fitting, len(cells)), score)


_EXACT, _NAMED = 0.95, 0.6
_SAYS_WHOSE = 0.2
"""How much more «Nom de l'adhérent» is worth than «Nom», which may be the name of whoever paid."""
_TELLS_NOTHING = 2
"""If all cells of a column are alike and have at most this many letters, like «x», they tell nothing."""
_LIKE = 0.82
"""How similar words must be to a heading in order to mean it: one of six letters may be wrong."""


def _certainty(by_heading: float, share: float | None, count: int, column: Column) -> Certainty:
    """Return how certain it is that a column is this one, by its heading and the share of cells that look so."""
    if by_heading >= _EXACT:
        refuted = column.by_content and share is not None and share < 0.3 and count >= _ENOUGH
        return Certainty.LIKELY if refuted else Certainty.CERTAIN
    if by_heading >= _NAMED:
        if share is None:
            return Certainty.CERTAIN if by_heading >= 0.7 or not count else Certainty.LIKELY
        if share >= 0.7:
            return Certainty.CERTAIN
        return Certainty.LIKELY if share >= 0.2 else Certainty.UNKNOWN
    return Certainty.LIKELY if column.by_content and share is not None and share >= 0.8 else Certainty.UNKNOWN


def _standing_alone(
    table: FoundTable, columns: Sequence[Column], candidates: Sequence[_Candidate], samples: Sequence[Sequence[str]]
) -> list[_Candidate]:
    """Return what headings mean that mean it only if no other column does (`Column.alone`)."""
    found: list[_Candidate] = []
    for column in columns:
        alone = _keys(column.alone)
        if not alone:
            continue
        rivals = {column.key, *column.replaces}
        places = {
            each.place for each in candidates if each.match.key in rivals and each.match.certainty > Certainty.LIKELY
        }
        places |= {place for place, heading in enumerate(table.headings) if key_of(heading) in alone}
        if len(places) == 1:
            (place,) = places
            if key_of(table.headings[place]) in alone:
                match = Match(column.key, Certainty.CERTAIN, by_heading=True, exact=True, filled=len(samples[place]))
                found.append(_Candidate(place, match, 2.0))
    return found


# --- headings as words


_OF_THE_PERSON = frozenset(
    words(
        "participant participante participants participantes teilnehmer teilnehmerin attendee adherent adherente"
        " membre mitglied member inscrit inscrite licencie licenciee beneficiaire jeune eleve etudiant etudiante"
        " candidat candidate stagiaire"
    )
)
"""Words of headings by which a column is about the person on the line, folded."""
_STOP = _OF_THE_PERSON | frozenset(
    words(
        "le la les l un une de du des d au aux en a et ou the of a an your my in and or der die das den dem ihr "
        "ihre dein deine bitte von vom und oder votre vos ton ta tes mon ma mes notre svp merci please indiquez "
        "indique quel quelle quels est sont what which is are wie lautet ist obligatoire required pflichtfeld "
        "facultatif optional souhaite souhaitee choisi choisie prefere preferee actuel actuelle principal principale "
        "etes vous tu es habitez habites venez viens suivre mentionner"
    )
)
"""Words that say nothing about what a column has, folded."""
_ORDINALS = {
    **dict.fromkeys(words("1 1er 1re 1ere premier premiere first 1st erste erster erstes prioritaire"), "1"),
    **dict.fromkeys(words("2 2e 2eme 2nd 2nde 2de deuxieme second seconde zweite zweiter zweites secondaire"), "2"),
}
_OF_OTHERS = frozenset(
    words(
        "urgence emergency notfall notfallkontakt notfallnummer notfalltelefon kontaktperson ansprechperson mutter"
        " vater elternteil sorgeberechtigte sorgeberechtigter erziehungsberechtigter responsable tuteur tutrice parent"
        " parents pere mere mother father eltern"
        " erziehungsberechtigte legal legaux payeur payer zahler acheteur accompagnateur accompagnatrice"
        " referent referente conjoint enseignant enseignante professeur encadrant encadrante prevenir guardian"
        " parrain marraine"
    )
)
"""Words of headings whose column is about somebody else than the person on the line."""
_OF_CONSENT = frozenset(
    words(
        "accepte autorise consens consentement rgpd gdpr dsgvo consent agree einwilligung einverstanden certifie"
        " declare atteste engage reglement cgu cgv"
    )
)
"""Words of headings whose column has what people agree to."""
_OF_NO_PARTICULAR = _OF_OTHERS | _OF_CONSENT
_INCLUSIVE = re.compile(r"\((?:e|in|es|s|ne|trice)\)|[·.•-]e?s?\b(?=[·.•\s]|$)|(?<=\w)[*:_]in(?:nen)?\b|·\w+")
CODE = re.compile(
    r"^\s*(?:[A-Za-z]{1,4}\d[\w]*(?:\[\w+\])?|\d{1,3})\s*[.):]\s+|^\s*[a-z]\w*\.\s+(?=[A-ZÀ-Ý])"
    r"|^\s*[A-Z]{2,}\w*(?:\[\w+\]\.|\.\s+(?=[A-ZÀ-Ý]?[a-zà-ÿ]))"
)
"""The code with which LimeSurvey begins a heading («G01Q02. Votre courriel»), or the number of a question."""
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")

_remembered = lru_cache(maxsize=8192)
"""For what a heading of a file says, asked at each reading of the file: thousands are kept, as people name them."""


@cache
def _keys(headings: str) -> Mapping[str, int]:
    """Return the places of headings in a list of them, by their keys."""
    return {key: place for place, heading in enumerate(headings.split(",")) if (key := key_of(heading))}


@cache
def _aliases(headings: str) -> tuple[tuple[tuple[str, ...], frozenset[str], str], ...]:
    """Return the headings of a column as words, each also as a set of them and as one text."""
    found = {_words(heading) for heading in headings.split(",")}
    return tuple((alias, frozenset(alias), " ".join(alias)) for alias in sorted(found) if alias)


@_remembered
def _words(text: str) -> tuple[str, ...]:
    said = [_ORDINALS.get(word, word) for word in words(fold(_INCLUSIVE.sub("", text)))]
    return tuple(word for word in said if word not in _STOP) or tuple(said)


@_remembered
def _variants(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return a heading as words: without its code and without what is in brackets; its last part; what is in these."""
    text = CODE.sub("", heading)
    inside = [first or second for first, second in _BRACKETED.findall(text)]
    outside = _BRACKETED.sub(" ", text)
    ordinal = [each for each in inside if {"1", "2"} & set(_words(each))]
    parts = re.split(r"\s[–—-]\s|:|>|\?|\.\s", outside)
    bracket = re.findall(r"\[([^\[\]]+)\]\s*$", text)
    texts = [" ".join([outside, *ordinal]), *(part for part in parts[-1:] if len(parts) > 1), *bracket, *inside]
    return tuple(dict.fromkeys(found for each in texts if (found := _words(each))))


@_remembered
def _tokens_score(tokens: tuple[str, ...], headings: str) -> float:
    from rapidfuzz.fuzz import ratio  # 2 MB, of use only where a table is read

    said, told = " ".join(tokens), frozenset(tokens)
    best = 0.0
    for alias, parts, text in _aliases(headings):
        if tokens == alias or (len(alias) > 1 and told == parts):
            return _EXACT
        if len(text) >= 4 and parts <= told:
            best = max(best, 0.6 + 0.3 * len(alias) / len(tokens) + 0.05 * (tokens[0] == alias[0]))
        elif len(text) >= 3 and tokens[0] == text:
            best = max(best, 0.6 + 0.2 / len(tokens))
        if len(text) >= 4 and abs(len(said) - len(text)) <= 2:
            likeness = ratio(said, text) / 100
            best = max(best, 0.85 * likeness if likeness >= _LIKE else 0.0)
    return best
