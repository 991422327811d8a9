"""Item reports: every question as a child sees it, and what may be said about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import g, render_template

from survey_app.catalogue import queries as catalogue
from survey_app.errors import NotVisible
from survey_app.permissions import Permission
from survey_app.research import pages, queries
from survey_app.research.blueprint import blueprint
from survey_app.security import requires
from survey_app.ui import figures as pictures

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from markupsafe import Markup

    from survey_app.catalogue.queries import Question
    from survey_app.models.catalogue import Construct
    from survey_app.models.research import ItemReport
    from survey_app.research.figures import Figures
    from survey_app.research.queries import Version

JOINT = " + "
MODES = {
    "coded": ("By code", "Focal students, chosen by teachers: not a picture of whole classes."),
    "pooled": ("Without codes", "Whole classes, or the rest of a class; nobody can be known again."),
}


@dataclass(frozen=True)
class Part:
    """What a page says in one mode."""

    mode: str
    title: str
    about: str
    figures: Figures
    as_of: datetime | None
    lines: list[pages.Line] = field(default_factory=list)
    panel: Markup | None = None
    study: Markup | None = None


@blueprint.get("/research")
@requires(Permission.SEE_RESEARCH)
def questions() -> str:
    """List every question by construct, in the library's order, with how much may be said."""
    known, stored = catalogue.questions(g.db), queries.reports(g.db)
    asked: dict[str, list[tuple[Version, Question]]] = defaultdict(list)
    waiting: dict[str, list[tuple[Version, Question]]] = defaultdict(list)
    subjects = {subject for subject, _ in stored}
    for version_id, version in queries.versions(g.db).items():
        one = known[version_id]
        side = asked if version.key in subjects else waiting
        side[one.construct_key or ""].append((version, one))
    return render_template(
        "research/questions.html",
        constructs=catalogue.constructs(g.db),
        asked=asked,
        waiting=waiting,
        figures=_figures_of(stored),
        look_at=pages.look_at,
        made_at=queries.last_run_at(g.db),
    )


@blueprint.get("/research/questions/<key>")
@requires(Permission.SEE_RESEARCH)
def question(key: str) -> str:
    """Show the report of one item version."""
    all_versions = queries.versions(g.db)
    version = next((one for one in all_versions.values() if one.key == key), None)
    if version is None:
        raise NotVisible(key)
    known, stored = catalogue.questions(g.db), queries.reports(g.db)
    one = known[version.id]
    return render_template(
        "research/question.html",
        version=version,
        question=one,
        construct=_construct(one.construct_key or ""),
        parts=[_question_part(one, mode, stored) for mode in MODES] if one.values else [],
        family=_family(version, all_versions, known),
        figures=_figures_of(stored),
        parent=all_versions.get(version.parent_id) if version.parent_id else None,
        modes=MODES,
        made_at=queries.last_run_at(g.db),
    )


@blueprint.get("/research/constructs/<key>")
@requires(Permission.SEE_RESEARCH)
def construct(key: str) -> str:
    """Show how the questions of one construct hang together."""
    one = _construct(key)
    known, stored = catalogue.questions(g.db), queries.reports(g.db)
    own = [(v, known[i]) for i, v in queries.versions(g.db).items() if known[i].construct_key == one.key]
    keys = {version.key for version, _ in own}
    sets = sorted({subject for subject, _ in stored if JOINT in subject and subject.split(JOINT)[0] in keys})
    return render_template(
        "research/construct.html",
        construct=one,
        own=own,
        figures=_figures_of(stored),
        look_at=pages.look_at,
        sets=[
            (subject.split(JOINT), [_set_part(subject, mode, stored) for mode in MODES]) for subject in sets
        ],
        words={version.key: question.says().text for version, question in own if question.says()},
        modes=MODES,
        made_at=queries.last_run_at(g.db),
    )


def _construct(key: str) -> Construct:
    found = next((one for one in catalogue.constructs(g.db) if one.key.casefold() == key.casefold()), None)
    if found is None:
        raise NotVisible(key)
    return found


def _figures_of(stored: Mapping[tuple[str, str], ItemReport]) -> dict[tuple[str, str], Figures]:
    return {name: row.figures for name, row in stored.items() if row.figures.get("released")}


def _family(
    version: Version, all_versions: Mapping[uuid.UUID, Version], known: Mapping[uuid.UUID, Question]
) -> list[tuple[Version, Question]]:
    """Return all versions of the same question idea, to stand side by side."""
    return [(one, known[i]) for i, one in all_versions.items() if one.item_id == version.item_id]


def _question_part(one: Question, mode: str, stored: Mapping[tuple[str, str], ItemReport]) -> Part:
    row = stored.get((one.key, mode))
    figures = row.figures if row is not None else {"released": False}
    title, about = MODES[mode]
    if row is None or not figures["released"]:
        return Part(mode, title, about, figures, None)
    lines = pages.question_lines(figures)
    if not figures["full"]:
        return Part(mode, title, about, figures, row.as_of, lines)
    others = {
        subject: other.figures
        for (subject, where), other in sorted(stored.items())
        if where == mode and subject != one.key and JOINT not in subject and other.figures.get("full")
    }
    panel = _panel(one, mode, figures, others)
    return Part(mode, title, about, figures, row.as_of, lines, panel, _study(figures, f"study-{mode}"))


def _panel(one: Question, mode: str, figures: Figures, others: Mapping[str, Figures]) -> Markup | None:
    if not figures.get("distribution"):
        return None
    import pandas as pd

    from analytics.charts.item_panel import item_panel

    said = one.says()
    labels = [said.labels[str(value)] for value in one.values] if said else [str(v) for v in one.values]
    rows = pages.panel_rows(one.key, figures, labels[::-1] if one.reverse else labels, others)
    frame = pd.DataFrame(rows)
    for name in ("value", "low", "high", "axis_low", "axis_high"):
        frame[name] = frame[name].astype(float)
    drawing = pictures.draw(item_panel, frame, version=one.key, wording=said.text if said else one.key)
    return pictures.figure(drawing, id=f"panel-{mode}")


def _study(figures: Figures, mark: str) -> Markup | None:
    told = figures.get("study") or {}
    if "curve" not in told:
        return None
    import pandas as pd

    from analytics.charts.decision_study import decision_study_curve

    frame = pd.DataFrame(told["curve"], columns=["students", "lessons", "dependability"])
    who = "the same students each time" if told["who"] == "same" else "students not known again"
    source = (
        f"Relative dependability, from {told['n']} answers in {told['lessons']} lessons of {told['classes']}"
        f" classes, {who}."
    )
    return pictures.figure(pictures.draw(decision_study_curve, frame, source=source), id=mark)


def _set_part(subject: str, mode: str, stored: Mapping[tuple[str, str], ItemReport]) -> Part:
    row = stored.get((subject, mode))
    figures = row.figures if row is not None else {"released": False}
    title, about = MODES[mode]
    if row is None or not figures.get("full"):
        return Part(mode, title, about, figures, None)
    mark = "study-" + subject.replace(JOINT, "-").replace(".", "-") + f"-{mode}"
    return Part(mode, title, about, figures, row.as_of, pages.set_lines(figures), None, _study(figures, mark))
