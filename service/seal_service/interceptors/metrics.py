"""What a monitoring system reads: calls, how they ended, how long they took."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
        self.unlogged = Counter(
            "sealmatch_refusals_unlogged", "Refusals that could not be written to the audit log.",
            registry=self.registry,
        )  # fmt: skip
