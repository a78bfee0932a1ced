"""Cleans, shortens, sorts and searches names and other words that people typed."""

import re
import unicodedata
from functools import lru_cache

_ZWJ = "\u200d"  # joins the parts of one emoji (👩‍🌾); anywhere else it only hides
# Letters by their category, yet drawn as nothing: a name made of them would look empty.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_STROKED = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_MOST_MARKS = 30
"""The most accents that are kept on one letter, as in Unicode's stream-safe format; no language needs more."""
_SOON_ORDERED = 200
"""The most characters of a text that is decomposed as a whole; a longer text is decomposed character by character."""
_DECIDES = 100
"""The number of characters that are compared when a list is sorted."""
_WORD = re.compile(r"[^\W_]+")
_MOST_QUERY_WORDS = 10


def clean(text: str) -> str:
    """Return `text` in the form in which it is stored and shown: one line, composed (NFC), no invisible characters.

    NUL, lone surrogates, bidirectional controls and zero-width characters are removed, except joiners inside an emoji.
    If a letter has too many accents, some are removed. Blanks of every kind, line breaks included, become single
    spaces.
    """
    text = _without_heaps(text)
    if _is_plain(text):  # nearly every text, and soon seen
        return text.strip()
    kept = (char for place, char in enumerate(text) if _is_shown(text, place, char))
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _is_plain(text: str) -> bool:
    """Return whether `clean` would change nothing of `text` but the blanks around it."""
    printable = text.isprintable() and "  " not in text and _BLANK_LETTERS.isdisjoint(text)
    return printable and unicodedata.is_normalized("NFC", text)


def _without_heaps(text: str) -> str:
    """Return `text` with at most _MOST_MARKS marks after one letter, because ordering n of them takes n² steps."""
    if len(text) <= _MOST_MARKS or text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char).startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return text if len(kept) == len(text) else "".join(kept)


def clean_lines(text: str) -> str:
    """Return a text of several lines with each line cleaned, and at most one blank line in a row.

    A cleaned line has no invisible characters, and single spaces.
    """
    lines = [clean(line) for line in text.splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip("\n")


def _is_shown(text: str, place: int, char: str) -> bool:
    if char.isspace():
        return True
    if char == _ZWJ:
        before = place - 1
        while before >= 0 and text[before] == "\ufe0f":  # the variation selector asking for colour
            before -= 1
        return before >= 0 and _is_pictorial(text[before]) and _is_pictorial(text[place + 1 : place + 2])
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"} and char not in _BLANK_LETTERS


def _is_pictorial(char: str) -> bool:
    # So: the pictures themselves; Sk: the modifiers of skin colour.
    return char != "" and unicodedata.category(char) in {"So", "Sk"}


def fold(text: str) -> str:
    """Return `text` without accents, in small letters and with single blanks, so that it can be compared."""
    if text.isascii():  # most words, of which thousands are folded when topics are made ready
        return " ".join(text.lower().split())
    # A long text letter by letter: its marks go anyway, and putting many of them in order first could take minutes.
    parts = [text] if len(text) <= _SOON_ORDERED else text
    decomposed = "".join(unicodedata.normalize("NFKD", part) for part in parts)
    bare = "".join(char for char in decomposed if char.isascii() or unicodedata.category(char) != "Mn")
    return " ".join(bare.casefold().translate(_STROKED).split())


_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅҮαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıǀӏ",
    "aeopcyxijshdqwABEKMHOPCTYXIJSYaeikvoptuxABEZHIKMNOPTYXagill",
)
"""Cyrillic, Greek and other letters, and the Latin ones that they look like."""


def without_look_alikes(text: str) -> str:
    """Return `text` with Latin letters instead of letters of other alphabets that look like them."""
    return text if text.isascii() else text.translate(_LOOK_ALIKE)


def file_stem(*parts: str) -> str:
    """Return words as a file name without ending, in small letters, digits and hyphens: «culture-3».

    Such a name works everywhere. It is «file» if the words have no letter from a to z and no digit.
    """
    return "-".join(re.findall(r"[a-z0-9]+", fold(" ".join(parts))))[:80] or "file"


def collation(text: str) -> tuple[str, str, str]:
    """Return the key by which `text` is sorted in a list: é as e, ç as c, œ as oe, ß as ss; punctuation counts least.

    The key is the same for all readers, because French, English and German sort names in the same order. Only the
    beginning of a long text counts.
    """
    begins = text[:_DECIDES]
    return " ".join(words(fold(begins))), begins.casefold(), begins


def words(text: str) -> list[str]:
    """Return the words of `text`, in order: sequences of letters and digits; all other signs separate words."""
    return _WORD.findall(text)


def search_key(given: str, family: str) -> str:
    """Return the text that a search for a person compares: their given and family name, without accents and capitals.

    It is '' for names without letters.
    """
    return " ".join(words(fold(f"{given} {family}")))


def matches(query: str, key: str) -> bool:
    """Return whether a search finds a name; `key` is the name's words without accents and capitals, from `search_key`.

    Each word of `query` must be the beginning of a different word of the name, in any order: «dupont marie», «m dupont»
    and «élise» find people, «jeanpierre» finds Jean-Pierre. A query without any letter or digit finds nobody.
    """
    wanted = query_words(query)
    parts = key.split()
    ends = ["".join(parts[place:]) for place in range(len(parts))]
    for word in wanted:
        place = next((place for place, end in enumerate(ends) if end.startswith(word)), None)
        if place is None:
            return False
        del ends[place]
    return bool(wanted)


@lru_cache(maxsize=64)  # one query is held against everyone's key
def query_words(query: str) -> tuple[str, ...]:
    """Return the words of a search for a name, without accents and capitals, the longest word first; at most ten."""
    # The longest word first: the places where it fits are also places for its own prefixes and for no
    # other word, so taking the first free one never costs a match.
    return tuple(sorted(words(fold(query))[:_MOST_QUERY_WORDS], key=len, reverse=True))


def display_name(given: str, family: str) -> str:
    """Return the name that other participants read: given name and initial, «Marie D.».

    The initial is the first capital letter of the family name: «Van den Berg» gives V., «van den Berg» B. A family name
    of one letter gets no full stop. Without a given name, the family name is returned.
    """
    if not given:
        return family
    letters = [char for char in family if char.isalnum()]
    if len(letters) <= 1:
        return " ".join([given, *letters])
    initial = next((char for char in letters if char.isupper()), letters[0].upper())
    return f"{given} {initial}."


def full_name(given: str, family: str) -> str:
    """Return a person's given and family name, for the team: «Marie Dupont». Either may be ''."""
    return f"{given} {family}".strip()


class Named:
    """A base class for dataclasses of people: it has the fields `given_name` and `family_name`."""

    __slots__ = ()

    given_name: str
    family_name: str

    @property
    def name(self) -> str:
        """Return the given name and an initial, which is how other participants read the name: «Marie D.»."""
        return display_name(self.given_name, self.family_name)

    @property
    def full_name(self) -> str:
        """Return the given and the family name, for the team: «Marie Dupont»."""
        return full_name(self.given_name, self.family_name)


def shortened(text: str, most: int) -> str:
    """Return `text` cut to at most `most` characters, ending in «…» if it was longer.

    It is cut between words, unless that would make it much shorter.
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ", most * 2 // 3)
    return (cut[:space] if space > 0 else cut).rstrip() + "…"
