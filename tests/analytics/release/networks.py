"""Small random networks: who teaches where, who answered, who moved, who was erased, who colludes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

TABLES = (
    (),
    ("region",),
    ("district",),
    ("school",),
    ("team",),
    ("grade_band",),
    ("subject",),
    ("change_idea",),
    ("cycle_number",),
    ("region", "cycle_number"),
    ("team", "cycle_number"),
    ("change_idea", "cycle_number"),
    ("school", "grade_band"),
)
ITEMS = pd.DataFrame({"item": ["SM1"], "steps": [4]})


@dataclass
class Network:
    """Answers week by week, the tables asked for, and a coach's classes."""

    weeks: list[pd.DataFrame]
    tables: list[tuple[str, ...]]
    teacher: str
    coach: list[str]

    @property
    def views(self) -> pd.DataFrame:
        return pd.DataFrame({"viewer": "coach", "teacher": self.coach}, dtype=object)


def random_network(seed: int, *, small: bool = False) -> Network:
    """Return a network of up to about 30 teachers, or 12, in two weeks; some answer much alike."""
    draw = np.random.default_rng(seed)
    most = 2 if small else 3
    mode = "coded" if draw.random() < 0.7 else "pooled"
    lean = draw.dirichlet((0.4, 0.4, 0.4, 0.4) if draw.random() < 0.3 else (1, 2, 3, 2))
    rows: list[tuple] = []
    teachers = []
    for region in range(draw.integers(1, most + 1)):
        for school in range(draw.integers(1, most + 1)):
            teams = draw.integers(1, 3)
            for _ in range(draw.integers(1, most + 3)):
                name = f"t{len(teachers)}"
                teachers.append(name)
                place = (
                    f"r{region}",
                    f"r{region}d{school // 2}",
                    f"r{region}s{school}",
                    None if draw.random() < 0.08 else f"r{region}s{school}m{draw.integers(teams)}",
                    ["K-2", "3-5", "6-8"][draw.integers(3)],
                    ["math", "science"][draw.integers(2)],
                )
                rows += _class(draw, name, place, mode, lean)
    names = [
        "week",
        "teacher",
        "classroom",
        "administration",
        "student",
        "item",
        "mode",
        "value",
        "region",
        "district",
    ]
    names += ["school", "team", "grade_band", "subject", "change_idea", "cycle_number"]
    whole = pd.DataFrame(rows, columns=names)
    first = whole[whole["week"] == 0].drop(columns="week")
    both = whole.drop(columns="week")
    if (
        mode == "coded" and both["student"].nunique() > 1 and draw.random() < 0.3
    ):  # one child is erased between the weeks
        gone = both.iloc[int(draw.integers(len(both)))]
        both = both[(both["classroom"] != gone["classroom"]) | (both["student"] != gone["student"])]
    chosen = [table for table in TABLES if draw.random() < 0.5] or [("team",)]
    coach = draw.choice(teachers, size=min(len(teachers), int(draw.integers(1, 4))), replace=False)
    weeks = [first, both] if len(first) else [both]
    return Network(weeks, chosen, str(draw.choice(teachers)), [str(name) for name in coach])


def _class(draw, name, place, mode, lean) -> list[tuple]:
    """Return the answers of one class: coded focal students, or the whole class pooled."""
    children = int(draw.integers(3, 7)) if mode == "coded" else int(draw.choice([4, 6, 9, 14, 22]))
    mine = draw.dirichlet(lean * 8 + 0.05)
    idea = f"i{draw.integers(3)}"
    rows = []
    for cycle in range(1, int(draw.integers(1, 4)) + 1):
        started = int(draw.random() < 0.35)
        for child in range(children):
            if draw.random() < 0.15:
                continue
            late = int(mode == "coded" and draw.random() < 0.05)
            value = int(draw.choice(4, p=mine)) + 1
            student = f"{'ABCDEF'[child]}" if mode == "coded" else f"{name}-{cycle}-{child}"
            given = f"{name}-{cycle}"
            rows.append(
                (
                    max(started, late),
                    name,
                    f"c-{name}",
                    given,
                    student,
                    "SM1",
                    mode,
                    value,
                    *place,
                    idea,
                    cycle,
                )
            )
    return rows
