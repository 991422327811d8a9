"""Work out the item reports: on rows, inside a job; what is stored has passed the release policy.

A figure is worked out anew only when the policy lets its cell out anew, which takes at least five students
more than last time. Until then the earlier figure stands, with its date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.release import Ledger, Policy
from analytics.release.figures import FULL
from survey_app.audit import record_act
from survey_app.catalogue.queries import questions
from survey_app.models.research import ItemReport, ItemReportLedger, ItemReportRun
from survey_app.releases import told
from survey_app.releases.beside_bands import release_beside_bands
from survey_app.releases.counted import counted_everywhere
from survey_app.releases.packing import packed_ledger
from survey_app.releases.thresholds import strictest
from survey_app.research import queries
from survey_app.research.figures import Figures, question_figures, set_figures, share_interval
from survey_app.research.sheets import JOINT, Sheets, contributions, only_counted, sheets_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from analytics.release import Release
    from survey_app.releases.counted import Counted

NETWORK: tuple[tuple[str, ...], ...] = ((),)
WITHHELD: Figures = {"released": False}


@dataclass(frozen=True)
class Made:
    """What one run did: subjects told, how many of them anew, and how many may not be told."""

    told: int
    anew: int
    withheld: int


@dataclass(frozen=True)
class Draft:
    """Reports worked out and not stored: figures by subject and mode, none where those stored stand."""

    number: int
    label: str
    ledger: tuple[bytes, bytes]  # as packed
    figures: dict[tuple[str, str], Figures | None]


def make_reports(db: Session, *, now: datetime, policy: Policy | None = None) -> Made:
    """Work out every item report and store it; the caller commits. One act is noted."""
    return store_reports(db, work_out_reports(db, now=now, policy=policy), now=now)


def work_out_reports(db: Session, *, now: datetime, policy: Policy | None = None) -> Draft:
    """Work out every item report; nothing is written, so that nobody waits meanwhile."""
    limits = policy or strictest(db)
    counts = counted_everywhere(db, until=now)
    asked = queries.shown_administrations(db)
    known = questions(db)
    sheets = sheets_of(queries.answer_rows(db), asked, queries.questions_asked(db), known)
    sheets = only_counted(sheets, counts)
    number = queries.runs(db) + 1
    stored = queries.reports(db)
    label = f"{now.isoformat()} #{number}"
    release = _release(sheets, counts, label, limits, told.before_reports(db))
    shown = _details(release, told.own_reports(db))
    logs = {
        one.key: [(str(a.id), a.asked_about_id == one.id) for a in asked if a.is_logged]
        for one in known.values()
    }
    found: dict[tuple[str, str], Figures | None] = dict.fromkeys(stored, WITHHELD)
    for row in _rows(release):
        name = (str(row["item"]), str(row["mode"]))
        before = stored.get(name)
        if _is_new(release, name, row, before):
            full = shown.get(name) == FULL
            found[name] = _figures(sheets, name, row, logs.get(name[0], []), limits, is_full=full)
        elif row["status"] == "released" and before is not None and before.figures.get("released"):
            found[name] = None
        else:
            found[name] = WITHHELD
    piece = release.ledger if release else Ledger()
    return Draft(number, label, packed_ledger(piece), found)


def store_reports(db: Session, draft: Draft, *, now: datetime) -> Made:
    """Store what was worked out; a second run of the same week is refused by its number."""
    stored = queries.reports(db)
    for name, figures in draft.figures.items():
        if figures is not None:
            _store(db, stored.get(name), name, figures, now)
    db.add(ItemReportRun(number=draft.number, label=draft.label, made_at=now))
    db.flush()
    contributors, entries = draft.ledger
    db.add(ItemReportLedger(number=draft.number, contributors=contributors, entries=entries))
    record_act(
        db,
        "research.reports-made",
        actor_id=None,
        organisation_id=None,
        route="weekly",
        object_id=draft.label,
        now=now,
    )
    db.flush()
    kept = sum(figures is None for figures in draft.figures.values())
    anew = sum(bool(figures and figures["released"]) for figures in draft.figures.values())
    return Made(told=kept + anew, anew=anew, withheld=len(draft.figures) - kept - anew)


def _release(
    sheets: Sheets, counts: Counted, label: str, policy: Policy, ledger: Ledger
) -> Release | None:
    rows, items = contributions(sheets, counts)
    if not len(rows):
        return None
    how = {"label": label, "policy": policy, "ledger": ledger, "views": counts.views}
    return release_beside_bands(rows, items, NETWORK, **how)


def _rows(release: Release | None) -> list[dict[str, Any]]:
    return [] if release is None else release.cells.to_dict("records")


def _details(release: Release | None, ledger: Ledger) -> dict[tuple[str, str], int]:
    """Return how much each cell showed when it last came out."""
    entries = (*ledger.entries, *(release.ledger.entries if release else ()))
    return {(entry.item, entry.mode): entry.detail for entry in entries}


def _is_new(
    release: Release | None, name: tuple[str, str], row: dict[str, Any], before: ItemReport | None
) -> bool:
    """Tell whether a cell came out with this release: for the first time, or with enough new students."""
    if release is None or row["status"] != "released":
        return False
    if any((entry.item, entry.mode) == name for entry in release.ledger.entries):
        return True
    return row["as_of"] == release.label and (before is None or not before.figures.get("released"))


def _figures(
    sheets: Sheets,
    name: tuple[str, str],
    row: dict[str, Any],
    logs: list[tuple[str, bool]],
    policy: Policy,
    *,
    is_full: bool,
) -> Figures:
    subject, mode = name
    figures: Figures = {"released": True, "students": int(row["n"]), "teachers": int(row["teachers"])}
    figures["full"] = is_full
    keys = tuple(subject.split(JOINT))
    if len(keys) > 1:
        return figures | (set_figures(sheets, keys, mode, policy) if is_full else {})
    figures |= {"answers": int(row["answers"]), "says": row["says"], "mean_says": row["mean_says"]}
    if is_full:
        figures |= _released_parts(row) | question_figures(sheets, subject, mode, logs, policy)
    return figures


def _released_parts(row: dict[str, Any]) -> Figures:
    students = int(row["n"])
    parts = row["distribution"] or ()
    told: Figures = {
        "distribution": [
            [first, last, percent, share_interval(percent, students)] for first, last, percent in parts
        ]
    }
    if row["share_low"] == row["share_high"]:
        told["favourable"] = [int(row["share_low"]), share_interval(int(row["share_low"]), students)]
    return told


def _store(
    db: Session, before: ItemReport | None, name: tuple[str, str], figures: Figures, now: datetime
) -> None:
    if before is None:
        db.add(ItemReport(subject=name[0], mode=name[1], figures=figures, as_of=now))
    elif before.figures != figures:
        before.figures, before.as_of = figures, now
