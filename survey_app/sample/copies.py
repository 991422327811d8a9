"""A large network grows by copies: a year that was lived, written once more in other schools by other people.

Every rule of the database stays on: what is locked or frozen is written open first and closed at the end, and
ids, names, addresses and codes are new. Answers, words and dates are those of the block that was lived.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import Uuid, bindparam, insert, select, update

from survey_app.classrooms.codes import new_class_code
from survey_app.db import Base
from survey_app.models.classrooms import Card, Classroom, Consent, FocalCode
from survey_app.models.cycles import Cycle, CycleFocal, PlanPrediction, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.responses import Answer, Response
from survey_app.models.sharing import Comment, CycleShare, TeamShare
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, Survey, SurveyItem
from survey_app.models.turnout import Turnout
from survey_app.sample.chance import chance_for
from survey_app.sample.people import SCHOOL_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session

    from survey_app.sample.people import Block

# What a rule of the database allows only as a change of a row that is there, never as a new row.
CLOSED_AT_THE_END = {
    "surveys": ("frozen_at",),
    "administrations": ("locked_at", "prediction_skipped_at", "revealed_at"),
}
# Bits of an id that say which kind of id it is.
KIND_BITS = uuid.UUID("00000000-0000-f000-c000-000000000000").int
ROWS_AT_ONCE = 5000

Rows = list[dict[str, Any]]


class LivedBlock:
    """All rows of a block, read once, to be written as often as wanted."""

    def __init__(self, db: Session, block: Block) -> None:
        organisations = [one.id for one in (*block.districts, *block.schools)]
        people = [one.person_id for one in (*block.administrators, *block.coaches, *block.teachers)]
        chosen = _chosen(organisations, people)
        self.number = block.number
        self.tables: dict[Table, Rows] = {
            table: [dict(row) for row in db.execute(select(table).where(chosen[table.name])).mappings()]
            for table in Base.metadata.sorted_tables
            if table.name in chosen
        }
        self.ids = {row["id"] for rows in self.tables.values() for row in rows if "id" in row}
        # New names are given in this order; a district has to be there before its schools.
        self._sort("organisations", lambda row: (row["parent_id"] in self.ids, row["name"]))
        self._sort("people", lambda row: row["email"])

    def _sort(self, table: str, by: Callable[[dict[str, Any]], Any]) -> None:
        self.tables[Base.metadata.tables[table]].sort(key=by)

    def write_copy(
        self, db: Session, number: int, *, seed: int, people: Iterator[tuple[str, str]], places: Iterator[str]
    ) -> None:
        """Write the block once more, as block ``number`` of the network."""
        shift = chance_for(seed, "copy", number).getrandbits(128) & ~KIND_BITS
        fresh_ids = {one: _shifted(one, shift) for one in self.ids}
        renamed = _Renaming(number, people, places)
        for table, rows in self.tables.items():
            late = CLOSED_AT_THE_END.get(table.name, ())
            id_columns = [column.name for column in table.columns if isinstance(column.type, Uuid)]
            fresh = (
                renamed.row(table.name, _with_new_ids(row, fresh_ids, id_columns) | dict.fromkeys(late))
                for row in rows
            )
            for part in _parts(list(fresh)):
                db.execute(insert(table), part)
        for table, rows in self.tables.items():
            late = CLOSED_AT_THE_END.get(table.name, ())
            closing = [
                {"the_id": fresh_ids[row["id"]], **{name: row[name] for name in late}}
                for row in rows
                if any(row[name] is not None for name in late)
            ]
            if closing:
                db.execute(update(table).where(table.c.id == bindparam("the_id")), closing)


class _Renaming:
    """Gives rows what must be there only once: names, addresses, codes, hashes."""

    def __init__(self, number: int, people: Iterator[tuple[str, str]], places: Iterator[str]) -> None:
        self.number, self.people, self.places = number, people, places
        self.class_codes: set[str] = set()

    def row(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        if table == "people":
            row["display_name"], row["email"] = next(self.people)
        elif table == "organisations":
            kinds = ("Unified", *SCHOOL_KINDS)
            row["name"] = f"{next(self.places)} {next(k for k in kinds if row['name'].split()[-1] == k)}"
        elif table == "classrooms":
            row["class_code"] = self._class_code()
        elif table == "cards":
            row["token_hash"] = hashlib.sha256(row["token_hash"] + str(self.number).encode()).digest()
        return row

    def _class_code(self) -> str:
        # Block by block there is a beginning of its own, so that no code is given twice.
        signs = "23456789CFGHJMPQRVWX"
        first, second = divmod(self.number % 400, 20)
        while (code := signs[first] + signs[second] + new_class_code()[2:]) in self.class_codes:
            pass
        self.class_codes.add(code)
        return code


def _chosen(organisations: list[uuid.UUID], people: list[uuid.UUID]) -> dict[str, ColumnElement[bool]]:
    """Return which rows belong to a block, by table."""
    rooms = select(Classroom.id).where(Classroom.owner_id.in_(people))
    cycles = select(Cycle.id).where(Cycle.owner_id.in_(people))
    surveys = select(Survey.id).where(Survey.owner_id.in_(people))
    given = select(Administration.id).where(Administration.owner_id.in_(people))
    return {
        "organisations": Organisation.id.in_(organisations),
        "people": Person.id.in_(people),
        "role_grants": RoleGrant.person_id.in_(people),
        "teams": Team.organisation_id.in_(organisations),
        "team_members": TeamMember.person_id.in_(people),
        "classrooms": Classroom.owner_id.in_(people),
        "focal_codes": FocalCode.classroom_id.in_(rooms),
        "consents": Consent.classroom_id.in_(rooms),
        "cards": Card.classroom_id.in_(rooms),
        "change_ideas": ChangeIdea.owner_id.in_(people),
        "series": Series.owner_id.in_(people),
        "cycles": Cycle.owner_id.in_(people),
        "cycle_focals": CycleFocal.owner_id.in_(people),
        "plan_predictions": PlanPrediction.cycle_id.in_(cycles),
        "surveys": Survey.owner_id.in_(people),
        "survey_items": SurveyItem.survey_id.in_(surveys),
        "administrations": Administration.owner_id.in_(people),
        "responses": Response.administration_id.in_(given),
        "answers": Answer.survey_id.in_(surveys),
        "turnout": Turnout.administration_id.in_(given),
        "own_ratings": OwnRating.administration_id.in_(given),
        "predictions": Prediction.administration_id.in_(given),
        "snapshots": Snapshot.administration_id.in_(given),
        "cycle_shares": CycleShare.cycle_id.in_(cycles),
        "team_shares": TeamShare.cycle_id.in_(cycles),
        "comments": Comment.cycle_id.in_(cycles),
    }


def _with_new_ids(
    row: dict[str, Any], fresh: Mapping[uuid.UUID, uuid.UUID], columns: Sequence[str]
) -> dict[str, Any]:
    return row | {name: fresh.get(row[name], row[name]) for name in columns}


def _shifted(old: uuid.UUID, shift: int) -> uuid.UUID:
    return uuid.UUID(int=old.int ^ shift)


def _parts(rows: Rows) -> Iterator[Rows]:
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[begin : begin + ROWS_AT_ONCE]
