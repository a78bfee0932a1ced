"""Checks the signatures of handlers when they are declared, so that a wrong one keeps the program from starting."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def check_call(function: Callable[..., object], *given: str, named: tuple[str, ...] = ()) -> None:
    """Check that a function can be called with certain arguments.

    `given` are names for the positional arguments, used in the error's text; `named` are the names of keyword
    arguments. Raises ValueError, naming the function, if the function does not take these arguments.
    """
    try:
        inspect.signature(function).bind(*given, **dict.fromkeys(named))
    except TypeError as error:
        name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
        arguments = ", ".join((*given, *(f"{keyword}=" for keyword in named)))
        raise ValueError(f"{name} is called with ({arguments}), which it cannot take: {error}") from None
