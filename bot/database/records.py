"""Converts rows to objects whose fields are named like the columns.

The annotation of a field, with or without `| None`, says how its value is stored: a `datetime` or `timedelta` as
microseconds (since 1970), a `date` in ISO format, a `bool` as 0 or 1, a `Mapping` as JSON, and an Enum as its value. A
class with a method `from_stored` gets the stored value by that method. Any other value is stored unchanged. NULL is
None. A field that is itself a dataclass has no column; its own fields are read from the columns with their names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from bot.clock import from_micros

T = TypeVar("T")
_F = TypeVar("_F", bound=Callable[..., Any])

_CONVERSIONS: Mapping[Any, Callable[[Any], Any]] = {
    bool: bool,
    datetime: from_micros,
    timedelta: lambda micros: timedelta(microseconds=micros),
    date: date.fromisoformat,
    Mapping: json.loads,
}


def _cached(function: _F) -> _F:
    return cast("_F", lru_cache(maxsize=2048)(function))  # typed, as mypy takes no class for something hashable


def record(kind: type[T], row: Any) -> T:
    """Return a database row as a `kind`, a dataclass or NamedTuple; columns without a field are ignored."""
    made: T = reader(kind, tuple(row.keys()), others=True)(row)
    return made


@_cached
def reader(kind: Any, columns: tuple[str, ...], *, others: bool = False) -> Callable[[Any], Any]:
    """Return a function that converts a database row with these columns to a `kind`, a dataclass or a NamedTuple.

    Each column is stored in the field of the same name. The last fields need no column if they have defaults. If
    `others` is True, columns without a field are ignored. Raises TypeError if fields and columns do not match.
    """
    hints = get_type_hints(kind)
    names = _names(kind)
    parts = {name: hints[name] for name in names if name not in columns and is_dataclass(hints[name])}
    found = [name for name in names if name in columns or name in parts]
    expected = {*found, *(name for part in parts.values() for name in _names(part))}
    if not found or found != names[: len(found)] or not (others or expected.issuperset(columns)):
        raise TypeError(f"{kind.__name__} has the fields {', '.join(names)}, and a row {', '.join(columns)}")
    places = [0 if name in parts else columns.index(name) for name in found]
    pick = itemgetter(*places, 0)  # one place more, because of one alone it makes no tuple
    conversions = [(place, made) for place, name in enumerate(found) if (made := conversion(hints[name]))]
    of_rows = [(found.index(name), reader(part, columns, others=True)) for name, part in parts.items()]

    def read(row: Any) -> Any:
        values = [*pick(row)]
        values.pop()
        for place, convert in conversions:
            if (value := values[place]) is not None:
                values[place] = convert(value)
        for place, read_part in of_rows:
            values[place] = read_part(row)
        return kind(*values)

    return read


def _names(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)] if is_dataclass(kind) else [*kind._fields]


@_cached
def conversion(annotation: Any) -> Callable[[Any], Any] | None:
    """Return a function that converts a stored value to the type `annotation`; None if no conversion is needed."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if len(kinds) == 1 and NoneType in get_args(annotation):
        return conversion(kinds[0])
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return getattr(kind, "from_stored", None) or _CONVERSIONS.get(kind)
