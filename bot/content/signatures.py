"""What is declared is checked as it is declared: a function that could not be called stops the start, not a person."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def check_call(function: Callable[..., object], *given: str, named: tuple[str, ...] = ()) -> None:
    """Refuse a function that cannot be called with these arguments.

    `given` says what each argument is; those in `named` are given by these names.
    Raises ValueError, which names the function and what it is given.
    """
    try:
        inspect.signature(function).bind(*given, **dict.fromkeys(named))
    except TypeError as error:
        name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
        arguments = ", ".join((*given, *(f"{keyword}=" for keyword in named)))
        raise ValueError(f"{name} is called with ({arguments}), which it cannot take: {error}") from None
