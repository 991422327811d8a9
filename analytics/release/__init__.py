"""The release policy: the one function through which everything passes that leaves a teacher's own view."""

from analytics.columns import FrameError
from analytics.release.contributions import CLASS_COUNTS, CONTRIBUTIONS, contributions_from_counts
from analytics.release.ledger import Entry, Ledger, LedgerError, join_ledgers
from analytics.release.making import VIEWS, Release, make_release
from analytics.release.policy import GROUPINGS, STANDARD_TABLES, Policy, PolicyError, UndeclaredGrouping

__all__ = [
    "CLASS_COUNTS",
    "CONTRIBUTIONS",
    "GROUPINGS",
    "STANDARD_TABLES",
    "VIEWS",
    "Entry",
    "FrameError",
    "Ledger",
    "LedgerError",
    "Policy",
    "PolicyError",
    "Release",
    "UndeclaredGrouping",
    "contributions_from_counts",
    "join_ledgers",
    "make_release",
]
