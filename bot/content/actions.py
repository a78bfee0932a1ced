"""Defines actions: an action is what a button does. Encoded actions, alike for all platforms, are called payloads.

A payload is sent in Telegram's callback_data and ?start=, in Discord's custom_id and in the web page.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform, get_type_hints

MAX_LENGTH = 60
"""The most characters (A-Za-z0-9_-) in a payload. Every platform accepts as many (Telegram's ?start= takes 64)."""

MOST = 2**53
"""The largest number in a payload: a column of the database can store it, and even the result of a calculation."""

_WORD = re.compile(r"[A-Za-z0-9_]*")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass_transform(frozen_default=True)
class Action:
    """What a button does: each subclass has its own `code` and a few fields (int, bool, str of A-Za-z0-9_).

        class ReadSection(Action, code="zs"):
            section: str

    Fields are declared as in a frozen dataclass, without a decorator. The methods are written once, in this class: if
    `dataclass` generated them for each of three hundred actions, they would take 3 MB and a fifth of the loading time.
    An encoded action does not prove who pressed the button: every handler checks the person's role and the present
    state.
    """

    code: ClassVar[str]
    lasts: ClassVar[timedelta | None]
    """How long after the message was sent the button is removed; None if the button stays."""
    field_names: ClassVar[tuple[str, ...]] = ()
    """The names of the fields, in the order in which they are given and encoded."""
    _defaults: ClassVar[Mapping[str, object]] = {}

    def __init_subclass__(cls, *, code: str, lasts: timedelta | None = None) -> None:
        cls.code, cls.lasts = code, lasts
        annotations = inspect.get_annotations(cls)
        cls.field_names += tuple(name for name, kind in annotations.items() if "ClassVar" not in str(kind))
        cls._defaults = {name: getattr(cls, name) for name in cls.field_names if hasattr(cls, name)}

    def __init__(self, *values: Any, **named: Any) -> None:
        """Create the action.

        Raises TypeError for a field that is missing without a default, given twice, or unknown.
        """
        names = self.field_names
        given = dict(zip(names, values, strict=False)) | named
        fields = {**self._defaults, **given}
        if len(given) != len(values) + len(named) or fields.keys() != {*names}:
            raise TypeError(f"{type(self).__name__} has the fields {names}, not {values} and {named}")
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.values))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self.field_names)
        return f"{type(self).__name__}({values})"

    @property
    def values(self) -> tuple[Any, ...]:
        """Return the values of the action's fields, in the order in which the fields are declared."""
        return tuple(self.__dict__[name] for name in self.field_names)

    def encode(self) -> str:
        """Return the encoded action, the short text that a button carries.

        Raises ValueError for a value that cannot be encoded, or a text longer than MAX_LENGTH.
        """
        parts = [self.code]
        for name, kind in _shape(type(self)):
            value = getattr(self, name)
            if kind is str:
                if not _WORD.fullmatch(value):
                    raise ValueError(f"{type(self).__name__}.{name}: {value!r} cannot travel in a button")
                parts.append(value)
            else:
                parts.append(base36(int(value)))
        payload = "-".join(parts)
        if len(payload) > MAX_LENGTH:
            raise ValueError(f"{payload!r} is {len(payload)} characters, at most {MAX_LENGTH}")
        return payload

    @classmethod
    def kinds(cls) -> tuple[type, ...]:
        """Return the types of the action's fields (int, bool or str), in the order of the fields."""
        return tuple(kind for _name, kind in _shape(cls))

    @classmethod
    def decode(cls, parts: list[str]) -> Self:
        """Return the action for a payload, an encoded action.

        `parts` are the payload's parts after the action's code. Raises ValueError for parts that `encode` never
        returns.
        """
        shape = _shape(cls)
        if len(parts) != len(shape):
            raise ValueError(f"{cls.__name__} has {len(shape)} fields, not {len(parts)}")
        values: dict[str, str | int | bool] = {}
        for (name, kind), part in zip(shape, parts, strict=True):
            if not _WORD.fullmatch(part):
                raise ValueError(f"{cls.__name__}.{name}: {part!r} cannot travel in a button")
            if kind is str:
                values[name] = part
                continue
            number = int(part, 36)
            if number > MOST or base36(number) != part:
                raise ValueError(f"{cls.__name__}.{name}: {part!r} is no number, or too large a one")
            values[name] = bool(number) if kind is bool else number
        return cls(**values)


class Go(Action, code="go"):
    """The action that runs the command with the name `command`, as if the person had typed it: `Go("programme")`."""

    command: str


def beginning(payload: str) -> str:
    """Return the beginning of a payload (an encoded action), by which the handler of the payload's button is found.

    This is the code of the action. For `Go`, the action that runs a command, it also has the name of the command.
    """
    code, *parts = payload.split("-")
    return "-".join((code, *parts[:1])) if code == Go.code else code


_shapes: dict[type[Action], tuple[tuple[str, type], ...]] = {}


def _shape(cls: type[Action]) -> tuple[tuple[str, type], ...]:
    if cls not in _shapes:
        hints = get_type_hints(cls)
        _shapes[cls] = tuple((name, hints[name]) for name in cls.field_names)
    return _shapes[cls]


def base36(number: int) -> str:
    """Return a number in base 36, as encoded actions contain it. Raises ValueError for a negative number."""
    if number < 0:
        raise ValueError("an action holds no negative number")
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits
