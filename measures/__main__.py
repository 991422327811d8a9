"""``python -m measures [folder]``: check the library and say what is in it.

Exit status 0 when the library can be used as it is, 1 when something has to be mended.
"""

import argparse
import sys
from collections import Counter

from measures.contents import Library
from measures.lint import Finding, lint
from measures.loader import load_library
from measures.reading import LibraryError
from measures.vocabulary import SOURCE_LOCALE, WordingState


def summary(library: Library) -> str:
    """Return what the library holds, in a few lines."""
    asked = [item for item in library.items.values() if not item.is_process_check]
    checks = len(library.items) - len(asked)
    offered = sum(instrument.is_offered for instrument in library.instruments.values())
    lines = [
        f"{len(library.constructs)} constructs, {len(asked)} items, {checks} process checks, "
        f"{len(library.item_versions)} item versions, {len(library.scales)} scales",
        f"{len(library.instruments)} ready sets ({offered} offered)",
        f"Languages without holes: {', '.join(library.locales)}",
    ]
    for locale in library.locales:
        if locale != SOURCE_LOCALE:
            lines.append(f"  {locale}: {_states(library, locale)}")
    return "\n".join([*lines, f"Digest {library.digest[:12]}"])


def _states(library: Library, locale: str) -> str:
    states = Counter(
        wording.state
        for version in library.item_versions.values()
        for (_, spoken), wording in version.wordings.items()
        if spoken == locale
    )
    return ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in WordingState if states[state])


def main(arguments: list[str] | None = None) -> int:
    """Load, lint and summarise; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m measures", description="Check the measures library.")
    parser.add_argument("folder", nargs="?", help="another library folder than the one that ships")
    parser.add_argument("--accepted", action="store_true", help="also list the findings that were accepted")
    options = parser.parse_args(arguments)
    try:
        library = load_library(options.folder)
    except LibraryError as error:
        print(error, file=sys.stderr)
        return 1
    return _report(library, lint(library), show_accepted=options.accepted)


def _report(library: Library, findings: list[Finding], *, show_accepted: bool) -> int:
    kept = [finding for finding in findings if finding.accepted]
    to_mend = [finding for finding in findings if not finding.accepted]
    print(summary(library))
    print(f"{len(to_mend)} findings to mend, {len(kept)} accepted with a reason")
    for finding in kept if show_accepted else ():
        print(f"  {finding}")
    for finding in to_mend:
        print(f"  {finding}", file=sys.stderr)
    return 1 if to_mend else 0


if __name__ == "__main__":
    sys.exit(main())
