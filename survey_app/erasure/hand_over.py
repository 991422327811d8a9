"""Everything that is held of an organisation, for the district that owns it.

``python -m survey_app.erasure.hand_over ORGANISATION_ID FILE.zip``

On the server alone and on the district's written order: an administrator sees no answers, in a file neither.
One CSV a class, in the form that its teacher can save herself; answers that are not shown yet stay out. The
act stands in the record. Keep the file as you keep the database: it is not sealed.
"""

from __future__ import annotations

import os
import sys
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from config import Config, ConfigError
from survey_app import clock
from survey_app.audit import record_act
from survey_app.db import Database
from survey_app.erasure import held, orders
from survey_app.models import load_all
from survey_app.models.classrooms import Classroom
from survey_app.models.people import Organisation, Person
from survey_app.principal import job

if TYPE_CHECKING:
    from datetime import datetime

HAND_OVER = job("handing over")


def main(arguments: list[str]) -> int:
    """Write the file; return 0 when it is there."""
    try:
        place, file = uuid.UUID(arguments[0]), Path(arguments[1])
        config = Config.from_env(os.environ)
    except (IndexError, ValueError, ConfigError) as fault:
        print(fault if isinstance(fault, ConfigError) else __doc__, file=sys.stderr)
        return 1
    load_all()
    database = Database(config.database_url)
    try:
        count = write(database, place, file, now=clock.now())
    except (LookupError, FileExistsError) as fault:
        print(fault, file=sys.stderr)
        return 1
    finally:
        database.engine.dispose()
    print(f"{count} classes are in {file}. Keep it as you keep the database.")
    return 0


def write(database: Database, organisation_id: uuid.UUID, file: Path, *, now: datetime) -> int:
    """Write one CSV a class into a new archive that only its owner can read; return how many."""
    with database.writing(HAND_OVER) as db:
        if db.get(Organisation, organisation_id) is None:
            raise LookupError(f"There is no organisation {organisation_id}.")
        people = select(Person.id).where(Person.organisation_id.in_(orders.places_below(db, organisation_id)))
        classes = db.scalars(
            select(Classroom)
            .where(Classroom.owner_id.in_(people), Classroom.erased_at.is_(None))
            .order_by(Classroom.created_at, Classroom.id)
        ).all()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(descriptor, "wb") as target,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
        ):
            for number, classroom in enumerate(classes, start=1):
                name = f"class-{number:04}-{classroom.id.hex[:8]}.csv"
                made.writestr(name, held.as_csv(held.rows_of_class(db, classroom)))
        record_act(
            db,
            "held.handed-over",
            actor_id=None,
            organisation_id=organisation_id,
            route="hand_over",
            object_id=organisation_id,
            now=now,
        )
        db.commit()
    return len(classes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
