"""The numbers that `bot.metrics` keeps, read as a monitoring system reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client.parser import text_string_to_metric_families

from bot import metrics


class Numbers:
    """Everything that is measured, by name and labels."""

    def __call__(self, name: str, **labels: str) -> float | None:
        """One number, as it is now; None where there is none."""
        return read(metrics.exposition().decode()).get((name, *sorted(labels.items())))


def read(exposition: str) -> dict[tuple[object, ...], float]:
    """The numbers in an answer of /metrics, each by its name and its labels in order."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


@contextmanager
def measuring() -> Iterator[Numbers]:
    """Measure while the `with` block runs, from zero."""
    metrics.turn_on()
    try:
        yield Numbers()
    finally:
        metrics.turn_off()
