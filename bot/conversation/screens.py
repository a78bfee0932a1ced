"""Defines screens: handlers whose parameters are the values in the buttons that open them.

    @routes.press("zd", who=ORGANISER)
    async def edit_section(request: Request, key: str, page: int = 0) -> Reply: ...

    Button(_("Wifi"), edit_section.to("wifi"))        # a wrong call is refused by mypy
    return await edit_section(request, "wifi")        # shows another screen

Buttons do not carry keyword-only parameters and `*lines`: these are for handlers that call the screen, and for a second
button that does nearly the same: `routes.press("zh")(show.having(hidden=True))`.

Screens are declared by `bot.conversation.routes.Routes`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from bot.content.actions import MOST, Action
from bot.content.errors import Stale
from bot.content.signatures import check_call
from bot.conversation.versions import SEEN, kind_of_version

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")

_CARRIED = ("int", "str", "bool")
_PICKED = (int, str, tuple[int, ...], tuple[str, ...])
_VALUE = re.compile(r"[A-Za-z0-9_]{1,60}")


class SeenScreen(Generic[P]):
    """A screen for buttons whose reader is shown a certain version of what the screen changes."""

    def __init__(self, action: type[Action], seen: object) -> None:
        """`seen` is the value of the field `seen` of the action, which may come before other fields."""
        self._action, self._seen = action, seen

    def to(self, *args: P.args, **kwargs: P.kwargs) -> Action:
        """Return the action of a button that opens this screen; the arguments are the values in the button."""
        at = self._action.field_names.index(SEEN)
        if len(args) < at:
            return self._action(*args, **kwargs, seen=self._seen)
        return self._action(*args[:at], self._seen, *args[at:], **kwargs)


class Screen(Generic[P, Q, T]):
    """A handler together with the action of the buttons that open it.

    P, Q and T are type parameters. P are the values in the buttons, and the fields of the action. Q are all parameters
    of the handler: the request, the answer to a form or choice if there is one, then P. T is what the handler returns:
    a Reply, or for an undo (`bot.conversation.undo`) an Undone or None.
    """

    def __init__(
        self,
        code: str | type[Action],
        handler: Callable[Q, Awaitable[T]],
        *,
        given: tuple[str, ...],
        unless_changed: Callable[..., Any] | None = None,
    ) -> None:
        """`given` names the parameters of the handler that no button carries; the others are as for `Routes.press`.

        Raises ValueError if a parameter has a type that no button can carry, or does not match the Action.
        """
        self.handler = handler
        taken = inspect.signature(handler).parameters.values()
        carried = [parameter for parameter in taken if parameter.kind is parameter.POSITIONAL_OR_KEYWORD][len(given) :]
        check_call(handler, *given, *(parameter.name for parameter in carried))
        annotations = {p.name: getattr(p.annotation, "__name__", str(p.annotation)) for p in carried}
        where = f"{handler.__module__}.{handler.__qualname__}"
        if not set(annotations.values()) <= set(_CARRIED):
            raise ValueError(f"{where} has parameters that no button carries: {annotations}")
        self._version = kind_of_version(unless_changed) if unless_changed else None
        seen = {SEEN: self._version.carried.__name__} if self._version else {}
        if isinstance(code, str):
            defaults = {p.name: p.default for p in carried if p.default is not p.empty}
            fields = {"__module__": handler.__module__, "__annotations__": annotations | seen, **defaults}
            code = type(handler.__name__, (Action,), fields, code=code)
        elif not _takes(carried, list(seen.values()), _kinds(code, last=SEEN if seen else "")):
            raise ValueError(f"{where} takes {annotations}, and {code.__name__} carries something else")
        self.action: type[Action] = code
        self._ask: Screen[P, Q, T] | None = None

    @property
    def ask(self) -> Screen[P, Q, T]:
        """Return the screen that asks for confirmation before this screen does anything.

        Raises TypeError if this screen is declared without such a question.
        """
        if self._ask is None:
            raise TypeError(f"{self.action.__name__} is opened without a question")
        return self._ask

    def asks(self, first: Screen[P, Q, T]) -> None:
        """Set the screen that asks for confirmation before this one does anything.

        Raises ValueError if the buttons of the two screens carry different values.
        """
        carried = [kind for name, kind in _fields(self.action) if self._version is None or name != SEEN]
        if [kind for _name, kind in _fields(first.action)] != carried:
            raise ValueError(f"{first.action.__name__} asks, and carries something else than {self.action.__name__}")
        self._ask = first

    def to(self, *args: P.args, **kwargs: P.kwargs) -> Action:
        """Return the action of a button that opens this screen; the arguments are the values in the button."""
        return self.action(*args, **kwargs)

    def seeing(self, *values: object) -> SeenScreen[P]:
        """Return this screen for buttons that remember the version of stored things that their reader is shown.

        `values` are the values of that version, as the screen's function `unless_changed` returns them. If another
        version is stored by the time the button is pressed, nothing is changed. Raises TypeError for a screen without
        `unless_changed`.
        """
        if self._version is None:
            raise TypeError(f"{self.action.__name__} is opened whatever was changed")
        return SeenScreen(self.action, self._version.seen_of(*values))

    def having(self, **values: object) -> Callable[Q, Awaitable[T]]:
        """Return the screen's handler with other values for keyword-only parameters, to declare it for another button.

        Raises TypeError if the handler lacks one of these keyword-only parameters.
        """
        handler: Callable[..., Awaitable[T]] = self.handler
        inspect.signature(handler).bind_partial(**values)
        return update_wrapper(partial(handler, **values), handler)

    async def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> T:
        """Call the handler directly, to show its screen from another handler."""
        return await self.handler(*args, **kwargs)


def _takes(parameters: Sequence[inspect.Parameter], seen: Sequence[str], kinds: Sequence[str]) -> bool:
    """Return whether an action of these kinds carries the parameters, all but the last that have a default."""
    carried = len(kinds) - len(seen)
    left_out = parameters[carried:]
    return [*(str(parameter.annotation) for parameter in parameters[:carried]), *seen] == [*kinds] and all(
        parameter.default is not parameter.empty for parameter in left_out
    )


def _kinds(action: type[Action], *, last: str) -> list[str]:
    """Return the names of the types of an action's fields, in their order, but the field `last` at the end."""
    return [kind.__name__ for _name, kind in sorted(_fields(action), key=lambda field: field[0] == last)]


def _fields(action: type[Action]) -> list[tuple[str, type]]:
    """Return the names and types of an action's fields."""
    return [*zip(action.field_names, action.kinds(), strict=True)]


def kind_picked(handler: Callable[..., Any]) -> Any:
    """Return the type of the values that the handler of a choice gets, which is the type of its second parameter.

    Raises ValueError for a type that no choice has.
    """
    name = list(inspect.signature(handler).parameters)[1]
    kind = get_type_hints(handler).get(name)
    if kind not in _PICKED:
        raise ValueError(f"{handler.__module__}.{handler.__qualname__} takes {name}: {kind}, which no choice gives")
    return kind


def picked(kind: Any, values: Sequence[str]) -> Any:
    """Return the values that a person chose, each once, as the type that the choice's handler takes.

    That type is `kind`: int, str, or a tuple of either. Raises Stale for values that do not fit.
    """
    several = kind not in (int, str)
    if not (all(map(_VALUE.fullmatch, values)) and (several or len(values) == 1)):
        raise Stale
    if kind in (int, tuple[int, ...]):
        if not all(value.isdigit() and int(value) <= MOST for value in values):
            raise Stale
        numbers = tuple(dict.fromkeys(map(int, values)))
        return numbers if several else numbers[0]
    return tuple(dict.fromkeys(values)) if several else values[0]
