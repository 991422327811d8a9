"""The one place that reads the time; routes, commands and jobs pass ``now`` on."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
