"""Two tables of a standard's requirements: what is true of each, how it was checked, and by which tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# Whole chapters of ASVS 5.0 about things that Focal does not have, and how many of their requirements are of
# level 1 or 2.
CHAPTERS_WITHOUT = {"V10 OAuth and OIDC": 29, "V17 WebRTC": 7}

ASVS_HEAD = """# OWASP ASVS 5.0, levels 1 and 2

Written by `python -m survey_app.papers` from `survey_app/papers/asvs.txt`; a test holds that every named test
exists. The words are ours and short: read the standard for the requirement. *Yes* stands only where a test shows it;
*partly* and *no* say what is missing. Nobody outside has verified this.
"""
WCAG_HEAD = """# Accessibility conformance report (WCAG 2.2, levels A and AA)

After the form of a VPAT. Written by `python -m survey_app.papers` from `survey_app/papers/wcag.txt`; a test holds
that every named test exists.

**How it was checked.** axe runs in a real Chromium on most pages at 390 px and at desktop width; a lint holds every
page that any test opens against rules (title, language, one h1, labels, tables beside charts); the student's page and
the teacher's loop are walked by keyboard, and the student's page without JavaScript. **Not yet checked with a screen
reader, nor by people with disabilities.** Until that is done, read *supports* as "no fault was found this way".
"""


@dataclass(frozen=True)
class Requirement:
    """One line of a table."""

    key: str
    about: str
    level: str
    verdict: str
    note: str
    tests: tuple[str, ...]


def asvs() -> list[Requirement]:
    """Return the requirements of ASVS, but for the chapters about what Focal does not have."""
    return [
        Requirement(key, about, "", verdict, note, _names(tests))
        for key, about, verdict, note, tests in _lines("asvs.txt")
    ]


def wcag() -> list[Requirement]:
    """Return the success criteria of WCAG 2.2, levels A and AA."""
    return [
        Requirement(key, about, level, verdict, note, _names(tests))
        for key, about, level, verdict, note, tests in _lines("wcag.txt")
    ]


def asvs_page() -> str:
    """Return the table as Markdown."""
    rows = asvs()
    counts = Counter(row.verdict for row in rows)
    counts["n/a"] += sum(CHAPTERS_WITHOUT.values())
    lines = [ASVS_HEAD, _sum(counts), "", "| id | about | verdict | how, or what is missing | tests |"]
    lines += ["|---|---|---|---|---|"]
    lines += [f"| {r.key} | {r.about} | {r.verdict} | {r.note} | {_tests(r)} |" for r in rows]
    lines += [f"| {name} | all {n} | n/a | Focal has none | |" for name, n in CHAPTERS_WITHOUT.items()]
    return "\n".join(lines) + "\n"


def wcag_page() -> str:
    """Return the report as Markdown."""
    rows = wcag()
    counts = Counter(row.verdict for row in rows)
    lines = [WCAG_HEAD, _sum(counts), "", "| criterion | level | verdict | how it was checked | tests |"]
    lines += ["|---|---|---|---|---|"]
    lines += [f"| {r.key} {r.about} | {r.level} | {r.verdict} | {r.note} | {_tests(r)} |" for r in rows]
    return "\n".join(lines) + "\n"


def _sum(counts: Counter[str]) -> str:
    return ", ".join(f"{verdict}: {count}" for verdict, count in counts.most_common()) + "."


def _tests(row: Requirement) -> str:
    return ", ".join(f"`{name}`" for name in row.tests)


def _names(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",") if name.strip())


def _lines(file: str) -> list[list[str]]:
    text = (FOLDER / file).read_text(encoding="utf-8")
    return [line.split("|") for line in text.splitlines() if line]
