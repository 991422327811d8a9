"""How long each kind of data is kept: one table, read by the nightly job and by the public notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from survey_app.accounts.service import TRIES_KEPT

CLASS_LIVES = timedelta(days=548)  # a school year, with the summers around it
ARCHIVE_KEPT = timedelta(days=365)
RECEIPTS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=7)
LINKS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Kind:
    """A kind of data in the words of the notice. Without ``kept`` no clock runs; ``until`` says it all.

    ``tables`` are the tables that hold it: a test finds each table of the schema under one kind, so the
    notice can leave nothing out.
    """

    what: str
    holds: str
    until: str
    kept: timedelta | None = None
    tables: frozenset[str] = frozenset()

    @property
    def how_long(self) -> str:
        """Return how long it is kept, in words."""
        return f"{in_words(self.kept)} {self.until}" if self.kept else self.until


KINDS = (
    Kind(
        "Classes, and all that happened in them",
        "what students answered, by code or without one; the teacher's plans, ratings, predictions,"
        " strengths, wonders and noticings; results, cards, what families were told or have said, shares,"
        " comments",
        "after the class is archived. A teacher can erase one student, or the class, at any time before",
        ARCHIVE_KEPT,
        tables=frozenset(
            {
                "classrooms",
                "focal_codes",
                "cards",
                "consents",
                "series",
                "cycles",
                "cycle_focals",
                "plan_predictions",
                "surveys",
                "survey_items",
                "administrations",
                "responses",
                "answers",
                "turnout",
                "predictions",
                "own_ratings",
                "snapshots",
                "hand_ons",
                "cycle_shares",
                "team_shares",
                "comments",
            }
        ),
    ),
    Kind(
        "Classes that nobody archives",
        "the same",
        "after they were made, they are archived",
        CLASS_LIVES,
    ),
    Kind(
        "Receipts",
        "that a sheet with a random number was taken, so that none counts twice",
        "after the survey closes",
        RECEIPTS_KEPT,
        tables=frozenset({"receipts"}),
    ),
    Kind(
        "Sign-ins of adults",
        "when a sign-in began and when it was last used",
        "after they end",
        SESSIONS_KEPT,
        tables=frozenset({"staff_sessions"}),
    ),
    Kind(
        "Invitations and links for a new password",
        "name, address and role of the adult who was invited",
        "after they are used, taken back or run out",
        LINKS_KEPT,
        tables=frozenset({"invitations", "password_links"}),
    ),
    Kind(
        "Wrong passwords",
        "how many there were for a typed address, under a mark that does not tell the address",
        "after the last one. An address with 100 in a row stays stopped until it has a new password",
        TRIES_KEPT,
        tables=frozenset({"sign_in_tries"}),
    ),
    Kind(
        "Accounts of adults",
        "name, work address, roles",
        "as long as the person works with Focal here; an administrator closes the sign-in, or erases the"
        " account for good",
        tables=frozenset({"people", "role_grants", "teams", "team_members"}),
    ),
    Kind(
        "Research agreements, and who asked for a package under them",
        "adults' names, what for, which lessons; the mark of each file that was taken along, never the file",
        "as long as Focal runs here, so that what was handed out can be accounted for. The link to the file"
        " of a package opens once, within 15 minutes; the file goes with its link, with its agreement and"
        " with any erasure, at the latest that night",
        tables=frozenset(
            {"agreements", "agreement_people", "agreement_places", "agreement_constructs", "data_packages"}
        ),
    ),
    Kind(
        "Item reports",
        "how a question does over many classes, as far as the release policy lets it out; and, for the job"
        " alone, which students were counted, by code, so that two figures never differ by a few",
        "a report until the next one takes its place; what was counted as long as Focal runs here. A student"
        " or class that is erased leaves a random mark in its place",
        tables=frozenset({"item_reports", "item_report_runs", "item_report_ledgers"}),
    ),
    Kind(
        "Weekly releases for regional leads",
        "figures of groups that are large enough; and, for the job alone, whose answers stand behind which"
        " figure, so that no later figure gives one student away",
        "as long as Focal runs here. A student or class that is erased leaves a random mark in its place",
        tables=frozenset(
            {
                "releases",
                "release_groups",
                "release_items",
                "release_cells",
                "release_ledgers",
                "release_settings",
                "job_runs",
            }
        ),
    ),
    Kind(
        "The record of acts",
        "which adult did what and when; never answers, names or codes",
        "as long as Focal runs here, so that nobody can remove what was done",
        tables=frozenset({"audit_events"}),
    ),
    Kind(
        "Orders to erase, and what a place asks of families",
        "who ordered or said it, for which place, and when",
        "as long as Focal runs here",
        tables=frozenset({"erasure_orders", "consent_rules"}),
    ),
    Kind(
        "Questions, and what a network wants to reach",
        "questions, answers to choose from, reviews of questions; aim, drivers, change ideas, places; nothing"
        " about a student",
        "as long as Focal runs here",
        tables=frozenset(
            {
                *("library_releases", "constructs", "scale_versions", "scale_options", "items"),
                *("item_versions", "wordings", "instruments", "instrument_items", "item_reviews"),
                *("aims", "drivers", "change_ideas", "diagram_versions", "organisations"),
            }
        ),
    ),
    Kind(
        "Marks of what was erased",
        "that something was erased, and when; nothing of what it was",
        "as long as Focal runs here, so that an old backup brings nothing back",
    ),
)


def in_words(length: timedelta) -> str:
    """Return a length of time as people say it.

    Examples
    --------
    >>> [in_words(timedelta(days=days)) for days in (7, 30, 365, 548)]
    ['7 days', '30 days', '1 year', '18 months']
    """
    if length.days >= 365:
        months = round(length.days / 30.44)
        return "1 year" if months == 12 else f"{months} months"
    return f"{length.days} days"
