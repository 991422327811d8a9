"""Commands for an installation: ``python -m survey_app.cli COMMAND``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from config import Config, ConfigError
from survey_app import clock
from survey_app.accounts.demo import DEMO_PASSWORD, people_to_show
from survey_app.db import Database
from survey_app.errors import Refusal
from survey_app.models import load_all
from survey_app.prepare import prepare_database
from survey_app.principal import job
from survey_app.releases import queries
from survey_app.releases.thresholds import policy_of, raise_thresholds
from survey_app.research.scheduled import make_item_reports
from survey_app.sample.fill import SEED, fill, is_filled
from survey_app.sample.releases import release_weeks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LARGEST_FACTOR = 200


def main(arguments: list[str]) -> int:
    """Do one command; return 0 when all went well."""
    parser = argparse.ArgumentParser(prog="survey_app.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo-data", help="fill an empty database with the invented sample network")
    demo.add_argument("--factor", type=_factor, default=1, help="how many times forty teachers")
    demo.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same network")
    commands.add_parser("item-reports", help="work the item reports out now, and not next week")
    asks = commands.add_parser("thresholds", help="show what a release asks for, or ask for more")
    asks.add_argument("numbers", nargs="*", metavar="NAME=NUMBER", help="as in joined_from=12")
    asks.add_argument("--network", default="", help="its name, where there are several")
    options = parser.parse_args(arguments)
    try:
        if options.command == "item-reports":
            return item_reports(Config.from_env(os.environ))
        if options.command == "thresholds":
            return thresholds(Config.from_env(os.environ), options.network, options.numbers)
        return demo_data(Config.from_env(os.environ), factor=options.factor, seed=options.seed)
    except (ConfigError, Refusal) as fault:
        print(fault, file=sys.stderr)
    except ValueError:
        print("A threshold is written as NAME=NUMBER, as in joined_from=12.", file=sys.stderr)
    except (OSError, SQLAlchemyError) as fault:
        cause = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        print(f"That could not be written: {cause}", file=sys.stderr)
    return 1


def demo_data(config: Config, *, factor: int, seed: int) -> int:
    """Fill an empty database with the sample network, once, and say how to sign in."""
    if config.production:
        print("The sample network is not for FOCAL_ENV=production.", file=sys.stderr)
        return 1
    prepare_database(config.owner_url)
    database = Database(config.database_url)
    try:
        with database.writing(job("sample")) as db:
            if not is_filled(db):
                started = time.monotonic()
                made = fill(db, today=clock.now().date(), factor=factor, seed=seed, tell=_say)
                db.commit()
                seconds = time.monotonic() - started
                counts = f"{made.people} people, {made.cycles} cycles, {made.sheets} sheets"
                print(f"{counts}: {seconds:.0f} seconds.")
            else:
                made = None
        if made is not None:
            # A large network's releases take as long as the network: one is enough to look at.
            release_weeks(database, today=clock.now().date(), weeks=3 if factor == 1 else 1, tell=_say)
        with database.reading(job("sample")) as db:
            _say_sign_ins(db)
    finally:
        database.engine.dispose()
    return 0


def item_reports(config: Config) -> int:
    """Work the item reports out, as the weekly job does, and say what came of it."""
    load_all()
    database = Database(config.database_url)
    try:
        for line in make_item_reports(database, now=clock.now()):
            print(line)
    finally:
        database.engine.dispose()
    return 0


def thresholds(config: Config, name: str, numbers: list[str]) -> int:
    """Show the thresholds of a network's releases; raise those that are named. They are never lowered."""
    wanted = {key: float(value) for key, _, value in (one.partition("=") for one in numbers)}
    database = Database(config.database_url)
    try:
        with database.writing(job("thresholds")) as db:
            found = [one for one in queries.networks(db) if name in ("", one.name)]
            if len(found) != 1:
                print(f"Name one network with --network: {', '.join(one.name for one in found) or 'none'}.")
                return 1
            whole = {key: int(value) if value.is_integer() else value for key, value in wanted.items()}
            policy = raise_thresholds(db, found[0].id, whole) if wanted else policy_of(db, found[0].id)
            db.commit()
    finally:
        database.engine.dispose()
    print("\n".join(f"{key}={value}" for key, value in asdict(policy).items()))
    return 0


def _say_sign_ins(db: Session) -> None:
    print("The sample network is there. Everybody in it is invented; sign in as any of them:")
    for person in people_to_show(db):
        print(f"  {person.role:14}{person.email:44}{person.name}, {person.organisation}")
    print(f"  The password of each: {DEMO_PASSWORD}")


def _say(words: str) -> None:
    print(words, flush=True)


def _factor(written: str) -> int:
    factor = int(written) if written.isdecimal() else 0
    if not 1 <= factor <= LARGEST_FACTOR:
        raise argparse.ArgumentTypeError(f"{written!r} is not a whole number from 1 to {LARGEST_FACTOR}.")
    return factor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
