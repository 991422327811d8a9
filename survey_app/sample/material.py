"""The words and ideas of the sample network, read from the YAML files beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Idea:
    """A change that the network tries, with what teachers wrote about it."""

    name: str
    description: str
    driver: str
    ready_set: str
    grades: tuple[int, int]
    tweaks: tuple[str, ...]
    doses: tuple[str, ...]
    keeps: tuple[str, ...]
    changes: tuple[str, ...]

    def fits(self, grade: int) -> bool:
        """Tell whether the idea is for this grade."""
        return self.grades[0] <= grade <= self.grades[1]


@cache
def network() -> dict[str, Any]:
    """Return what the network is: its name, regions, aim, drivers, lessons, its own question."""
    return _read("network.yaml")


@cache
def phrases() -> dict[str, Any]:
    """Return names of adults and places, and what people write."""
    return _read("phrases.yaml")


@cache
def ideas() -> tuple[Idea, ...]:
    """Return every change idea, in the order of the driver diagram."""
    return tuple(
        Idea(
            name=one["name"],
            description=one["description"],
            driver=secondary["name"],
            ready_set=one["ready_set"],
            grades=tuple(one["grades"]),
            tweaks=tuple(one["tweaks"]),
            doses=tuple(one["doses"]),
            keeps=tuple(one["keeps"]),
            changes=tuple(one["changes"]),
        )
        for primary in network()["drivers"]
        for secondary in primary["secondary"]
        for one in secondary["ideas"]
    )


def hard_question() -> str:
    """Return the key of the item version whose words many students do not understand: the own one's first."""
    return f"{network()['own_question']['key']}.3-12.1"


def lessons_for(grade: int) -> list[dict[str, str]]:
    """Return the lessons of a grade, each with its mathematics, its science and perhaps its goal."""
    return next(
        group["lessons"]
        for group in network()["lessons"]
        if group["grades"][0] <= grade <= group["grades"][1]
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return content
