"""Describes what is wrong in the configuration, and proposes a correction that was tried and is accepted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from bot.config.example import example_values
from bot.config.readings import colours_of, moment_of, truth_of, zones_of
from bot.config.section import ENVIRONMENT_PREFIX, Place, Unfit, split
from bot.config.toml_text import correction, failure, last_line, places, written
from bot.content.errors import ConfigError
from bot.content.names import fold
from bot.content.territories import parse_territory


class _Removed(Enum):
    REMOVED = 0  # a member of an Enum is the same object after copying


_REMOVED = _Removed.REMOVED
"""Stands in the place of a value if the key is not to be written at all."""
_SECRET_KEYS = frozenset({"token", "webhook_secret", "access_key", "secret_key", "url"})
_OTHER_KEYS = {
    "host": "server",
    "sender": "from",
    "languages": "locales",
    "langues": "locales",
    "sprachen": "locales",
    "size": "target",
    "taille": "target",
    "duration": "",
    "duree": "",
}
"""Keys as other programs and people call them, and what they are here where the table has that; '' for nothing."""
_LONGEST = 120
"""How many characters of a wrong line are shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the configuration, with its remedy. It contains no secret.

    `excerpt` is the wrong line with a caret below the wrong place. Remedy and excerpt may be empty.
    """

    what: str
    remedy: str
    excerpt: str = ""

    def __str__(self) -> str:
        said = f"{self.what} -> {self.remedy}" if self.remedy else self.what
        return f"{said}\n{self.excerpt}" if self.excerpt else said


class SettingsError(ConfigError):
    """The error that the configuration cannot be used; `problems` says what is wrong, and what to write instead."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> SettingsError:
    """Return the error for a configuration file that cannot be read, with a remedy."""
    match error:
        case FileNotFoundError():
            return SettingsError(Problem(f"{path} cannot be read: {error.strerror}", "write one: rencontres init"))
        case UnicodeDecodeError():
            line = error.object.count(b"\n", 0, error.start) + 1
            what = f"{path} is not in UTF-8: line {line} holds a letter in another encoding"
            remedy = "save it as UTF-8 in your editor, or: iconv -f WINDOWS-1252 -t UTF-8"
            return SettingsError(Problem(what, f"{remedy} {path} > utf8.toml; cat utf8.toml > {path}; rm utf8.toml"))
    remedy = f"name a file, not a folder: {path / 'config.toml'}"
    if not isinstance(error, IsADirectoryError):
        remedy = f"let the user who starts the bot read it: sudo chown $(id -un) {path}"
    return SettingsError(Problem(f"{path} cannot be read: {error.strerror}", remedy))


def misnamed_variables(environment: Collection[str], settings: type[BaseModel]) -> list[Problem]:
    """Return a problem for each variable that has one underscore between a table and its key, instead of two."""
    names = {
        f"{ENVIRONMENT_PREFIX}{table}_{key}".upper(): _name((table, key))
        for table, model in _tables(settings).items()
        for key in model.model_fields
    }
    what = "two underscores stand between a table and its key"
    return [
        Problem(f"{name}: {what}", f"in the environment, {name}: call it {names[name]}")
        for name in environment
        if name in names
    ]


# --- a file that is not TOML


def not_toml(path: Path, text: str, settings: type[BaseModel]) -> SettingsError:
    """Return the error that a configuration file is not TOML, with the wrong line and what to write instead.

    `text` is the text of the file. `settings` is the class of the settings, which tells the valid names of tables.
    """
    found = failure(text)
    assert found is not None, "it is TOML"
    lists = [name for name, field in settings.model_fields.items() if get_origin(field.annotation) is tuple]
    lines = text.split("\n")
    where, reason = found[0], found[2].lower()
    if again := _twice(lines, where, lists):
        return again
    fixed = correction(text, lists)
    number, last, meant = fixed or (where, where, "")
    wrong = lines[number - 1]
    place = f"line {number}" if last == number else f"lines {number} to {last}"
    what = f"{path} is not valid TOML: {place}: {_in_words(wrong, meant, reason)}"
    if _may_be_secret(wrong, settings):
        key = re.match(r"\s*([A-Za-z_]{1,20})\s*[=:]", wrong)
        remedy = _same(key[1], "'" if "\\" in wrong and "'" not in wrong else '"') if key else "put # before it"
        return SettingsError(Problem(what, f"{place}: {remedy}"))
    column = min(found[1] if number == where else len(wrong) + 1, _LONGEST)
    excerpt = f"{number:5} | {wrong[:_LONGEST]}\n{' ' * 5} | {' ' * (column - 1)}^"
    return SettingsError(Problem(what, f"{place}: write {meant}", excerpt))


def _twice(lines: Sequence[str], number: int, lists: Sequence[str]) -> SettingsError | None:
    """Return the error that a key or a table is written twice, if that is why the line with this number is wrong."""
    earlier = [*places("\n".join(lines[:number]))]
    if not earlier or earlier[-1][0] != number:
        return None
    _number, path, name = earlier[-1]
    again = [place for place, other, called in earlier[:-1] if other == path or (called == name and name[0] == "[")]
    single = [place for place, line in enumerate(lines, 1) if line.strip() == name]
    in_list = name.strip("[]") in lists
    if not again or (in_list and not single):
        return None
    if in_list:
        what = f"{name} is written several times, which needs two brackets"
        return SettingsError(*(Problem(what, f"line {place}: write [{name}]") for place in single))
    what = f"{name} is written twice, on line {again[0]} too"
    move = f"move what is below it below line {again[0]}, and " if name[0] == "[" else ""
    return SettingsError(Problem(what, f"line {number}: {move}remove it"))


def _in_words(wrong: str, meant: str, reason: str) -> str:
    if re.search("[“”„‟«»‘’]", wrong) and not re.search("[“”„‟«»]", meant):
        return "it has curly quotes, where straight ones are needed"
    if meant == f"# {wrong.strip()}":
        return f"it is neither a key with a value nor a comment ({reason})"
    return reason


def _may_be_secret(line: str, settings: type[BaseModel]) -> bool:
    """Return whether a line might hold a secret: it is not a table, a comment or a known key without secrets."""
    if re.match(r"\s*(\[|#|$)", line):
        return False
    key = (re.match(r"\s*([\w-]+)", line) or [""])[0].strip()
    known = {
        "fr",
        "en",
        "de",
        *settings.model_fields,
        *(key for table in _tables(settings).values() for key in table.model_fields),
    }
    near = difflib.get_close_matches(fold(key), known, n=1, cutoff=0.75)
    return not near or near[0] in _SECRET_KEYS


def _same(key: str, quote: str = '"') -> str:
    """Return how a value that is not shown is written."""
    return f"write {key} = {quote}…{quote}, where … is what stands there now, without its quotes"


# --- values that are not accepted


def refused(
    error: ValidationError,
    values: Mapping[str, Any],
    text: str,
    environment: Collection[Place],
    validate: Callable[[Mapping[str, Any]], BaseModel],
    settings: type[BaseModel],
) -> SettingsError:
    """Return the error that settings in the configuration are invalid, with what to write instead of each.

    `error` is what the validation found. `values` are all settings, and `text` is the configuration file. Settings at
    the places in `environment` come from environment variables instead of the file. `validate` tries other values, and
    raises ValidationError if they are invalid. `settings` is the class of the settings.
    """
    return SettingsError(*_Refused(deepcopy(dict(values)), text, environment, validate, settings).problems(error))


@dataclass(slots=True)
class _Refused:
    values: dict[str, Any]
    """All values, corrected one by one; _REMOVED stands where one shall not be."""
    text: str
    environment: Collection[Place]
    validate: Callable[[Mapping[str, Any]], BaseModel]
    settings: type[BaseModel]

    def problems(self, error: ValidationError) -> list[Problem]:
        # Unknown keys first: one may be a wrong name of a key that is missing.
        found = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
        said: list[tuple[str, Callable[[], str]]] = []
        for problem in found:
            if problem["type"] == "too_short" and any(other["loc"][:-1] == problem["loc"] for other in found):
                continue  # what was in the list is wrong, which is said
            said += self._explained(problem)
        # Only now, because what is on one line is written once, with all that is corrected in it.
        return [Problem(what, remedy()) for what, remedy in said]

    def _explained(self, problem: ErrorDetails) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yield what is wrong, and a function that returns the remedy once everything is corrected."""
        loc = problem["loc"]
        where = ".".join(str(part) for part in loc if part != "[key]") or "config"
        match problem["type"]:
            case "extra_forbidden":
                what, remedy = self._unknown(loc, where)
                yield what, partial(self._place, loc, remedy)
            case "missing" if loc[-1] not in self._value(loc[:-1]):
                yield f"{where} is missing", self._corrected(loc, self._lacking(loc))
            case "value_error" if isinstance(unfit := problem["ctx"]["error"], Unfit):
                if not unfit.fixes:
                    yield f"{where}: {unfit}", partial(self._place, loc, unfit.remedy)
                for place, value in unfit.fixes:
                    yield f"{where}: {unfit}", self._corrected((*loc, *place), value)
            case "missing":
                return
            case _ if not loc:
                yield f"{where}: {_said(problem, '')}", str
            case kind if self._is_secret(loc, problem["input"]):
                fits = 'write url = "sqlite:///rencontres.db"' if kind != "string_type" else _same(str(loc[-1]))
                yield f"{where}: {_said(problem, '')}", partial(self._place, loc, fits)
            case "model_type" | "tuple_type" as kind if len(loc) == 1:
                brackets = f"[[{loc[0]}]]" if kind == "tuple_type" else f"[{loc[0]}]"
                yield f"{where} {_said(problem, '')}", partial(self._place, loc, f"write {brackets}")
            case _:
                yield f"{where}: {_said(problem, _quoted(problem['input']))}", self._correction(problem)

    def _correction(self, problem: ErrorDetails) -> Callable[[], str]:
        """Correct a value by the first candidate that is accepted, and return its remedy."""
        loc = problem["loc"]
        if len(named := _named(problem)) > 1 and isinstance(loc[-1], int):
            told: Any = split(self._value(loc[:-1]))
            others = [each for each in told if each != problem["input"]]
            return self._corrected(loc[:-1], [*dict.fromkeys((*others, *named))])
        candidates = _candidates(problem, self._example(loc), self.values)
        if loc[-1:] == ("[key]",):
            loc = loc[:-2]
            candidates = _renamed(self._value(loc), problem)
        for candidate in candidates:
            if self._accepted(loc, candidate):
                return self._corrected(loc, candidate)
        return partial(self._place, loc, "correct it")

    def _corrected(self, loc: Place, value: object) -> Callable[[], str]:
        self.values = _with(self.values, loc, value)
        return partial(self._write, loc, value)

    def _accepted(self, loc: Place, candidate: object) -> bool:
        if candidate is _REMOVED and isinstance(loc[-1], int):
            return True  # what comes after it in the list may be wrong as well, and is looked at by itself
        try:
            self.validate(_cleaned(_with(self.values, loc, candidate)))
        except ValidationError as error:
            return not any(other["loc"][: len(loc)] == loc for other in error.errors(include_url=False))
        return True

    def _unknown(self, loc: Place, where: str) -> tuple[str, str]:
        """Return what is said of an unknown key, and the remedy."""
        key, model = str(loc[-1]), _table_at(self.settings, loc[:-1])
        keys = sorted(model.model_fields)
        near = difflib.get_close_matches(fold(key), keys, n=1, cutoff=0.6)
        other = _OTHER_KEYS.get(fold(key))
        near = [each for each in keys if each == other] or self._by_its_keys(loc) or ([] if other == "" else near)
        holding = self._value(loc[:-1])
        elsewhere = [
            name
            for name, other in _tables(self.settings).items()
            # An entry of a list is not made by a key that is nowhere else at home.
            if key in other.model_fields and get_origin(self.settings.model_fields[name].annotation) is not tuple
        ]
        if elsewhere and near != [other] and not isinstance(holding.get(key), dict | list):
            table = self._line((elsewhere[0],))
            end = f"move it to the end of the file, below [{elsewhere[0]}]"
            what = f"{where}: unknown key: {key} belongs to [{elsewhere[0]}]"
            return what, f"move it below line {table[0]}" if table else end
        if not near:
            return f"{where}: unknown key; known: {', '.join(keys)}", "remove it"
        meant = near[0]
        is_list = get_origin(model.model_fields[meant].annotation) is tuple
        if meant in holding and not (is_list and len(loc) == 1):
            return f"{where}: unknown key, did you mean «{meant}», which is there?", "remove it"
        renamed = f"write {meant} = {written(holding[key])}"
        if len(loc) > 1:
            self.values = _with(self.values, (*loc[:-1], meant), holding[key])
        if (variable := self._variable(loc))[: len(loc)] == loc:
            renamed = f"call it {_name((*loc[:-1], meant, *variable[len(loc) :]))}"
        elif len(loc) == 1:
            renamed = f"write [[{meant}]]" if is_list else f"write [{meant}]"
        elif self._is_secret((*loc[:-1], meant), holding[key]):
            renamed = _same(meant)
        return f"{where}: unknown key, did you mean «{meant}»?", renamed

    def _by_its_keys(self, loc: Place) -> list[str]:
        """Return the section to which an unknown one belongs by all of its keys; [] if that is none or several."""
        told = self._value(loc)
        if len(loc) > 1 or not isinstance(told, dict):
            return []
        fits = [name for name, model in _tables(self.settings).items() if {*told} <= {*model.model_fields}]
        return [name for name in fits if name not in self.values] if told and len(fits) == 1 else []

    def _is_secret(self, loc: Place, value: object) -> bool:
        if not loc:
            return False
        if loc[-1] == "url":
            return "@" in str(value) or "password" in str(value)
        field = _table_at(self.settings, loc[:-1]).model_fields.get(str(loc[-1]))
        return field is not None and field.annotation is SecretStr

    def _value(self, loc: Place) -> Any:
        value: Any = self.values
        for part in loc:
            value = split(value)
            value = value[part]
        return value

    def _example(self, loc: Place) -> object:
        """Return the value that config.example.toml has at a place; _REMOVED if it has none."""
        value: Any = example_values()
        for part in loc:
            part = 0 if isinstance(part, int) and isinstance(value, list) and value else part
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return _REMOVED
        return value

    def _lacking(self, loc: Place) -> object:
        """Return a value for a key that is missing: new, where it is one by which things are told apart."""
        value = self._example(loc)
        if value is _REMOVED:
            return "…"
        if loc[-1] == "key":
            return f"{str(loc[0]).rstrip('s')}_{int(loc[1]) + 1}" if len(loc) > 1 else "key"
        beside = self._value(loc[:-1])
        if loc[-1] == "ends" and isinstance(starts := beside.get("starts"), datetime):
            return starts + timedelta(hours=1)
        if isinstance(value, Mapping):
            name = str(beside.get("key") or f"{loc[-1]} {int(loc[1]) + 1 if len(loc) > 1 else ''}").strip()
            return dict.fromkeys(_locales(self.values), name if loc[-1] == "title" else "…")
        return value

    def _write(self, loc: Place, value: object) -> str:
        """Return how a value is written: on its line, where the line holds more too with what else it holds."""
        if variable := self._variable(loc):
            return f"in the environment: write {_name(variable)}={_plain(_cleaned(self._value(variable)))}"
        found = self._line(loc)
        if found is None and self._variable(loc[:-1]):  # the table is in the environment alone
            return f"in the environment: write {_name(loc)}={_plain(_cleaned(value))}"
        if found is None or found[2].startswith("["):
            return self._place(loc[:-1], f"add {loc[-1]} = {written(value)}", below=True)
        number, place, name = found
        if len(place) > len(loc) and isinstance(value, Mapping):  # «title.fr» for title
            there = {path[len(loc)] for _number, path, _name in places(self.text) if path[: len(loc)] == loc}
            if lacking := next((key for key in value if key not in there), None):
                return self._place(place, f"add {loc[-1]}.{lacking} = {written(value[lacking])}", below=True)
        if place == loc and value is _REMOVED:
            return f"line {number}: remove it"
        last = last_line(self.text, number)
        if len(place) > len(loc):  # «locales.0» for locales
            place, name = loc, str(loc[-1])
        whole = _cleaned(self._value(place))
        lines = f"line {number}" if last == number else f"lines {number} to {last}"
        return f"{lines}: write {name} = {written(whole)}"

    def _place(self, loc: Place, remedy: str, *, below: bool = False) -> str:
        """Return a remedy with the line or the variable that it is for; `below` says that a line is added there."""
        if variable := self._variable(loc):
            return f"in the environment, {_name(variable)}: {remedy}"
        found = self._line(loc)
        if found:
            return f"{'below ' * below}line {found[0]}: {remedy}"
        return f"below [{loc[0]}]: {remedy}" if loc and below else remedy

    def _variable(self, loc: Place) -> Place:
        """Return the path of the variable that holds a place; () if none does."""
        above = [loc[:length] for length in range(len(loc), 0, -1) if loc[:length] in self.environment]
        in_file = any(path[: len(loc)] == loc for _number, path, _name in places(self.text))
        within = [each for each in self.environment if loc and each[: len(loc)] == loc and not in_file]
        return next(iter((*above, *within)), ())

    def _line(self, loc: Place) -> tuple[int, Place, str] | None:
        """Return the line nearest to a place in the file: its number, its own path, and the name written there."""
        of_list = (*loc, 0)  # where the table should be one, and is the first of several
        every = list(places(self.text))
        around = [each for each in every if of_list[: len(each[1])] == each[1]]
        longest = max((len(path) for _number, path, _name in around), default=0)
        if longest < len(loc) and (within := [each for each in every if each[1][: len(loc)] == loc]):
            return within[0]  # such as «a.b = 1» for a
        return next((each for each in around if len(each[1]) == longest), None)


def _said(problem: ErrorDetails, value: str) -> str:
    """Return what is wrong with a value, in words."""
    ctx: Mapping[str, Any] = problem.get("ctx", {})
    kind, key = problem["type"], str(problem["loc"][-1]) if problem["loc"] else ""
    for begins, words in (
        ("date_", "is not a day, like 2027-06-10"),
        ("datetime_", "is not a day and an hour, like 2027-06-10T09:00:00"),
        ("time_", "is not an hour, like 18:00:00"),
        ("bool_", "is neither true nor false"),
        ("int_", "is not a whole number"),
        ("float_", "is not a number"),
        ("string_type", "is not a text in quotes"),
        ("string_too_long", f"is longer than {ctx.get('max_length')} characters"),
        ("string_too_short", "is empty"),
        ("too_short", "is empty"),
        ("string_pattern_mismatch", _PATTERNS.get(key, "is not written as it has to be")),
        ("literal_error", f"is none of {ctx.get('expected', '')}".replace(" or ", ", ")),
        ("tuple_type", "is not a list"),
        ("dataclass_type", "is no length of time: write it like «1d», «2h» or «10min»"),
        ("dict_type", 'has no languages, like { fr = "…" }'),
        ("model_type", "is not a table"),
        ("less_than_equal", f"is too much: at most {ctx.get('le')}"),
        ("greater_than_equal", f"is too little: at least {ctx.get('ge')}"),
        ("greater_than", f"is too little: more than {ctx.get('gt')}"),
    ):
        if kind.startswith(begins):
            hint = ": @userinfobot tells yours on Telegram" if problem["loc"][:1] == ("organisers",) else ""
            return f"{value} {words}{hint}".strip()
    return problem["msg"].removeprefix("Value error, ")


_PATTERNS = {
    "key": "may only have a-z, 0-9 and _",
    "colour": "is not a colour of six digits, like #0f6b62",
    "url": "begins neither with sqlite:/// nor with postgresql://, like postgresql://user:password@host/database",
    "map": "is not a web address",
    "link": "is not a web address",
}
"""What to say about a text that does not have the required form, by key."""


def _quoted(value: object) -> str:
    shown = value if isinstance(value, str) else str(value)
    return f"«{shown[:40]}{'…' if len(shown) > 40 else ''}»"


def _candidates(problem: ErrorDetails, shipped: object, values: Mapping[str, Any]) -> Iterator[object]:
    """Yield what may have been meant by a value, likeliest first, then what is always accepted."""
    value, kind = problem["input"], problem["type"]
    text = value.strip() if isinstance(value, str) else str(value)
    match kind.partition("_")[0]:
        case "date" | "datetime" | "time":
            moment = value if isinstance(value, date | time) else moment_of(text)
            if moment is None and (year := _year(values)):
                moment = moment_of(f"{text} {year}")
            if isinstance(moment, datetime):
                yield moment.date() if kind.startswith("date_") else moment
            beside = _beside(values, problem["loc"])
            if isinstance(moment, time) and problem["loc"][-1] == "ends" and isinstance(beside, datetime):
                yield datetime.combine(beside, moment)
            yield from [moment] if moment else []
            if kind.startswith("date_") and (within := _DAY.search(text)):
                yield moment_of(within[0])
        case "bool":
            yield from [truth] if (truth := truth_of(text)) is not None else []
        case "int" | "float":
            if number := re.search(r"/(\d{10,})\b", text):  # the id in an address, as Discord copies it
                yield int(number[1])
            if (digits := re.sub(r"[^\d-]", "", re.split(r"[.,](?!\d{3}\b)", text)[0])) and not text.startswith("@"):
                with suppress(ValueError):
                    yield int(digits)
        case "literal":
            yield from _choices(text, problem["ctx"]["expected"])
        case "tuple":
            yield [*value.values()] if isinstance(value, dict) else [value]
        case "dict" if isinstance(value, str | int | list) and value:
            yield dict.fromkeys(_locales(values), str(value[0]) if isinstance(value, list) else text)
        case "dataclass" | "model" if isinstance(value, int):
            yield f"{value}min"
        case "less" | "greater":
            yield shipped
            yield from problem["ctx"].values()
        case "string" | "value":
            yield from _texts(value, text, problem)
    if not isinstance(problem["loc"][-1], int):
        yield shipped
    yield _REMOVED


_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}(?:er|\.)? [^\W\d]{3,9} \d{4}")
"""Matches a day in a longer text: «du 9 juin 2027 au 11 juin 2027»."""


def _beside(values: Mapping[str, Any], loc: Place) -> object:
    """Return when the session begins whose end is at a place."""
    holder: Any = values
    for part in loc[:-1]:
        holder = split(holder[part])
    starts = holder.get("starts") if isinstance(holder, Mapping) else None
    return moment_of(starts) if isinstance(starts, str) else starts


def _named(problem: ErrorDetails) -> Sequence[str]:
    """Return the expected words of a choice that a text names: «fr et en» names two."""
    if problem["type"] != "literal_error" or not isinstance(problem["input"], str):
        return ()
    said = re.findall(r"[^\W\d_]+", fold(problem["input"]))
    expected = re.findall("'([^']+)'", problem["ctx"]["expected"])
    return [*dict.fromkeys(word for word in said if word in expected)]


def _year(values: Mapping[str, Any]) -> int | None:
    """Return the year of the gathering, which a day without one means."""
    told: Any = split(values.get("gathering", {}))
    days = [told.get(key) for key in ("starts", "ends", "retention_ends")]
    return next((day.year for day in (*days, example_values()["gathering"]["starts"]) if isinstance(day, date)), None)


def _texts(value: object, text: str, problem: ErrorDetails) -> Iterator[object]:
    if isinstance(value, int):  # in the place of a day, which needs hyphens, or of an hour
        yield from filter(None, map(moment_of, (text, f"{text}h")))
    if isinstance(value, list | dict):
        yield from [next(iter(value.values() if isinstance(value, dict) else value), "")]
        return
    bare = text.strip("\"'“”«» ")
    yield from filter(None, (text, bare, bare.casefold(), bare.upper(), bare and f"+{bare}"))
    if problem["loc"][-1] == "url" and problem["loc"][0] == "storage":
        yield "sqlite:///rencontres.db" if "://" in bare or not bare.strip("/") else f"sqlite:///{bare}"
    if (longest := problem.get("ctx", {}).get("max_length")) and len(text) > longest:
        yield f"{text[: longest - 1]}…"
    if "colour" in problem["loc"]:
        yield from colours_of(bare)
    if "zone" in problem["loc"]:
        yield from zones_of(bare)
    if "country" in problem["loc"]:  # another country's emergency numbers would be worse than none
        yield from (parse_territory(bare), _REMOVED)
    if mail := re.search(r"[^\s<>@]+@[^\s<>@]+\.\w+", re.sub(r"\s*[\[(](?:at|@)[\])]\s*", "@", bare)):
        yield mail[0]
    if address := re.search(r"https?://[^\s<>()\[\]\"]+", bare):
        yield address[0]
    if re.search(r"\w\.\w", whole := bare.replace(" ", "")):
        yield whole
        yield f"https://{re.sub('^[a-z]*:?/+|^https?:', '', whole)}"
    yield from filter(None, (found := re.sub(r"[^a-z0-9]+", "_", fold(bare)).strip("_"), found[:20]))
    counted = re.sub(r"^(?:une?|eine?|einen|one|an?) ", "1", fold(bare))
    if lead := re.match(r"(\d+) ?([djthsm])", counted):
        yield lead[1] + {"h": "h", "s": "h", "m": "min"}.get(lead[2], "d")  # Stunde, jour, Tag


def _choices(text: str, expected: str) -> Iterator[str]:
    """Yield the expected words that a text may mean: an abbreviation, one written alike, or a synonym."""
    words, typed = re.findall("'([^']+)'", expected), re.sub("^ssl.*", "tls", fold(text))
    yield from (word for word in words if typed.startswith(word) or word.startswith(typed[:4]))
    yield from difflib.get_close_matches(typed, words, n=1, cutoff=0.5)
    yield from (word for word in words if typed[:2] in _SYNONYMS.get(word, ()))


_SYNONYMS = {
    "open": ("ou", "of", "pu", "to", "li"),
    "en": ("an",),
    "de": ("al", "ge"),
    "workshop": ("at", "we"),
    "meal": ("re", "es"),
    "visit": ("be",),
    "evening": ("so", "ab"),
    "other": ("au", "an"),
}
"""The beginnings of words in other languages for what is chosen: ouvert, anglais, allemand, repas, soirée."""


def _renamed(mapping: Mapping[str, Any], problem: ErrorDetails) -> Iterator[Mapping[str, Any]]:
    """Yield a mapping with a wrong key written as it may have been meant, then without it."""
    wrong = str(problem["input"])
    for word in _choices(wrong, problem.get("ctx", {}).get("expected", "")):
        yield {word if key == wrong else key: value for key, value in mapping.items()}
    yield {key: value for key, value in mapping.items() if key != wrong}


def _locales(values: Mapping[str, Any]) -> Sequence[str]:
    found = split(values.get("gathering", {}).get("locales", ("fr", "en", "de")))
    return [str(locale) for locale in found] if isinstance(found, list | tuple) else ["fr"]


def _with(values: Mapping[str, Any], loc: Place, value: object) -> dict[str, Any]:
    """Return a copy of the values with another one at a place; _REMOVED for none."""
    changed = deepcopy(dict(values))
    holder: Any = changed
    for part in loc[:-1]:
        if isinstance(holder, dict):
            holder[part] = split(holder.get(part, {}))
        holder = holder[part]
    holder[loc[-1]] = value
    return changed


def _cleaned(value: Any) -> Any:
    """Return a copy of a value without what is removed."""
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items() if each is not _REMOVED}
    if isinstance(value, list):
        return [_cleaned(each) for each in value if each is not _REMOVED]
    return value


def _tables(settings: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """Return the classes of all sections by name."""
    return {name: _table_at(settings, (name,)) for name in settings.model_fields}


def _table_at(settings: type[BaseModel], loc: Place) -> type[BaseModel]:
    """Return the class of the table that a path leads to, or of the nearest one around it."""
    model = settings
    for part in loc:
        if part in model.model_fields:
            kind = model.model_fields[str(part)].annotation
            if get_origin(kind) is tuple:  # a list of entries
                kind = get_args(kind)[0]
            model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else model
    return model


def _name(loc: Place) -> str:
    return ENVIRONMENT_PREFIX + "__".join(str(part) for part in loc).upper()


def _plain(value: object) -> str:
    """Return a value as a variable has it: a list as «a,b»."""
    if isinstance(value, list | tuple):
        return ",".join(map(_plain, value))
    return value if isinstance(value, str) else written(value)
