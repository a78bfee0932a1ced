"""What a capability asks of those above it, whom it must not import.

The lower capability declares a hook in its module `hooks`, with what happens where nobody answers:

    @hook
    async def theme_left(tx: Transaction, participant_id: int, now: datetime) -> Mapping[int, Text]:
        \"\"\"Someone leaves their theme: take them out of its groups.\"\"\"
        return {}

and calls it like any function. A capability above names its answer in its `Capability`, as
`answers=(hooks.theme_left.answered_by(service.take_out),)`. `bot.capability.load` connects all of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Hook(Generic[P, T]):
    """A function that one capability declares and another one above it may define.

    Calling it raises RuntimeError before capabilities are loaded: what should answer would be passed over in silence.
    """

    default: Callable[P, Awaitable[T]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """What the capability that answers returns, else what the declared function does by itself."""
        if _connected is None:
            raise RuntimeError(f"{self.default.__qualname__} is a hook: bot.capability.load was not called")
        answer: Callable[P, Awaitable[T]] = _connected.get(self, self.default)
        return await answer(*args, **kwargs)

    def answered_by(self, function: Callable[P, Awaitable[T]]) -> HookDefinition:
        """The declaration that this function answers."""
        return HookDefinition(self, function)


@dataclass(frozen=True, slots=True)
class HookDefinition:
    """A function of a capability that defines a hook of one below it."""

    hook: Hook[..., Any]
    function: Callable[..., Awaitable[Any]]


_connected: dict[Hook[..., Any], Callable[..., Awaitable[Any]]] | None = None
"""By hook, what answers it; None before capabilities are loaded into this process."""


def hook(default: Callable[P, Awaitable[T]]) -> Hook[P, T]:
    """Declare a hook: the function says what it gets and returns, and does what is done where nobody answers."""
    return Hook(default)


def connect(answers: Iterable[HookDefinition]) -> None:
    """Let these functions answer their hooks, and no others. Raises ValueError where two answer the same one."""
    global _connected
    connected: dict[Hook[..., Any], Callable[..., Awaitable[Any]]] = {}
    for answer in answers:
        if answer.hook in connected:
            raise ValueError(f"two capabilities answer the hook {answer.hook.default.__qualname__}")
        connected[answer.hook] = answer.function
    _connected = connected
