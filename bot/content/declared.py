"""What is declared is checked as it is declared: a function that could not be called stops the start, not a person."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def check_call(function: Callable[..., object], *given: str) -> None:
    """Refuse a function that cannot be called with these arguments; `given` says what each of them is.

    Raises ValueError, which names the function and what it is given.
    """
    try:
        inspect.signature(function).bind(*given)
    except TypeError as error:
        name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
        raise ValueError(f"{name} is called with ({', '.join(given)}), which it cannot take: {error}") from None
