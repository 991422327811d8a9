"""From stored figures to the rows and pictures of a page. Pure: no number is made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from survey_app.research.figures import Figures

FEW = "fewer than 3"
NOT_YET = "too little yet"
REASONS = {
    "not_understood": "Did not understand the question",
    "skipped": "Skipped it",
    "not_applicable": "Said it did not apply",
}
# When to look again, as the analytics say: missing, one end of the scale, item-rest, ICC(1).
HIGH_MISSING, HIGH_END, LOW_REST, LOW_ICC = 10, 40, 0.3, 0.05


@dataclass(frozen=True)
class Line:
    """One row of a table of figures: what, value, interval, on how many it rests, how it was worked out."""

    what: str
    value: str
    interval: str = ""
    n: str = ""
    how: str = ""


def question_lines(figures: Figures) -> list[Line]:
    """Return the table of one question in one mode."""
    students = f"{figures['students']} students"
    if not figures["full"]:
        return [Line("Favourable answers", figures["says"], n=students, how=RELEASE)]
    answers = f"{figures['answers']} answers of {students}"
    return [
        _favourable(figures, answers),
        Line("Mean, 0 to 100", figures["mean_says"] or NOT_YET, n=answers, how=RELEASE),
        *_missing_lines(figures["missing"]),
        _asked_about(figures["asked_about"]),
        _item_rest(figures["item_rest"]),
        *_icc_lines(figures["icc"]),
    ]


def _favourable(figures: Figures, answers: str) -> Line:
    told = figures.get("favourable")
    interval = _span(told[1], " %") if told else ""
    how = f"{RELEASE}; Wilson, with the number of students" if told else RELEASE
    return Line("Favourable answers", figures["says"], interval, answers, how)


RELEASE = "release policy: rounded, small parts merged"


def _missing_lines(missing: Figures) -> list[Line]:
    of = f"{missing['of']} sheets"
    how = "share of the sheets on which it was asked"
    lines = [Line(words, _percent(missing["reasons"][key]), n=of, how=how) for key, words in REASONS.items()]
    return [*lines, Line("Missing in all", _percent(missing["share"]), n=of, how=how)]


def _asked_about(told: Figures | None) -> Line:
    what, how = "Students asked about it", "lesson logs of teachers"
    if told is None:
        return Line(what, NOT_YET, how=how)
    number = FEW if told["lessons"] is None else str(told["lessons"])
    return Line(what, f"in {number} lessons", n=f"{told['of']} lessons with a log", how=how)


def _item_rest(told: Figures | None) -> Line:
    what = "Goes with the others of its construct (item-rest)"
    if told is None:
        return Line(what, NOT_YET, how="asked alone, or with others by too few students")
    if "why" in told:
        return Line(what, told["why"])
    n = f"{told['n']} sheets of {told['students']} students"
    return Line(what, f"{told['value']:.2f}", _span(told["interval"]), n, told["method"])


def _icc_lines(told: Figures | None) -> list[Line]:
    names = ("Tells lessons apart: ICC(1)", "How sure a class mean is: ICC(2)")
    if told is None or "why" in told:
        why = NOT_YET if told is None else told["why"]
        return [Line(name, why) for name in names]
    n = f"{told['n']} answers of {told['students']} students in {told['lessons']} lessons"
    size = f"{told['method']}; mean of {told['size']:g} students"
    return [
        Line(names[0], f"{told['icc1']:.2f}", _span(told["icc1_interval"]), n, told["method"]),
        Line(names[1], _number(told["icc2"]), _span(told["icc2_interval"]), n, size),
    ]


def set_lines(figures: Figures) -> list[Line]:
    """Return the table of questions that were asked together."""
    lines: list[Line] = []
    for name in ("complete", "pairwise"):
        lines += _alpha_lines(name, (figures["alpha"] or {}).get(name))
    return [*lines, *_omega_lines(figures["omega"], figures), *_icc_lines(figures["icc"])]


def _alpha_lines(name: str, told: Figures | None) -> list[Line]:
    what = {"complete": "Alpha, sheets with every answer", "pairwise": "Alpha, all pairs of answers"}[name]
    if told is None or "why" in told:
        return [Line(what, NOT_YET if told is None else told["why"])]
    n = f"{told['n']} sheets of {told['students']} students"
    return [
        Line(what, f"{told['value']:.2f}", _span(told["interval"]), n, told["method"]),
        Line(
            "… if all questions had the same spread",
            _number(told["standardised"]),
            n=n,
            how="from correlations",
        ),
    ]


def _omega_lines(told: Figures | None, figures: Figures) -> list[Line]:
    if told is None or "why" in told:
        return [Line("Omega", NOT_YET if told is None else told["why"])]
    n = f"{told['n']} sheets of {figures['students']} students"
    loadings = ", ".join(f"{item} {value:.2f}" for item, value in told["loadings"])
    lines = [
        Line("Omega", f"{told['value']:.2f}", "", n, told["method"]),
        Line("Loadings", loadings, n=n, how="standardised"),
    ]
    fit = told["fit"]
    if fit is None:
        return [*lines, Line("Fit of one factor", "nothing to test with three questions", n=n)]
    says = f"CFI {fit['cfi']:.2f}, SRMR {fit['srmr']:.2f}, RMSEA {fit['rmsea']:.2f}"
    rmsea = f"RMSEA {fit['rmsea_low']:.2f} to {fit['rmsea_high']:.2f}"
    return [
        *lines,
        Line("Fit of one factor", says, rmsea, n, f"chi-square {fit['chi_square']:.2f} on {fit['df']}"),
    ]


def look_at(figures: Figures) -> list[str]:
    """Return what asks for a second look, in few words; nothing where nothing may be told."""
    if not figures.get("full") or "missing" not in figures:
        return []
    told = []
    missing, rest, icc = figures["missing"]["share"], figures["item_rest"], figures["icc"]
    if missing is not None and missing > HIGH_MISSING:
        told.append(f"{missing} % missing")
    told += [f"{percent} % at the {end} end" for end, percent in ends(figures).items() if percent > HIGH_END]
    if rest and rest.get("value", 1) < LOW_REST:
        told.append(f"item-rest {rest['value']:.2f}")
    if icc and icc.get("icc1", 1) < LOW_ICC:
        told.append(f"ICC(1) {icc['icc1']:.2f}")
    return told


def ends(figures: Figures) -> dict[str, int]:
    """Return the share at the lowest and at the highest option, where each is a part of its own."""
    parts = figures.get("distribution") or []
    found = {}
    if parts and parts[0][0] == parts[0][1]:
        found["low"] = parts[0][2]
    if parts and parts[-1][0] == parts[-1][1]:
        found["high"] = parts[-1][2]
    return found


def panel_rows(
    subject: str, figures: Figures, labels: Sequence[str], others: Mapping[str, Figures]
) -> list[dict[str, Any]]:
    """Return ITEM_PANEL rows: options and missing answers of one question, its checks beside those of others.

    ``labels`` stand in the order of favour, least first, as the released parts do.
    """
    rows = [
        _row("use", part_words(labels, first, last), subject, percent / 100, figures["answers"])
        for first, last, percent, _ in figures["distribution"]
    ]
    missing = figures["missing"]
    rows += [
        _row("missing", words, subject, _share(missing["reasons"][key]), missing["of"])
        for key, words in (
            ("not_understood", "did not understand"),
            ("skipped", "skipped"),
            ("not_applicable", "did not apply"),
        )
    ]
    for key, one in {subject: figures, **others}.items():
        rows += _checks(key, one)
    return rows


def _checks(key: str, figures: Figures) -> Iterable[dict[str, Any]]:
    at, n = ends(figures), figures["answers"]
    rest, icc = figures["item_rest"] or {}, figures["icc"] or {}
    yield _row(
        "quality", "missing", key, _share(figures["missing"]["share"]), n, None, HIGH_MISSING / 100, 0.0, 0.5
    )
    yield _row("quality", "in the lowest answer", key, _share(at.get("low")), n, None, HIGH_END / 100)
    yield _row("quality", "in the highest answer", key, _share(at.get("high")), n, None, HIGH_END / 100)
    yield _row("quality", "goes with its construct", key, rest.get("value"), n, LOW_REST, None, -0.2)
    yield _row("quality", "tells lessons apart: ICC(1)", key, icc.get("icc1"), n, LOW_ICC, None, -0.1, 0.8)


def part_words(labels: Sequence[str], first: int, last: int) -> str:
    """Return the words of a part of the scale.

    Examples
    --------
    >>> part_words(["Never", "Once", "Twice", "More"], 1, 1), part_words(["Never", "Once", "Twice"], 1, 2)
    ('Never', 'Never or Once')
    >>> part_words(["Never", "Once", "Twice", "More"], 1, 3)
    'Never to Twice'
    """
    if first == last:
        return labels[first - 1]
    return f"{labels[first - 1]} {'or' if last == first + 1 else 'to'} {labels[last - 1]}"


def _row(
    part: str,
    label: str,
    version: str,
    value: float | None,
    n: int,
    low: float | None = None,
    high: float | None = None,
    axis_low: float = 0.0,
    axis_high: float = 1.0,
) -> dict[str, Any]:
    return {
        "part": part,
        "label": label,
        "version": version,
        "value": value,
        "n": n,
        "low": low,
        "high": high,
        "axis_low": axis_low,
        "axis_high": axis_high,
    }


def _share(percent: int | None) -> float | None:
    return None if percent is None else percent / 100


def _percent(percent: int | None) -> str:
    return FEW if percent is None else f"{percent} %"


def _number(value: float | None) -> str:
    return NOT_YET if value is None else f"{value:.2f}"


def _span(ends_of: Sequence[float | None], unit: str = "") -> str:
    low, high = ends_of
    if low is None or high is None:
        return ""
    return f"{low} to {high}{unit}" if unit else f"{low:.2f} to {high:.2f}"
