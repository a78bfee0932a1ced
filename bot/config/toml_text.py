"""Reads the text of config.toml, finds the lines of settings in it, and corrects lines that are not TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path

from bot.config.readings import moment_of, truth_of

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_ENTRY = re.compile(r"""\s*(?:([\w.-]+)|"([^"]*)")\s*=""")
_STATEMENT = re.compile(r"""([\w.-]+|"[^"]*"|\w+(?: \w+)+(?=\s*=))\s*(?:[=:]+>?|(?=["'“«]))\s*(.*)""", re.DOTALL)
_BEGINS = re.compile(r"""\s*(?:\[\[?[\w." -]+\]|[a-z_][\w.-]*\s*(?:=|:(?:\s|$))|"[^"]*"\s*=)""")
"""Matches the beginning of a line with a table's name or a key."""
_PLACE = re.compile(r"at line (\d+), column (\d+)")
_QUOTES = "\"'“”„‟«»‘’‚‹›"
_STRAIGHT = ((r"[\u00a0\u202f]", " "), (r"« ?| ?»|[“”„‟]", '"'), ("\uff1d", "="))
"""The characters that word processors write, each with the one that TOML needs in its place."""
_FAR = 50
"""How many lines back the beginning of something that is not closed is searched."""


def read_text(path: Path) -> str:
    """Return the text of a file that is encoded in UTF-8, or in UTF-16 with a byte order mark.

    Raises OSError if the file cannot be read, and UnicodeDecodeError for another encoding.
    """
    content = path.read_bytes()
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    return re.sub("[\ufeff\u200b]", "", text).replace("\r\n", "\n").replace("\r", "\n")


def written(value: object) -> str:
    """Return a value as it is written in TOML: a text, number, bool, day, hour, or a list or mapping of these."""
    match value:
        case bool():
            return "true" if value else "false"
        case date() | time():
            return value.isoformat()
        case Mapping():
            entries = ", ".join(f"{_key(key)} = {written(each)}" for key, each in value.items())
            return f"{{ {entries} }}" if entries else "{}"
        case list() | tuple():
            return f"[{', '.join(written(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def places(text: str) -> Iterator[tuple[int, tuple[int | str, ...], str]]:
    """Yield a triple for each line of a TOML text that begins a table or sets a key.

    The triple has the line's number, from 1; the path to the table or key in the parsed file, with the indexes of list
    entries from 0; and the name as written, with brackets around a table's name.
    """
    entries: Counter[tuple[int | str, ...]] = Counter()
    table: tuple[int | str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = ()
            for part in header[2].split("."):
                table = (*table, part)
                if header[1] == "[[" and table == tuple(header[2].split(".")):
                    entries[table] += 1
                if entries[table]:
                    table = (*table, entries[table] - 1)
            yield number, table, f"[{header[2]}]"
        elif entry := _ENTRY.match(line):
            key = entry[1] or entry[2]
            yield number, (*table, *(key.split(".") if entry[1] else [key])), key


def last_line(text: str, first: int) -> int:
    """Return the number of the last line of an entry of a TOML text; `first` is the number of its first line."""
    lines = text.split("\n")
    for last in range(first, min(first + _FAR, len(lines)) + 1):
        try:
            tomllib.loads("\n".join(lines[first - 1 : last]))
        except tomllib.TOMLDecodeError:
            continue
        return last
    return first


def failure(text: str) -> tuple[int, int, str] | None:
    """Return where a text violates TOML (line and column, from 1) and why; None if the text is valid TOML."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        lines = text.rstrip("\n").split("\n")
        return (int(place[1]), int(place[2]), reason) if place else (len(lines), len(lines[-1]) + 1, reason)
    return None


def correction(text: str, lists: Collection[str]) -> tuple[int, int, str] | None:
    """Return the numbers of the first and last wrong line of a text that is not TOML, and what to write instead.

    With this correction the text is TOML, or its next error is further on; if no such correction is found, the line is
    made a comment. Returns None if the text is TOML already. `lists` are the names of tables that may occur many times.
    """
    found = failure(text)
    if found is None:
        return None
    lines = text.split("\n")
    if several := _broken(lines, found[0]):
        first, last = several
        for candidate in _candidates(_in_one_line(lines[first - 1 : last]), lists):
            if "\n" not in candidate and _stands_alone(candidate):
                return first, last, candidate
    marks = re.search('"{3}|\'{3}|(?<=")\'(?=")', found[2])  # of a text without an end, which may begin anywhere
    for number in range(found[0], 0 if marks else max(0, found[0] - _FAR), -1):
        line = lines[number - 1]
        if marks and marks[0] not in line:
            continue
        for candidate in _candidates(line, lists):
            later = failure("\n".join([*lines[: number - 1], candidate, *lines[number:]]))
            if later is None or later[0] > max(found[0], number) or (marks and marks[0] not in later[2]):
                return number, number, candidate
        if number < found[0] and _stands_alone(line):
            break
    return found[0], found[0], f"# {lines[found[0] - 1]}"


def _broken(lines: Sequence[str], until: int) -> tuple[int, int] | None:
    """Return the first and the last line of the first entry of several lines that is not TOML; None if there is none.

    It begins on the line `until` at the latest: such as a list without its last bracket, or a text with a line break.
    """
    number = 0
    while number < until:
        first, number = number + 1, number + 1
        if not _BEGINS.match(lines[first - 1]) or _stands_alone(lines[first - 1]):
            continue
        number = last_line("\n".join(lines), first)
        if number > first:
            continue
        last = first
        if re.search(r"\{[^}]*$", lines[first - 1]) and lines[first - 1].rstrip()[-1] in "{,":
            last = next((place for place in range(first, len(lines) + 1) if "}" in lines[place - 1]), first)
        while last < len(lines) and not _BEGINS.match(lines[last]):
            last += 1
        while last > first and (not (line := lines[last - 1].strip()) or line[0] == "#"):
            last -= 1
        if last > first:
            return first, last
    return None


def _in_one_line(lines: Sequence[str]) -> str:
    """Return an entry of several lines as one: without comments, and with the line breaks only of «\"\"\"» texts."""
    first, *others = (re.sub(r"\s#[^\"']*$", "", line).strip() for line in lines)
    if others and all(line.startswith("- ") for line in others):  # as YAML has lists
        return f"{first} [{', '.join(line[2:] for line in others)}]"
    between = "\n" if re.search("\"{3}|'{3}", first) else " "
    return between.join(filter(None, (first, *others))).replace("[ ", "[")


def _stands_alone(line: str) -> bool:
    return bool(line.strip()) and failure(line) is None


def _candidates(line: str, lists: Collection[str]) -> Iterator[str]:
    """Yield what may have been meant by a line, likeliest first."""
    bare = line.strip()
    if not bare:
        return
    if bare.startswith(("//", ";", "--", "/*", "<!--", "'")):
        yield f"# {bare}"
    if (bare.startswith("[") or re.fullmatch(r"[\w.-]+ *\]+", bare)) and (name := re.search(r"[\w.-]+", bare)):
        yield f"[[{name[0]}]]" if name[0] in lists else f"[{name[0]}]"
    elif statement := _STATEMENT.match(_straight(bare) if bare[0] in _QUOTES else bare):
        key = re.sub(r"(?<=\w) +(?=\w)", "_", statement[1])
        key = key if re.fullmatch(r'[A-Za-z0-9_.-]+|".*"', key) else written(key)
        for value in _values(statement[2]):
            yield f"{key} = {value}"
    yield from (bare + end for end in ("]", "}", '"', "'"))
    yield _straight(bare)


def _straight(text: str) -> str:
    for curly, straight in _STRAIGHT:
        text = re.sub(curly, straight, text)
    return text


def _values(value: str) -> Iterator[str]:
    """Yield what may have been meant by what stands behind a key, likeliest first."""
    yield from (value + end for end in ("", "]", "}", " }]", '"', '"]', '" }'))
    yield _straight(value)
    value, hash_sign, comment = value.partition(" #")
    value = value.rstrip(" ,;")
    if value[:1] not in tuple(_QUOTES):
        if (truth := truth_of(value)) is not None:
            yield written(truth)
        if (moment := moment_of(value)) is not None:
            yield written(moment)
        if re.fullmatch(r"\d[\d ]*", value) and len(value) < 7:  # a longer one is a telephone's
            yield value.replace(" ", "").lstrip("0") or "0"
    end = f" #{comment}" if hash_sign else ""
    yield from (each + end for each in (value, _straight(value)))
    if value[:1] == "{" and re.search("[=:]", value):
        yield from (table + close + end for table in [_table(value)] for close in ("", " }"))
        yield _requoted(value) + end
    elif value[:1] in ("[", "(", "{"):
        yield written([int(item) if item.isdecimal() else item for item in _items(value)]) + end
    else:
        if beside := re.fullmatch(r"""("[^"]*"|'[^']*')[\s,;]*([^"']+)""", value):
            yield f"{beside[1]} # {beside[2]}"
        if re.match(r"[\w-]+\s*=", value):
            yield _table(f"{{ {value} }}") + end
        inner = value
        if value[:1] in tuple(_QUOTES) or len(re.findall(f"[{_QUOTES}]", value)) % 2:
            inner = re.sub(f"^(?:\"\"\"|'''|[{_QUOTES}]) ?| ?(?:\"\"\"|'''|[{_QUOTES}])$", "", value)
        if "\\" in inner and "'" not in inner:
            yield f"'{inner}'{end}"
        yield written(inner) + end


def _items(value: str) -> list[str]:
    """Return what stands in a list, whether commas, blanks or quotes part it."""
    value = _straight(value.strip("[(){}] "))
    quoted = re.findall(r"""\s*(?:"([^",]*)"|'([^',]*)'|([^\s,;"']+))\s*[,;]?""", value)
    if re.search("[\"']", value) and value.count('"') % 2 == 0 and all("".join(each).strip() for each in quoted):
        return ["".join(each) for each in quoted]
    entries = re.split("[,;]", value) if re.search("[,;]", value) else value.split()
    return [entry for each in entries if (entry := each.strip(f"{_QUOTES} "))]


def _table(value: str) -> str:
    """Return a table in braces with «=», commas and quotes as TOML needs them, and no comma after its last entry."""
    value = re.sub(r"([\w-]+)\s*:\s*(?=[\"'\d])", r"\1 = ", _straight(value))
    value = re.sub(r"(?<=[{,\s])([\w-]*[^\x00-\x7f\s\"'{,]+[\w-]*)(?=\s*=)", r'"\1"', value)
    return re.sub(r"[,;\s]+\}", " }", re.sub(r"(?<=[\"'\d])\s*;?\s+(?=[\w-]+\s*=)", ", ", value))


def _requoted(value: str) -> str:
    """Return a table in braces with each of its texts quoted anew, so that quotes inside are part of them."""
    entries = re.findall(r"([\w-]+)\s*[=:]\s*(.*?)\s*(?=[,;]\s*[\w-]+\s*[=:]|$)", _straight(value).strip("{} "))
    return f"{{ {', '.join(f'{_key(key)} = {written(_unquoted(said))}' for key, said in entries)} }}"


def _unquoted(said: str) -> str:
    return said[1:-1] if len(said) > 1 and said[0] == said[-1] and said[0] in _QUOTES else said
