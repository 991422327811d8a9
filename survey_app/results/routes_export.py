"""Take one's own answers along: one cycle, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, g, request

from survey_app import audit
from survey_app.accounts.service import require_recent_proof
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.results import queries, service
from survey_app.results.blueprint import blueprint
from survey_app.results.exports import as_csv, rows_of_snapshot
from survey_app.scope import cycle_for
from survey_app.security import requires

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from survey_app.models.cycles import Cycle


@blueprint.get("/cycles/<uuid:cycle_id>/export.csv")
@requires(Permission.RUN_CYCLES)
def export_cycle(cycle_id: uuid.UUID) -> Response:
    """Give the frozen answers, rating and prediction of one cycle as CSV."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    service.revealed_snapshots(g.db, cycle)
    require_recent_proof(g.db, g.viewer, g.now)
    return _file(_rows([cycle]), "cycle.csv", cycle.id)


@blueprint.get("/my-answers.csv")
@requires(Permission.RUN_CYCLES)
def export_everything() -> Response:
    """Give the frozen answers of every revealed cycle of one's own as one CSV."""
    require_recent_proof(g.db, g.viewer, g.now)
    return _file(_rows(queries.own_cycles(g.db, g.viewer.person_id)), "my-answers.csv", None)


def _rows(cycles: list[Cycle]) -> Iterable[dict[str, Any]]:
    given = queries.revealed_administrations(g.db, [cycle.id for cycle in cycles])
    found = queries.snapshots_of(g.db, [a.id for a in given])
    classes = queries.named(g.db, Classroom, {cycle.classroom_id for cycle in cycles})
    series = queries.named(g.db, Series, {cycle.series_id for cycle in cycles})
    by_id = {cycle.id: cycle for cycle in cycles}
    for administration in given:
        cycle = by_id[administration.cycle_id]
        for snapshot in found.get(administration.id, ()):
            yield from rows_of_snapshot(
                snapshot.tables,
                cycle,
                classroom=classes[cycle.classroom_id].nickname,
                series=series[cycle.series_id].title,
                part=administration.part,
                number=snapshot.number,
                late=snapshot.late,
            )


def _file(rows: Iterable[dict[str, Any]], name: str, object_id: object) -> Response:
    body = as_csv(rows)
    # The act is written in its own transaction: this request only reads.
    audit.record_alone(
        "answers.exported",
        actor_id=g.viewer.person_id,
        organisation_id=g.viewer.organisation_id,
        route=str(request.url_rule),
        object_id=object_id,
        now=g.now,
    )
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(body, mimetype="text/csv", headers=headers)
