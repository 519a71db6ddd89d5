"""What a monitoring system reads: calls, how they ended, how long they took."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from seal_service.audit.store.appender import AppenderStatus

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The service's own metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "sealmatch_calls", "Calls by method and outcome (OK or a reason).",
            ("rpc", "outcome"), registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "sealmatch_call_seconds", "Time from the request to the answer.",
            ("rpc",), buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.running = Gauge(
            "sealmatch_calls_running", "Calls that have no answer yet.", registry=self.registry
        )
        self.retries = Counter(
            "sealmatch_transaction_retries", "Transactions that were tried again.",
            registry=self.registry,
        )  # fmt: skip
        self.log = {
            name: Gauge(f"sealmatch_audit_{name}", note, registry=self.registry)
            for name, note in (
                ("events", "Events of the audit log that this process has numbered or seen."),
                ("signed", "Events under a signed checkpoint."),
                ("leading", "1 where this process is the log's appender."),
                ("fault", "1 while something keeps the appender from working."),
                ("stopped", "1 where the appender has stopped for good: a person must look."),
            )
        }
        self._of_call: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self.unlogged = Counter(
            "sealmatch_refusals_unlogged", "Refusals that could not be written to the audit log.",
            registry=self.registry,
        )  # fmt: skip

    def call(self, rpc: str, outcome: str, took_s: float) -> None:
        """Count a call that has ended."""
        found = self._of_call.get((rpc, outcome))
        if found is None:  # To look the two up costs more than to count.
            found = (self.calls.labels(rpc, outcome), self.seconds.labels(rpc))
            self._of_call[rpc, outcome] = found
        calls, seconds = found
        calls.inc()
        seconds.observe(took_s)

    def watch(self, running: Callable[[], int], log: Callable[[], AppenderStatus]) -> None:
        """Read what runs, and the audit log's state, whenever somebody asks for it."""
        self.running.set_function(running)
        for name, value in {
            "events": lambda: log().size,
            "signed": lambda: log().signed_size,
            "leading": lambda: log().leading,
            "fault": lambda: bool(log().fault),
            "stopped": lambda: bool(log().stopped),
        }.items():
            self.log[name].set_function(value)
