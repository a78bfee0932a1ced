"""Checks declared functions when they are declared, so that one that cannot be called stops the start, not a person."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def check_call(function: Callable[..., object], *given: str, named: tuple[str, ...] = ()) -> None:
    """Check that a function can be called with these arguments.

    `given` describes the positional arguments; those in `named` are passed by name. Raises ValueError, which names the
    function and its arguments.
    """
    try:
        inspect.signature(function).bind(*given, **dict.fromkeys(named))
    except TypeError as error:
        name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
        arguments = ", ".join((*given, *(f"{keyword}=" for keyword in named)))
        raise ValueError(f"{name} is called with ({arguments}), which it cannot take: {error}") from None
