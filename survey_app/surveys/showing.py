"""What pages of several slices show of a survey: its class, its sheet, how many are asked; and its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, request

from survey_app import audit
from survey_app.catalogue import queries as catalogue
from survey_app.catalogue.library import library
from survey_app.models.classrooms import Classroom
from survey_app.models.surveys import Survey
from survey_app.surveys import queries
from survey_app.surveys.sheet import make_sheet

if TYPE_CHECKING:
    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration


def classroom_of(cycle: Cycle) -> Classroom:
    """Return the class of a cycle that the viewer may already see."""
    return g.db.get_one(Classroom, cycle.classroom_id)


def sheet_of(cycle: Cycle, given: list[Administration]) -> dict[str, Any]:
    """Return the frozen sheet, or what it would be if the survey were opened now."""
    survey = g.db.get_one(Survey, given[0].survey_id)
    if survey.sheet is not None:
        return survey.sheet
    fills = {"lesson": cycle.lesson, "math": cycle.math, "science": cycle.science, "goal": "…"}
    ids = queries.item_version_ids_of(g.db, survey.id)
    known = catalogue.questions(g.db, ids)
    return make_sheet([known[i] for i in ids], fills, library())


def record(administrations: list[Administration], act: str) -> None:
    """Write one audit event for what happened to these administrations, if anything did."""
    if administrations:
        audit.record_act(
            g.db,
            act,
            actor_id=g.viewer.person_id,
            organisation_id=g.viewer.organisation_id,
            route=str(request.url_rule),
            object_id=administrations[0].cycle_id,
            now=g.now,
        )


def expected_of(given: list[Administration], cycle: Cycle) -> int | None:
    """Return how many students are asked, as far as the teacher said."""
    parts = [len(queries.focal_labels(g.db, cycle.id)) if a.mode == "coded" else a.expected for a in given]
    known = [n for n in parts if n]
    return sum(known) if len(known) == len(parts) else None
