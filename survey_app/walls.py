"""Every table stands here: open to any connection, or scoped to the kinds of principal that may touch it.

The guard below the ORM (``guard.py``) reads this on both databases; a test walks the metadata, so that a new
table fails the build until somebody has said who it is for.
"""

from __future__ import annotations

from survey_app.principal import JOB, PERSON, PUBLIC, RESEARCH, STUDENT

# What is asked and what the network tries: the same for everybody, and nobody's secret.
OPEN = frozenset(
    {
        "library_releases",
        "constructs",
        "scale_versions",
        "scale_options",
        "items",
        "item_versions",
        "wordings",
        "instruments",
        "instrument_items",
        "organisations",
        "aims",
        "drivers",
        "change_ideas",
        "diagram_versions",
    }
)

_STAFF = frozenset({PERSON, JOB})
_STAFF_AND_STUDENT = frozenset({PERSON, JOB, STUDENT})
_STAFF_AND_RESEARCH = frozenset({PERSON, JOB, RESEARCH})
_ALL_BUT_PUBLIC = frozenset({PERSON, JOB, STUDENT, RESEARCH})
_ACCOUNTS = frozenset({PERSON, JOB, PUBLIC})

SCOPED: dict[str, frozenset[str]] = {
    # Adults and their sign-ins: read before anybody is known, and never by the student's page.
    "people": _ACCOUNTS,
    "role_grants": _ACCOUNTS,
    "sign_in_tries": _ACCOUNTS,
    "staff_sessions": _ACCOUNTS,
    "invitations": _ACCOUNTS,
    "password_links": _ACCOUNTS,
    "teams": _STAFF,
    "team_members": _STAFF,
    "audit_events": _ACCOUNTS,
    # A class and everything below it: its teacher's, and what the student's page needs to take a sheet.
    "classrooms": _ALL_BUT_PUBLIC,
    "focal_codes": _STAFF_AND_STUDENT,
    "cards": _STAFF_AND_STUDENT,
    "consents": _STAFF_AND_STUDENT,
    "series": _STAFF_AND_RESEARCH,
    "cycles": _ALL_BUT_PUBLIC,
    "cycle_focals": _STAFF_AND_STUDENT,
    "plan_predictions": _STAFF_AND_STUDENT,
    "surveys": _ALL_BUT_PUBLIC,
    "survey_items": _ALL_BUT_PUBLIC,
    "administrations": _ALL_BUT_PUBLIC,
    "responses": _ALL_BUT_PUBLIC,
    "answers": _ALL_BUT_PUBLIC,
    "receipts": _STAFF_AND_STUDENT,
    "turnout": _STAFF_AND_STUDENT,
    "own_ratings": _STAFF_AND_RESEARCH,
    "predictions": _STAFF_AND_RESEARCH,
    "snapshots": _STAFF_AND_RESEARCH,
    "cycle_shares": _STAFF,
    "team_shares": _STAFF,
    "comments": _STAFF,
    # What organisations decide about children's data, and what reviewers decide about questions.
    "consent_rules": _STAFF,
    "erasure_orders": _STAFF,
    "item_reviews": _STAFF,
    # Research: what has passed the release policy, and who asked for what under which agreement.
    "item_reports": _STAFF,
    "item_report_runs": _STAFF,
    "agreements": _STAFF,
    "agreement_people": _STAFF,
    "agreement_places": _STAFF,
    "agreement_constructs": _STAFF,
    "data_packages": _STAFF,
    # Releases: leads read what came out; who stands behind it is for the job alone.
    "releases": _STAFF,
    "release_groups": _STAFF,
    "release_items": _STAFF,
    "release_cells": _STAFF,
    "release_settings": _STAFF,
    "release_ledgers": frozenset({JOB}),
    "item_report_ledgers": frozenset({JOB}),
    "hand_ons": _STAFF,
    "job_runs": frozenset({JOB}),
}
