"""Change the secret key: ``python -m survey_app.keys new``, and later ``... sign-again``.

The new key goes first; the old one stays in FOCAL_OLD_SECRET_KEYS while something that it signed is still
about: pages open in browsers (a day), backups (35 days), the list of erasures (until it is signed again).
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys

from config import Config, ConfigError
from survey_app.backup.archive import key_id
from survey_app.erasure import journal


def main(arguments: list[str]) -> int:
    """Do one step of a change of keys; return 0 when all went well."""
    parser = argparse.ArgumentParser(prog="survey_app.keys", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("new", help="print a new random key")
    steps.add_parser("sign-again", help="sign the list of erasures with the present key")
    steps.add_parser("show", help="print what the keys in use are recognised by")
    step = parser.parse_args(arguments).step
    try:
        if step == "new":
            print(secrets.token_urlsafe(48))
            return 0
        config = Config.from_env(os.environ)
        if step == "show":
            for place, key in enumerate(config.secret_keys):
                print(f"{key_id(key)}  {'replaced' if place else 'signs'}")
            return 0
        count = journal.sign_again(config.instance, *config.secret_keys)
        print(f"{count} lines of {journal.FILE} are signed with the key {key_id(config.secret_key)}.")
    except (ConfigError, journal.JournalBroken) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
