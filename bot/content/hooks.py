"""Defines hooks: functions with which a capability calls capabilities above it, which it must not import.

The lower capability declares a hook in its module `hooks`; the function's body is used if no capability defines it:

    @hook
    async def car_left(tx: Transaction, participant_id: int, now: datetime) -> None:
        \"\"\"Someone leaves a car: take back what they offered to those who stay in it.\"\"\"

and calls it like any function. A capability above defines the hook in its `Capability`, by
`answers=(hooks.car_left.answered_by(service.take_back),)`. `bot.capability.load` connects all of them.

A hook declared with `collecting_hook` returns a sequence, to which any number of capabilities above add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Hook(Generic[P, T]):
    """A function that one capability declares and that another capability can define.

    A capability is a part of the program under `handlers`. The defining capability imports the declaring one, never the
    other way round. A call raises RuntimeError before `bot.capability.load` has connected the hooks.
    """

    default: Callable[P, Awaitable[T]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function that a capability defined for this hook, or the declared function if none did."""
        if _connected is None:
            raise RuntimeError(f"{self.default.__qualname__} is a hook: bot.capability.load was not called")
        answer: Callable[P, Awaitable[T]] = _connected.get(self, self.default)
        return await answer(*args, **kwargs)

    def answered_by(self, function: Callable[P, Awaitable[T]]) -> HookDefinition:
        """Return the declaration that `function` defines this hook.

        The capability that has the function lists the declaration in its `Capability.answers`.
        """
        return HookDefinition(self, function)


@dataclass(frozen=True, slots=True, eq=False)
class CollectingHook(Generic[P, T]):
    """A function that one capability declares, and to whose result any number of other capabilities can add.

    A capability is a part of the program under `handlers`. The adding capabilities import the declaring one, never the
    other way round. A call raises RuntimeError before `bot.capability.load` has connected the hooks.
    """

    default: Callable[P, Awaitable[Sequence[T]]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[T]:
        """Return what the declared function returns, then what capabilities add, in the order of CAPABILITIES."""
        if _connected is None:
            raise RuntimeError(f"{self.default.__qualname__} is a hook: bot.capability.load was not called")
        items = [*await self.default(*args, **kwargs)]
        for function in _collected.get(self, ()):
            items += await function(*args, **kwargs)
        return items

    def answered_by(self, function: Callable[P, Awaitable[Sequence[T]]]) -> HookDefinition:
        """Return the declaration that `function` adds to this hook.

        The capability that has the function lists the declaration in its `Capability.answers`.
        """
        return HookDefinition(self, function)


@dataclass(frozen=True, slots=True)
class HookDefinition:
    """The declaration of a capability (a part of the program) that its `function` defines another's `hook`."""

    hook: Hook[..., Any] | CollectingHook[..., Any]
    function: Callable[..., Awaitable[Any]]


_connected: dict[Hook[..., Any], Callable[..., Awaitable[Any]]] | None = None
"""The defining functions by their hooks; None before capabilities are loaded into this process."""
_collected: dict[CollectingHook[..., Any], list[Callable[..., Awaitable[Any]]]] = {}
"""The functions that add to collecting hooks, in the order of the capabilities."""


def hook(default: Callable[P, Awaitable[T]]) -> Hook[P, T]:
    """Declare a hook, as a decorator: a function that another part of the program can define.

    The decorated function is called if no other function is defined for it.
    """
    return Hook(default)


def collecting_hook(default: Callable[P, Awaitable[Sequence[T]]]) -> CollectingHook[P, T]:
    """Declare a hook, as a decorator: a function to whose result other parts of the program can add.

    The decorated function returns the first items.
    """
    return CollectingHook(default)


def connect(answers: Iterable[HookDefinition]) -> None:
    """Connect each hook with the function that defines it, replacing all earlier connections.

    A hook is a function that one part of the program declares and another defines. `answers` are all definitions.
    Raises ValueError if two functions define the same hook; only a `CollectingHook` may have several.
    """
    global _connected, _collected
    connected: dict[Hook[..., Any], Callable[..., Awaitable[Any]]] = {}
    collected: dict[CollectingHook[..., Any], list[Callable[..., Awaitable[Any]]]] = defaultdict(list)
    for answer in answers:
        if isinstance(answer.hook, CollectingHook):
            collected[answer.hook].append(answer.function)
            continue
        if answer.hook in connected:
            raise ValueError(f"two capabilities answer the hook {answer.hook.default.__qualname__}")
        connected[answer.hook] = answer.function
    _connected, _collected = connected, dict(collected)
