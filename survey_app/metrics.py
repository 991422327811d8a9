"""Counts and times of requests by route template: never an id, an address or a person.

With several workers ``PROMETHEUS_MULTIPROC_DIR`` is set before this is imported.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

TAKES_SHEETS = "/s/<code>"
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "focal_requests", "Requests by route template.", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "focal_request_seconds",
    "How long a request took.",
    ["route"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
SHEETS = Counter("focal_sheets_acknowledged", "Sheets for which a child was thanked.", registry=REGISTRY)
UNAVAILABLE = Counter(
    "focal_not_saved", "Answers of 503: somebody was told to send again.", registry=REGISTRY
)


def count(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one request."""
    REQUESTS.labels(route=route, method=method, status=str(status)).inc()
    SECONDS.labels(route=route).observe(seconds)
    if (method, route, status) == ("POST", TAKES_SHEETS, 303):
        SHEETS.inc()
    if status == 503:
        UNAVAILABLE.inc()
