"""What the adapters share against odd data: what an update must look like, and how one that does not is logged.

A chat library builds its objects out of whatever JSON it is given, and the store refuses what is no text. So each
intake holds an update against a shape first, and what comes after may believe the types it reads.
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
"""NUL, which PostgreSQL refuses, and lone surrogates, which no encoding knows."""

_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode

_LONGEST_PATIENCE = 86_400.0
"""Seconds that a platform is left alone at most, whatever it asks for."""
_SOME_PATIENCE = 1.0

T = TypeVar("T")


class Malformed(Exception):
    """An update that is not as its platform says it is. The message names the place and never what stood there."""


class Shape(BaseModel):
    """The fields of an update that the house reads, each with its exact type; others may be there, and are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


def check(shape: TypeAdapter[T], update: object) -> T:
    """The update in its shape. Raises Malformed for one that has another."""
    try:
        return shape.validate_python(update)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{where or 'update'}: {first['type']}") from None


def storable(value: Any) -> Any:
    """Decoded JSON with every character that cannot be stored replaced by U+FFFD, as long in UTF-16 as before.

    Nearly always there is none: then the value itself is returned. Raises RecursionError for one nested too deeply.
    """
    return value if _is_storable(value) else _replaced(value)


def _is_storable(value: Any) -> bool:
    """Whether all of it can be stored; written as JSON, as that takes less time than a look at every part.

    Where somebody wrote out the escape of NUL it may say no though the answer is yes.
    """
    written = _as_json(value)
    try:
        written.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\\u0000" not in written


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_replaced(key): _replaced(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part) for part in value]
    return value


def patience(asked: object) -> float:
    """The seconds that a platform asks to be left alone, within reason: what is no time to come counts as a second."""
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not asked > 0:
        return _SOME_PATIENCE
    return min(asked, _LONGEST_PATIENCE) if math.isfinite(asked) else _LONGEST_PATIENCE


def place_of(error: BaseException) -> str:
    """Where in the program an error was raised: its text and its variables may hold what people wrote."""
    *_outer, innermost = traceback.extract_tb(error.__traceback__) or [None]
    return f"{Path(innermost.filename).name}:{innermost.lineno} {innermost.name}" if innermost else ""
