"""The figures of one question, or of questions asked together: what the analytics say, as plain values.

Only what may leave goes into them: an index only where enough students of enough teachers stand behind it, a
count of one or two as "fewer than three". Numbers are rounded here, once.
"""

from __future__ import annotations

from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.class_icc import icc_classes
from analytics.codes import MISSING_REASONS
from analytics.dependability import decision_study
from analytics.gstudy import class_components
from analytics.intervals import wilson_interval
from analytics.omega import omega
from analytics.reliability import alpha, item_rest
from survey_app.research.sheets import WHO, scores_of, students_if_enough

if TYPE_CHECKING:
    import pandas as pd

    from analytics.release import Policy
    from analytics.reliability import Alpha
    from survey_app.research.sheets import Sheets

TOO_LITTLE = "too little yet"
NORMAL_95 = 1.959964
LESSONS, STUDENTS = (1, 2, 3, 4, 6, 8), (3, 5, 8, 30)
Figures = dict[str, Any]


def question_figures(
    sheets: Sheets, key: str, mode: str, asked: list[tuple[str, bool]], policy: Policy
) -> Figures:
    """Return what may be said about one question beside its release.

    ``asked`` holds, for each lesson with a log, its administration and whether the question was asked about.
    """
    rows = sheets.rows
    own = rows[(rows["item"] == key) & (rows["mode"] == mode)]
    return {
        **_extent(own),
        "missing": _missing(own, policy),
        "asked_about": _asked_about(own, asked, policy),
        "item_rest": _item_rest(sheets, key, mode, policy),
        **_between_lessons(scores_of(sheets, [key], mode, None)[key], mode, policy),
    }


def set_figures(sheets: Sheets, keys: tuple[str, ...], mode: str, policy: Policy) -> Figures:
    """Return what may be said about questions that were asked together: alpha, omega, ICC, decision study."""
    scores = scores_of(sheets, keys, mode, sheets.sets[keys])
    answered = scores.dropna(how="all").reset_index()
    whole = scores.dropna()
    people = students_if_enough(whole.reset_index()[WHO], policy)
    if not people:
        return {**_extent(answered), "alpha": None, "omega": None, "icc": None, "study": None}
    return {
        **_extent(answered),
        "sheets": len(whole),
        "students": people,
        "alpha": {
            "complete": _alpha(alpha(scores, people=people), people),
            "pairwise": _alpha(alpha(scores, missing="pairwise", people=people), people),
        },
        "omega": _omega(scores),
        **_between_lessons(scores.mean(axis=1, skipna=False), mode, policy),
    }


def share_interval(percent: int, students: int) -> list[int]:
    """Return the 95 % Wilson interval of a released percentage, in whole per cent.

    Made from the released figure, so that it tells nothing more; ``students`` and not answers, because the
    answers of one student over lessons are no new students.
    """
    found = wilson_interval(round(percent * students / 100), students)
    return [round(100 * (found.low or 0)), round(100 * (found.high or 0))]


def _extent(rows: pd.DataFrame) -> Figures:
    return {"classes": int(rows["classroom"].nunique()), "lessons": int(rows["administration"].nunique())}


def _missing(own: pd.DataFrame, policy: Policy) -> Figures:
    shown = own[own["missing"] != "not_shown"]
    of = len(shown)
    counts = {reason: int((own["missing"] == reason).sum()) for reason in MISSING_REASONS}
    missing = int((shown["missing"] != "").sum())
    return {
        "of": of,
        "share": _share(missing, of, policy),
        "reasons": {
            reason: _share(count, of, policy) for reason, count in counts.items() if reason != "not_shown"
        },
    }


def _share(count: int, of: int, policy: Policy) -> int | None:
    """Return a whole percentage; none for fewer than the smallest segment, nobody at all included."""
    return round(100 * count / of) if count >= policy.smallest_segment else None


def _asked_about(own: pd.DataFrame, asked: list[tuple[str, bool]], policy: Policy) -> Figures | None:
    teacher = own.drop_duplicates("administration").set_index("administration")["teacher"]
    logged = [(given, about) for given, about in asked if given in teacher.index]
    if len({teacher[given] for given, _ in logged}) < policy.fewest_teachers:
        return None
    needed = sum(about for _, about in logged)
    return {"of": len(logged), "lessons": needed if needed >= policy.smallest_segment else None}


def _item_rest(sheets: Sheets, key: str, mode: str, policy: Policy) -> Figures | None:
    """Return how a question goes with the others of its construct on the same sheet."""
    together = {other for keys in sheets.sets if key in keys for other in keys}
    if not together:
        return None
    within = frozenset().union(*(given for keys, given in sheets.sets.items() if key in keys))
    keys = [one for one in sheets.items["item"] if one in together]
    scores = scores_of(sheets, keys, mode, within)
    both = scores[scores[key].notna() & scores.drop(columns=key).notna().any(axis=1)]
    people = students_if_enough(both.reset_index()[WHO], policy)
    if not people:
        return None
    row = item_rest(scores).set_index("item").loc[key]
    if row["too_few"]:
        return {"why": _reason(row["too_few"])}
    value = float(row["item_rest"])
    return {
        "value": round(value, 2),
        "interval": _fisher(value, people),
        "n": int(row["n"]),
        "students": people,
        "flag": row["flag"],
        "alpha_if_dropped": None if np.isnan(row["alpha_if_dropped"]) else round(row["alpha_if_dropped"], 2),
        "others": [one for one in keys if one != key],
        "method": f"{row['method']}; 95 % Fisher interval with the number of students",
    }


def _fisher(r: float, people: int) -> list[float]:
    if people <= 3 or abs(r) >= 1:
        return [round(r, 2)] * 2
    middle, half = atanh(r), NORMAL_95 / sqrt(people - 3)
    return [round(tanh(middle - half), 2), round(tanh(middle + half), 2)]


def _between_lessons(values: pd.Series[float], mode: str, policy: Policy) -> Figures:
    """Return ICC(1), ICC(2), variance components and the decision study of one score."""
    given = values.dropna().rename("value").reset_index()
    people = students_if_enough(given, policy)
    if not people:
        return {"icc": None, "study": None}
    found = icc_classes(given["value"], given["administration"])
    icc: Figures = (
        {"why": _reason(found.too_few)}
        if found.too_few
        else {
            "icc1": _two(found.icc1),
            "icc1_interval": [_two(found.low), _two(found.high)],
            "icc2": _two(found.icc2),
            "icc2_interval": [_two(found.icc2_low), _two(found.icc2_high)],
            "size": round(found.n0 or 0, 1),
            "is_low": found.flag,
        }
    )
    icc |= {"n": found.n, "students": people, "lessons": found.classes, "method": found.method}
    return {"icc": icc, "study": _study(given, mode)}


def _study(given: pd.DataFrame, mode: str) -> Figures:
    known = given["classroom"] + "/" + given["student"] if mode == "coded" else None
    found = class_components(given["value"], given["classroom"], given["administration"], known)
    told: Figures = {
        "n": found.n,
        "classes": found.classes,
        "lessons": found.lessons,
        "method": found.method,
        "who": found.who,
    }
    if found.too_few or found.components is None:
        return told | {"why": _reason(found.too_few)}
    told["below_zero"] = list(found.below_zero)
    if found.components.teacher <= 0:
        return told | {
            "why": "Classes do not differ more than their lessons do, so no number of lessons helps."
        }
    table = decision_study(found.components, students=STUDENTS, lessons=LESSONS, who=found.who)
    told["components"] = {name: round(value, 3) for name, value in vars(found.components).items()}
    told["curve"] = [
        [int(row.students), int(row.lessons), round(float(row.relative), 2)] for row in table.itertuples()
    ]
    return told


def _alpha(found: Alpha, people: int) -> Figures:
    if found.too_few:
        return {"why": _reason(found.too_few)}
    return {
        "value": _two(found.value),
        "interval": [_two(found.low), _two(found.high)],
        "standardised": _two(found.standardised),
        "mean_r": _two(found.mean_r),
        "n": found.n,
        "students": people,
        "method": found.method,
    }


def _omega(scores: pd.DataFrame) -> Figures:
    found = omega(scores)
    if found.too_few:
        return {"why": _reason(found.too_few)}
    fit = found.fit
    return {
        "value": _two(found.value),
        "n": found.n,
        "loadings": [
            [item, _two(loading)] for item, loading in zip(found.items, found.loadings, strict=True)
        ],
        "improper": list(found.improper),
        "fit": None
        if fit is None or fit.df == 0
        else {
            name: _two(getattr(fit, name))
            for name in ("cfi", "rmsea", "rmsea_low", "rmsea_high", "srmr", "p")
        }
        | {"chi_square": _two(fit.chi_square), "df": fit.df},
        "method": found.method,
    }


def _reason(why: object) -> str:
    """Return a reason in words without the number there is: small numbers of students are not told."""
    need = getattr(why, "need", None)
    of = getattr(why, "of", "")
    if need is None:
        return TOO_LITTLE
    return f"{TOO_LITTLE}: this needs {need} {of}"


def _two(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 2) + 0.0
