"""Tells how likely words are of each kind."""

from __future__ import annotations

from collections.abc import Mapping


def likelihood(text: str) -> Mapping[str, float]:  # noqa: ARG001 - until the model is there
    """Return how likely a text is of each kind, by label."""
    return {}
