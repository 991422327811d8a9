"""A series as one story, and the print for one's own desk."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import g, render_template

from survey_app.cycles import queries
from survey_app.cycles.blueprint import blueprint
from survey_app.errors import NotVisible
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.results import focal, service
from survey_app.results import queries as result_queries
from survey_app.scope import cycle_for, series_for
from survey_app.security import requires

if TYPE_CHECKING:
    from markupsafe import Markup

    from survey_app.cycles.queries import CycleRow
    from survey_app.results.story import Turn

PARTS = (("focal", "Your focal students"), ("rest", "The class, without codes"))


@blueprint.get("/series/<uuid:series_id>")
@requires(Permission.RUN_CYCLES)
def series(series_id: uuid.UUID) -> str:
    """Show what happened over the cycles: both lines, each focal student, the decisions."""
    row = series_for(g.db, g.viewer, series_id)
    cycles = queries.cycles_of_series(g.db, row.id)
    waiting = next((c.cycle for c in cycles if c.cycle.decided_at is None), None)
    return render_template(
        "cycles/series.html",
        series=row,
        classroom=g.db.get_one(Classroom, row.classroom_id),
        cycles=cycles,
        waiting=waiting,
        next_number=(queries.highest_number(g.db, row.id) or 0) + 1,
        parts=[part for part in (_story(cycles, name, title) for name, title in PARTS) if part],
    )


@blueprint.get("/series/<uuid:series_id>/students/<any(focal, rest):part>")
@requires(Permission.RUN_CYCLES)
def series_students(series_id: uuid.UUID, part: str) -> str:
    """Show one row for each student, question by question: drawn when it is asked for, not with the story."""
    from survey_app.results import story
    from survey_app.ui.figures import draw, figure

    row = series_for(g.db, g.viewer, series_id)
    rows = story.rows_by_student(_turns(queries.cycles_of_series(g.db, row.id), part))
    if not rows:
        raise NotVisible(part)
    figures = [
        figure(draw(builder, frame, item=words), id=f"{part}-rows-{place}")
        for place, (_key, builder, frame, words) in enumerate(rows, start=1)
    ]
    return render_template(
        "cycles/series_students.html", series=row, title=dict(PARTS)[part], figures=figures
    )


@blueprint.get("/cycles/<uuid:cycle_id>/desk-print")
@requires(Permission.RUN_CYCLES)
def desk_print(cycle_id: uuid.UUID) -> str:
    """Show plan, picture with dots, students and decision on one sheet, marked "for my desk only"."""
    from survey_app.results import pictures
    from survey_app.ui.figures import draw, figure

    cycle = cycle_for(g.db, g.viewer, cycle_id)
    shown = service.revealed_snapshots(g.db, cycle)
    figures: list[tuple[str, Markup]] = []
    titles = dict(PARTS)
    for administration, snapshots in shown:
        drawable = pictures.gap_picture(snapshots[-1].tables) if snapshots else None
        if drawable is not None:
            drawn = figure(draw(*drawable), id=f"{administration.part}-gap")
            figures.append((titles[administration.part], drawn))
    return render_template(
        "cycles/desk_print.html",
        cycle=cycle,
        series=g.db.get_one(Series, cycle.series_id),
        classroom=g.db.get_one(Classroom, cycle.classroom_id),
        figures=figures,
        students=focal.students_of(g.db, cycle, shown),
        labels=dict((r.focal_code_id, label) for r, label in queries.focal_rows(g.db, cycle.id)),
    )


def _story(cycles: list[CycleRow], part: str, title: str) -> dict[str, Any] | None:
    """Return the lines of one group over the cycles, or none where it was not asked twice."""
    from survey_app.results import story
    from survey_app.ui.figures import draw, figure

    turns = _turns(cycles, part)
    lines = story.lines(turns)
    if lines is None:
        return None
    return {
        "part": part,
        "title": title,
        "lines": figure(draw(*lines), id=f"{part}-lines"),
        "has_rows": bool(story.rows_by_student(turns)),
        "is_coded": turns[-1].tables["mode"] == "coded",
    }


def _turns(cycles: list[CycleRow], part: str) -> list[Turn]:
    """Return the cycles in which a group's results were shown, as its pictures need them."""
    from survey_app.results import story

    given = [
        (row.cycle, a) for row in cycles for a in row.administrations if a.part == part and a.revealed_at
    ]
    found = result_queries.snapshots_of(g.db, [a.id for _cycle, a in given])
    return [
        story.Turn(
            number=cycle.number,
            label="Before" if cycle.number == 0 else f"Cycle {cycle.number}",
            tables=found[a.id][-1].tables,
            change=_change_named(cycle.number, cycle.change, given[0][0].number),
            decision=(cycle.decision or "") if cycle.number else "",
            late=found[a.id][-1].late,
        )
        for cycle, a in given
        if found.get(a.id)
    ]


def _change_named(number: int, change: str, first: int) -> str:
    """Return the change's name where it began: at the first cycle after a baseline."""
    return change[:40] if number == 1 and first == 0 else ""
