"""A new password for the only administrator: ``python -m survey_app.accounts.recover ana@school.org``.

Everybody else asks an administrator. She has nobody to ask, but whoever runs the installation can reach its
console, and the console prints a link that works once, for two days.
"""

from __future__ import annotations

import os
import sys

from config import Config, ConfigError
from survey_app import clock
from survey_app.accounts import queries
from survey_app.accounts.forms import plain_address
from survey_app.accounts.password_links import make_administrators_own_link
from survey_app.audit import record_act
from survey_app.db import Database
from survey_app.errors import Refusal
from survey_app.models import load_all
from survey_app.principal import job

HOW = "Say for whom: python -m survey_app.accounts.recover ana@school.org"


def main(arguments: list[str]) -> int:
    """Print the link; return 0 when there is one."""
    if len(arguments) != 1:
        print(HOW, file=sys.stderr)
        return 1
    try:
        link = link_for(Config.from_env(os.environ), plain_address(arguments[0]) or "")
    except (ConfigError, Refusal) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Open this within two days, once, and choose a new password:\n\n  {link}\n")
    return 0


def link_for(config: Config, email: str) -> str:
    """Return the whole address at which this administrator sets a new password."""
    load_all()
    database = Database(config.database_url)
    try:
        with database.writing(job("recover")) as db:
            person = queries.person_with_email(db, email)
            if person is None:
                raise Refusal(f"Nobody signs in here with {email!r}. Look at the address once more.")
            token = make_administrators_own_link(db, person, now=clock.now())
            record_act(
                db,
                "password.link-made",
                actor_id=None,
                organisation_id=person.organisation_id,
                route="console",
                object_id=person.id,
                now=clock.now(),
            )
            db.commit()
    finally:
        database.engine.dispose()
    return f"{config.public_url or 'http://127.0.0.1:5000'}/new-password/{token}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
