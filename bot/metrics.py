"""Measures what the program does, for a monitoring system such as Prometheus: counters, gauges and durations.

Each instrument is declared here once, and used where the thing happens. Until `turn_on` is called an instrument does
nothing, and the library that keeps the numbers is not loaded. Labels are platforms, kinds and outcomes, of which there
are few; never a person, a chat, a text or an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""The bounds of the classes into which short times are sorted, in seconds."""
_SLOW = (0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600)
"""The bounds of the classes into which the times of jobs are sorted, in seconds."""

_NOTHING: AbstractContextManager[Any] = nullcontext()


class Instrument:
    """One thing that is measured for a monitoring system: its name, its meaning, and the names of its labels."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.meaning = meaning
        self.labels = tuple(labels)
        self._metric: Any = None
        self._labelled: dict[Sequence[str], Any] = {}
        INSTRUMENTS.append(self)

    def attach(self, registry: CollectorRegistry | None) -> None:
        """Store the numbers in a registry of the Prometheus library from now on; None stops measuring."""
        self._metric = None if registry is None else self._make(registry)
        self._labelled.clear()

    def _make(self, registry: CollectorRegistry) -> Any:
        raise NotImplementedError

    def _of(self, values: Sequence[str]) -> Any:
        """Return what keeps the number for these values of the labels."""
        if not values:
            return self._metric
        if values not in self._labelled:
            self._labelled[values] = self._metric.labels(*values)
        return self._labelled[values]


INSTRUMENTS: list[Instrument] = []
"""All instruments, in the order of their declaration."""


class Counter(Instrument):
    """Counts how often something has happened since the program started."""

    def _make(self, registry: CollectorRegistry) -> Any:
        from prometheus_client import Counter as Metric

        return Metric(self.name, self.meaning, self.labels, registry=registry)

    def count(self, *values: str) -> None:
        """Add one to the count for these values of the labels, such as a platform's name."""
        if self._metric is not None:
            self._of(values).inc()

    def begin(self, *values: str) -> None:
        """Report 0 for these values of the labels until the first count.

        Otherwise a monitoring system would not notice the rise from no number to 1.
        """
        if self._metric is not None:
            self._of(values)


class Gauge(Instrument):
    """Measures how much there is of something at present."""

    def _make(self, registry: CollectorRegistry) -> Any:
        from prometheus_client import Gauge as Metric

        return Metric(self.name, self.meaning, self.labels, registry=registry)

    def put(self, number: float, *values: str) -> None:
        """Set the number that is reported for these values of the labels, such as a platform's name."""
        if self._metric is not None:
            self._of(values).set(number)

    def add(self, difference: int, *values: str) -> None:
        """Add `difference`, which may be negative, to the number for these values of the labels."""
        if self._metric is not None:
            self._of(values).inc(difference)

    def forget(self, *values: str) -> None:
        """Report no number for these values of the labels until a new number is set."""
        if self._metric is not None and self._labelled.pop(values, None) is not None:
            self._metric.remove(*values)

    @contextmanager
    def counting(self, *values: str) -> Iterator[None]:
        """Add one to the number for these values of the labels, and take it away when the `with` block ends."""
        self.add(1, *values)
        try:
            yield
        finally:
            self.add(-1, *values)


class Times(Instrument):
    """Measures how long something takes, in seconds, as a histogram."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = (), bounds: Sequence[float] = _FAST) -> None:
        super().__init__(name, meaning, labels)
        self._bounds = bounds

    def _make(self, registry: CollectorRegistry) -> Any:
        from prometheus_client import Histogram as Metric

        return Metric(self.name, self.meaning, self.labels, buckets=self._bounds, registry=registry)

    def observe(self, seconds: float, *values: str) -> None:
        """Record that something took `seconds`; `values` are the values of the labels."""
        if self._metric is not None:
            self._of(values).observe(seconds)

    def timing(self, *values: str) -> AbstractContextManager[Any]:
        """Return a context manager that records how long its `with` block takes; `values` are values of the labels."""
        return _NOTHING if self._metric is None else self._of(values).time()


UPDATES = Counter(
    "rencontres_updates_total",
    "What people did, and what became of it: done, refused, stale, failed, not_saved, repeated.",
    ("platform", "outcome"),
)
UPDATE_SECONDS = Times("rencontres_update_seconds", "From an update to its committed answer.", ("platform",))
DELIVERIES = Counter(
    "rencontres_deliveries_total",
    "Tries to send from the outbox: arrived, removed, postponed, unreachable, failed, dropped, cancelled.",
    ("platform", "outcome"),
)
MAILS = Counter(
    "rencontres_mails_total",
    "Mails that came to the mailbox: hard, soft, delay, full, policy, none, answer, auto, unsubscribe, spam, forged.",
    ("kind",),
)
PUSHES = Counter(
    "rencontres_pushes_total",
    "Tries to ring the devices of pages: rung, expired, failed, refused, unsubscribed, later.",
    ("outcome",),
)
FLOODS = Counter(
    "rencontres_floods_total", "Calls that a platform answered with 429, too many requests.", ("platform",)
)
OUTBOX = Gauge(
    "rencontres_outbox_deliveries",
    "What is in the outbox, of all programs: due, later, sending.",
    ("platform", "state"),
)
OUTBOX_OLDEST = Gauge(
    "rencontres_outbox_oldest_seconds",
    "How long the oldest delivery that is due has been due; 0 if none is.",
    ("platform",),
)
JOBS = Counter(
    "rencontres_jobs_total",
    "Long work that ended: done, refused, stopped, failed, repeated.",
    ("kind", "outcome"),
)
JOB_SECONDS = Times("rencontres_job_seconds", "How long long work took in its process.", ("kind",), _SLOW)
JOBS_WAITING = Gauge("rencontres_jobs_waiting", "Long work that waits or is being done, of all programs.")
LEASES_HELD = Gauge(
    "rencontres_leases_held",
    "Tasks that this program does, and no other meanwhile: 1; those that it would do if no other did: 0.",
    ("lease",),
)
STREAMS = Gauge("rencontres_streams", "Live pages that are open in browsers.")
DATABASE_UP = Gauge("rencontres_database_up", "1 if the database answered when this was asked for, else 0.")
FILES_UP = Gauge("rencontres_files_up", "1 if the place of photos and documents answered when it was asked, else 0.")
DATABASE_ROUND_TRIP = Gauge(
    "rencontres_database_round_trip_seconds", "How long the database took for one small statement."
)
LOOP_LAG = Times("rencontres_loop_lag_seconds", "How late the program wakes up: something else kept it busy.")

_registry: CollectorRegistry | None = None


def turn_on() -> None:
    """Start measuring what the program does, from zero."""
    global _registry
    from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics

    # The time at which each number began would double the lines, and nobody needs it.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    turn_off()
    _registry = CollectorRegistry()
    ProcessCollector(registry=_registry)
    for instrument in INSTRUMENTS:
        instrument.attach(_registry)


def turn_off() -> None:
    """Stop measuring what the program does, and drop all numbers."""
    global _registry
    _registry = None
    for instrument in INSTRUMENTS:
        instrument.attach(None)


def exposition() -> bytes:
    """Return all numbers that are measured, in Prometheus' text format; empty if nothing is measured."""
    from prometheus_client import generate_latest

    return generate_latest(_registry) if _registry is not None else b""
