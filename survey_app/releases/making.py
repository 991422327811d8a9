"""Make a release in two steps: work it out from a reading session, then write it down in one short go.

Working it out takes seconds to minutes, and no student waits for a lock meanwhile. What was erased in between
is seen at the second step, and the work begins anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.release import GROUPINGS, Ledger, Policy, make_release, withheld_reasons
from survey_app.models.releases import (
    Release,
    ReleaseCell,
    ReleaseGroup,
    ReleaseItem,
    ReleaseLedger,
)
from survey_app.releases import packing, queries, snapshot_queries
from survey_app.releases import told as told_so_far
from survey_app.releases.beside_bands import release_beside_bands
from survey_app.releases.contributions import contributions_of
from survey_app.releases.digest import FIGURES, digest_of
from survey_app.releases.inputs import Inputs
from survey_app.releases.thresholds import policy_of

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from analytics.release import Release as Figures
    from survey_app.models.people import Organisation

BY_CYCLE = "cycle_number"


@dataclass(frozen=True)
class Prepared:
    """A release that is worked out and not written down yet."""

    network_id: uuid.UUID
    label: str
    policy: Policy
    inputs: Inputs
    figures: Figures
    groups: list[tuple[str, str]]  # grouping and key
    items: list[tuple[str, str, int]]  # item, mode and steps of its scale
    cells: list[dict[str, Any]]
    names: dict[str, tuple[str, str, int]]  # of items
    reasons: dict[str, int]  # why how many cells are withheld

    @property
    def digest(self) -> str:
        """The hash of what would stand in the tables."""
        return digest_of(self.groups, self.items, self.cells)


class Erased(Exception):
    """Something that went in was erased while the release was being worked out."""


def week_of(now: datetime, time_zone: str) -> str:
    """Return the week in which a moment falls, by the network's own clock.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> week_of(datetime(2026, 11, 30, 3, tzinfo=UTC), "America/Los_Angeles")
    '2026-W48'
    """
    year, week, _day = now.astimezone(ZoneInfo(time_zone)).isocalendar()
    return f"{year}-W{week:02d}"


def prepare(db: Session, network: Organisation, *, now: datetime) -> Prepared | None:
    """Work out this week's release; none when it is there already, or nothing is new since the last one."""
    label = week_of(now, network.time_zone)
    earlier = queries.releases_of(db, network.id)
    if any(one.label == label for one in earlier):
        return None
    inputs = queries.inputs_of(db, network, until=now)
    ledgers = queries.ledgers_of(db, network.id)
    if not inputs.sources or (ledgers and Inputs.load(packing.unpack(ledgers[-1].inputs)) == inputs):
        return None
    ledger = told_so_far.before_release(db, network.id)
    return work_out(db, network.id, label, policy_of(db, network.id), inputs, ledger)


def work_out(
    db: Session, network_id: uuid.UUID, label: str, policy: Policy, inputs: Inputs, ledger: Ledger
) -> Prepared:
    """Return the release that these inputs give, always the same.

    Raises
    ------
    Erased
        If a snapshot is not what it was when the inputs were read.
    """
    frozen = snapshot_queries.frozen_tables(db, inputs)
    for source in inputs.sources:
        taken = frozen.get(source.administration)
        if taken is None or taken[-1][0] != source.content_hash:
            raise Erased
    tables = {key: [one for _hash, one in taken] for key, taken in frozen.items()}
    answers, items = contributions_of(inputs.sources, tables, counted=inputs.counted)
    answers = _of_enough_teachers(answers, policy)
    items = items[items["item"].isin(answers["item"])]
    views = pd.DataFrame(list(inputs.views), columns=pd.Index(["viewer", "teacher"]))
    how = {"label": label, "policy": policy, "ledger": ledger, "views": views}
    make = release_beside_bands if inputs.with_reports else make_release
    figures = make(answers, items, **how)
    steps = dict(zip(items["item"], items["steps"], strict=True))
    asked = figures.cells[["item", "mode"]].drop_duplicates().itertuples(index=False, name=None)
    return Prepared(
        network_id=network_id,
        label=label,
        policy=policy,
        inputs=inputs,
        figures=figures,
        groups=_groups(figures.cells),
        items=sorted((item, mode, int(steps[item])) for item, mode in asked),
        cells=_cells(figures.cells),
        names=queries.item_names(db, steps),
        reasons=withheld_reasons(answers, items, figures),
    )


def _of_enough_teachers(answers: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Leave out questions that too few teachers asked: no cell of theirs can pass, so none needs an audit."""
    teachers = answers.groupby(["item", "mode"])["teacher"].transform("nunique")
    return answers[teachers >= policy.fewest_teachers].reset_index(drop=True)


def _groups(cells: pd.DataFrame) -> list[tuple[str, str]]:
    found = set()
    for name in GROUPINGS:
        if name in cells:
            found |= {(name, str(key)) for key in cells.loc[cells["table"] == name, name].unique()}
    return sorted(found)


def _cells(cells: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the released cells as they are stored, in the order of the release."""
    shown = cells[cells["status"] == "released"].astype(object)
    rows = []
    for row in shown.where(shown.notna(), None).to_dict("records"):
        used = [name for name in str(row["table"]).split("+") if name not in ("network", BY_CYCLE)]
        parts = row["distribution"]
        rows.append(
            {
                "table_name": row["table"],
                "key": str(row[used[0]]) if used else "",
                "cycle_number": int(row[BY_CYCLE]) if BY_CYCLE in str(row["table"]).split("+") else None,
                "item": row["item"],
                "mode": row["mode"],
                **{name: row[name] for name in FIGURES},
                "distribution": [list(part) for part in parts] if parts else None,
                "as_of": row["as_of"],
            }
        )
    return rows


def write_down(db: Session, ready: Prepared, *, now: datetime) -> Release:
    """Write a release with its ledger; the caller commits.

    Raises
    ------
    Erased
        If something that went in has been erased since it was read.
    """
    if not snapshot_queries.still_there(db, ready.inputs):
        raise Erased
    release = Release(
        organisation_id=ready.network_id,
        label=ready.label,
        made_at=now,
        policy=asdict(ready.policy),
        digest=ready.digest,
        teachers=ready.inputs.teachers,
        withheld=sum(ready.reasons.values()),
    )
    db.add(release)
    db.flush()
    for grouping, key in ready.groups:
        name, place = ready.inputs.names.get(grouping, {}).get(key, (_cycle(key), None))
        db.add(
            ReleaseGroup(
                release_id=release.id, grouping=grouping, key=key, name=name, place_id=queries.as_id(place)
            )
        )
    for item, mode, steps in ready.items:
        name, construct, position = ready.names.get(item, (item, "", 0))
        db.add(
            ReleaseItem(
                release_id=release.id,
                item=item,
                mode=mode,
                name=name,
                construct=construct,
                position=position,
                steps=steps,
            )
        )
    db.add_all(
        ReleaseCell(release_id=release.id, position=place, **cell) for place, cell in enumerate(ready.cells)
    )
    contributors, entries = packing.packed_ledger(ready.figures.ledger)
    db.add(
        ReleaseLedger(
            release_id=release.id,
            inputs=packing.pack(ready.inputs.dump()),
            contributors=contributors,
            entries=entries,
        )
    )
    db.flush()
    return release


def _cycle(key: str) -> str:
    return "Before the change" if key == "0" else f"Cycle {key}"


def told(ready: Prepared) -> list[str]:
    """Return in words what would come out and what not: counts, and never a figure."""
    by_table = Counter(cell["table_name"] for cell in ready.cells)
    lines = [
        f"{ready.label}: {len(ready.cells)} cells come out, from {len(ready.inputs.sources)} surveys of"
        f" {ready.inputs.teachers} teachers; {ready.figures.kept} of them as they stood before."
    ]
    lines += [f"  {table}: {count}" for table, count in by_table.items()]
    lines.append(f"{sum(ready.reasons.values())} cells are withheld:")
    lines += [f"  {why}: {count}" for why, count in ready.reasons.items() if count]
    return lines
