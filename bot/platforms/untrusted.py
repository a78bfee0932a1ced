"""Checks data that the adapters receive: updates of an unexpected shape are refused, and logged without their content.

A chat library builds its objects out of any JSON, and the store refuses some characters. So each adapter checks an
update against a shape first, and the code behind it may rely on the types.
"""

from __future__ import annotations

import json
import math
import re
import traceback
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""Characters that cannot be stored: NUL, which PostgreSQL refuses, and lone surrogates, which no encoding has."""

_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode

_LONGEST_PATIENCE = 86_400.0
"""The most seconds for which calls to a platform pause, whatever it asks for."""
_SOME_PATIENCE = 1.0

T = TypeVar("T")


class Malformed(Exception):
    """The error that an update does not have the documented shape; its text names only the field."""


class Shape(BaseModel):
    """The base class of shapes: the fields that the program reads from a kind of update, with their exact types.

    Other fields of the update are ignored.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


def check(shape: TypeAdapter[T], update: object) -> T:
    """Return an update converted to a shape. Raises Malformed if the update's fields do not fit the shape."""
    try:
        return shape.validate_python(update)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{where or 'update'}: {first['type']}") from None


def storable(value: Any) -> Any:
    """Return decoded JSON in which U+FFFD replaces every character that cannot be stored; UTF-16 lengths stay the same.

    A value without such characters is returned unchanged. Raises RecursionError for a value nested too deeply.
    """
    return value if _is_storable(value) else _with_replacements(value)


def _is_storable(value: Any) -> bool:
    """Return whether every text in a value can be stored.

    The value is searched as JSON text, which is faster than visiting its parts. A text that spells out the escape of
    NUL gives False although it could be stored, which costs time only.
    """
    text = _as_json(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\\u0000" not in text


def _with_replacements(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_with_replacements(key): _with_replacements(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_replacements(part) for part in value]
    return value


def patience(seconds: object) -> float:
    """Return the pause in seconds that a platform asked for, at most a day; 1 if `seconds` is no positive number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return _SOME_PATIENCE
    return min(seconds, _LONGEST_PATIENCE) if math.isfinite(seconds) else _LONGEST_PATIENCE


def location_of(error: BaseException) -> str:
    """Return the file, line and function that raised an error, for logs, because its text may quote people."""
    *_outer, innermost = traceback.extract_tb(error.__traceback__) or [None]
    return f"{Path(innermost.filename).name}:{innermost.lineno} {innermost.name}" if innermost else ""
