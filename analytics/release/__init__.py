"""The release policy: the one function through which everything passes that leaves a teacher's own view."""

from analytics.columns import FrameError
from analytics.release.again import with_questions_again
from analytics.release.comparing import ReleasedChange, released_change
from analytics.release.contributions import CLASS_COUNTS, CONTRIBUTIONS, contributions_from_counts
from analytics.release.handing_on import Band, band_to_hand_on, hand_on
from analytics.release.ledger import Entry, Ledger, LedgerError, join_ledgers
from analytics.release.making import Release, make_release
from analytics.release.policy import GROUPINGS, STANDARD_TABLES, Policy, PolicyError, UndeclaredGrouping
from analytics.release.reasons import withheld_reasons
from analytics.release.texts import TEXTS, TextRelease, release_texts
from analytics.release.views import VIEWS

__all__ = [
    "CLASS_COUNTS",
    "CONTRIBUTIONS",
    "GROUPINGS",
    "STANDARD_TABLES",
    "TEXTS",
    "VIEWS",
    "Band",
    "Entry",
    "FrameError",
    "Ledger",
    "LedgerError",
    "Policy",
    "PolicyError",
    "Release",
    "ReleasedChange",
    "TextRelease",
    "UndeclaredGrouping",
    "band_to_hand_on",
    "contributions_from_counts",
    "hand_on",
    "join_ledgers",
    "make_release",
    "release_texts",
    "released_change",
    "with_questions_again",
    "withheld_reasons",
]
