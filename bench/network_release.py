"""A release of the size that a large network has: groups and questions are the network's, figures invented.

The weekly job works out a real one, in minutes for ten times the sample network; what a page costs depends
on the rows that are there, and here seven of ten cells are, more than ever come out.
"""

from __future__ import annotations

from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from analytics.release import STANDARD_TABLES, Policy
from survey_app.models.catalogue import ItemVersion
from survey_app.models.releases import Release, ReleaseCell, ReleaseGroup, ReleaseItem
from survey_app.models.surveys import Administration, SurveyItem
from survey_app.releases import queries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.people import Organisation

LABEL = "2026-W01"
SHOWN = 0.7
ROWS_AT_ONCE = 5000


def write_release(db: Session, network: Organisation, *, now: datetime) -> int:
    """Write a release for every declared group, question and cycle of the network; return how many cells."""
    inputs = queries.inputs_of(db, network, until=now)
    cycles = sorted({int(one.groups["cycle_number"] or 0) for one in inputs.sources})
    names = {**inputs.names, "cycle_number": {str(n): (f"Cycle {n}", None) for n in cycles}}
    release = Release(
        organisation_id=network.id,
        label=LABEL,
        made_at=now,
        policy=asdict(Policy()),
        digest="0" * 64,
        teachers=inputs.teachers,
        withheld=0,
    )
    db.add(release)
    db.flush()
    db.add_all(
        ReleaseGroup(
            release_id=release.id, grouping=grouping, key=key, name=name, place_id=queries.as_id(place)
        )
        for grouping, groups in names.items()
        for key, (name, place) in groups.items()
    )
    asked = _asked(db)
    said = queries.item_names(db, {item for item, _mode in asked})
    for item, mode in asked:
        name, construct, position = said.get(item, (item, "", 0))
        db.add(
            ReleaseItem(
                release_id=release.id,
                item=item,
                mode=mode,
                name=name,
                construct=construct,
                position=position,
                steps=4,
            )
        )
    db.flush()
    count, part = 0, []
    for count, cell in enumerate(_cells(names, cycles, asked), start=1):
        part.append({"release_id": release.id, "position": count, **cell})
        if len(part) == ROWS_AT_ONCE:
            db.execute(insert(ReleaseCell), part)
            part = []
    if part:
        db.execute(insert(ReleaseCell), part)
    return count


def _asked(db: Session) -> list[tuple[str, str]]:
    """Return key and mode of every question with steps that was asked."""
    rows = db.execute(
        select(ItemVersion.key, Administration.mode)
        .join(SurveyItem, SurveyItem.item_version_id == ItemVersion.id)
        .join(Administration, Administration.survey_id == SurveyItem.survey_id)
        .where(ItemVersion.scale_version_id.is_not(None))
        .distinct()
    )
    return sorted((key, mode) for key, mode in rows)


def _cells(
    names: dict[str, dict[str, Any]], cycles: list[int], asked: list[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    chance = Random("a release of this size")
    for table in STANDARD_TABLES:
        used = [name for name in table if name != "cycle_number"]
        for key in names.get(used[0], ()) if used else ("",):
            for cycle in cycles if "cycle_number" in table else (None,):
                for item, mode in asked:
                    if chance.random() < SHOWN:
                        yield {
                            "table_name": "+".join(table) or "network",
                            "key": key,
                            "cycle_number": cycle,
                            "item": item,
                            "mode": mode,
                            **_figures(chance),
                        }


def _figures(chance: Random) -> dict[str, Any]:
    n, share = chance.randrange(20, 400), chance.randrange(21, 80)
    mean = chance.randrange(20, 80)
    return {
        "n": n,
        "teachers": 3 + n // 20,
        "answers": n,
        "share_low": share,
        "share_high": share,
        "says": f"{share} %",
        "mean": mean,
        "mean_says": str(mean),
        "gap": chance.randrange(-20, 21),
        "distribution": [[1, 2, 100 - share], [3, 3, share // 2], [4, 4, share - share // 2]],
        "as_of": LABEL,
    }
