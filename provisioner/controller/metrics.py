"""What Prometheus reads. Counters are this replica's; gauges are the store's, looked up every few seconds."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from provisioner.controller.contracts import Reload
from provisioner.controller.overview import Overview
from provisioner.controller.records import SessionState

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one replica."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.told = Counter(
            "controller_told", "Callbacks and calls begun or ended, by what came of them", ["what", "taken"],
            registry=registry,
        )  # fmt: skip
        self.calls = Counter(
            "controller_calls", "Calls to the service, by action and outcome", ["action", "outcome"], registry=registry
        )
        self.latency = Histogram(
            "controller_begin_to_create_seconds", "From a call's beginning to Create's answer",
            registry=registry, buckets=_SECONDS,
        )  # fmt: skip
        self.answers = Histogram(
            "controller_answer_seconds", "Until a callback was answered", registry=registry, buckets=_SECONDS
        )
        self.errors = Counter("controller_loop_errors", "Rounds of a loop that failed", ["loop"], registry=registry)
        self.broken = Gauge(
            "controller_specs_broken", "1 where new specs are broken and the old ones hold", ["environment"],
            registry=registry,
        )  # fmt: skip
        self.sessions = Gauge(
            "controller_sessions", "Calls that are not over, by state", ["environment", "state"], registry=registry
        )
        self.waiting = Gauge("controller_waiting_calls", "Calls to the service that are due", registry=registry)
        self.oldest = Gauge(
            "controller_queue_age_seconds", "For how long the first of them has been", registry=registry
        )
        self.foreign = Gauge("controller_foreign_tasks", "Recorders that somebody else started", registry=registry)
        self.expiring = Gauge("controller_expiring_tasks", "Tasks that expire within an hour", registry=registry)
        self.replicas = Gauge("controller_replicas", "Replicas that were alive in the last minutes", registry=registry)

    def show(self, found: Overview, environments: tuple[str, ...], reloaded: Reload) -> None:
        """Set the gauges."""
        for environment in environments:
            self.broken.labels(environment).set(environment in reloaded.broken)
            for state in SessionState:
                if state is not SessionState.ENDED:
                    self.sessions.labels(environment, state).set(found.sessions.get((environment, state), 0))
        self.waiting.set(found.waiting)
        self.oldest.set(found.oldest)
        self.foreign.set(found.foreign)
        self.expiring.set(found.expiring)
        self.replicas.set(found.replicas)

    def text(self) -> bytes:
        """All of them in the text format that Prometheus reads."""
        return generate_latest(self.registry)
