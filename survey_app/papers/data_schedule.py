"""A schedule of data to put into a student-data agreement, with the categories of the NDPA's Exhibit B.

What is collected names the columns in which it stands; a test holds that each of them exists.
"""

from __future__ import annotations

from survey_app.accounts.service import SESSION_LASTS, SESSION_LASTS_AT_MOST
from survey_app.backup.keeping import KEPT
from survey_app.erasure.retention import KINDS

NONE: tuple[str, ...] = ()
# Category of Exhibit B, what of it, the columns it stands in (none: not collected), and a word about it.
SCHEDULE: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Application technology metadata", "IP addresses, use of cookies", NONE,
     "Students: no cookie, no address kept. Staff: one sign-in cookie; the log holds a shortened address"),
    ("Application use statistics", "How the application is used", NONE, "Counts by page for operation, of nobody"),
    ("Assessment", "Standardised tests, other assessments", NONE, ""),
    ("Assessment", "Observation data", ("cycle_focals.strength", "cycle_focals.wonder", "cycle_focals.noticing"),
     "What a teacher noticed about a focal student, under a code"),
    ("Attendance", "Class attendance", ("cycle_focals.was_absent", "cycles.absences"),
     "That a focal student was away in a lesson, under a code"),
    ("Communications", "Online communications", NONE, "Students write to nobody"),
    ("Conduct", "Conduct or behaviour", NONE, ""),
    ("Demographics", "Date or place of birth, gender, ethnicity, race", NONE, ""),
    ("Demographics", "Language", ("cards.locale", "responses.locale"),
     "The language of a card, and for students with a code the language they answered in"),
    ("Enrollment", "Grade level", ("classrooms.grade",), "Of the class, not of a student"),
    ("Enrollment", "School enrollment, homeroom, programs, graduation", NONE, ""),
    ("Parent or guardian", "Name, id, address, email, phone", NONE, ""),
    ("Parent or guardian", "Whether a family was told, said yes or said no", ("consents.kind",), "By code, never by name"),
    ("Schedule", "Courses", ("classrooms.subject", "classrooms.nickname"), "A nickname of the class"),
    ("Schedule", "Teacher names", ("people.display_name",), "And the work address, for signing in"),
    ("Special indicator", "Language learner, income, health, disability, living situation", NONE, ""),
    ("Student contact", "Address, email, phone", NONE, ""),
    ("Student identifiers", "Local or state id, username, password", NONE, ""),
    ("Student identifiers", "Id assigned by the provider", ("focal_codes.label", "cards.token_hash"),
     "A letter, and a card that opens the form, stored under a key. Who it is stands on the teacher's paper"),
    ("Student name", "First or last", NONE, "Staff fields warn at what looks like one"),
    ("Student in-app performance", "Performance in the application", NONE, ""),
    ("Student program membership", "Activities", NONE, ""),
    ("Student survey responses", "Answers to surveys", ("answers.value", "answers.words", "answers.missing"),
     "Two to eight questions about a lesson; each may be skipped"),
    ("Student work", "Writing, pictures", NONE, "An open question is a survey response"),
    ("Transcript", "Grades, courses", NONE, ""),
    ("Transportation", "Bus, pick-up", NONE, ""),
    ("Other", "What adults wrote about teaching",
     ("cycles.reason", "cycles.change_next", "own_ratings.value", "predictions.option"),
     "The teacher's view, her prediction and her decision"),
)  # fmt: skip
CALIFORNIA: tuple[tuple[str, str, str], ...] = (
    ("49073.1(b)(1)", "Records stay the district's",
     "Runs on the district's own server or one it has a contract for; exports and backups are whole at any time"),
    ("49073.1(b)(2)", "Students keep what they made",
     "A student's answers by code can be taken along (class page, student, *What is held*); no student has an account"),
    ("49073.1(b)(3)", "No other use",
     "No outside host, no tracker; what leaves the teacher's view goes through the release policy, or is a data"
     " package under an agreement that a second person approved and the students were told of"),
    ("49073.1(b)(4)", "Review and correction by families",
     "By code, through the teacher: *What is held* and *Erase*. Answers without a code cannot be traced"),
    ("49073.1(b)(5)", "Security and confidentiality",
     "docs/trust/threat-model.md and asvs.md. **To be filled in: who is responsible, and how they are trained**"),
    ("49073.1(b)(6)", "Telling of an unauthorised disclosure",
     "The record of acts shows exports and refused attempts. **To be filled in: who tells whom, and in how many days**"),
    ("49073.1(b)(7)", "Nothing kept after the end",
     "Retention below; a class or a student is erased on demand, erased again after a restore, and leaves backups"
     f" within {KEPT.days} days. **To be filled in: the certificate at the end**"),
    ("49073.1(b)(8)", "Joint compliance with FERPA", "**To be filled in by both parties**"),
    ("49073.1(b)(9)", "No targeted advertising", "There is no advertising"),
    ("51513", "Beliefs and practices in sex, family life, morality, religion",
     "The library holds questions about lessons; lint names protected topics, and a reviewer sets the area of each"
     " question. One that touches a protected area opens only when the families of everybody asked have said yes."
     " **To be filled in: whether that record is the written permission which the section asks for**"),
)  # fmt: skip


def columns() -> set[str]:
    """Return every column that the schedule names."""
    return {column for _category, _what, found, _word in SCHEDULE for column in found}


def schedule_page() -> str:
    """Return the schedule as Markdown."""
    lines = [
        "# Schedule of data for a student-data agreement",
        "",
        "Prefilled for the National Data Privacy Agreement, Exhibit B, and for California Education Code 49073.1 and"
        " 51513. Written by `python -m survey_app.papers`; a test holds every column that is named against the"
        " schema. It is a help for whoever fills in the agreement, and no legal advice.",
        "",
        "| category | element | collected | where, and what is to be known |",
        "|---|---|---|---|",
    ]
    for category, what, found, word in SCHEDULE:
        where = ". ".join(part for part in (", ".join(f"`{one}`" for one in found), word) if part)
        lines.append(f"| {category} | {what} | {'**yes**' if found else 'no'} | {where} |")
    lines += ["", "## California Education Code", "", "| section | asks for | in Focal |", "|---|---|---|"]
    lines += [f"| {section} | {asks} | {answer} |" for section, asks, answer in CALIFORNIA]
    lines += ["", "## How long", "", *retention_lines()]
    hours, days = SESSION_LASTS.total_seconds() / 3600, SESSION_LASTS_AT_MOST.days
    lines += [
        "",
        f"Sessions of staff end after {hours:.0f} hours without use, and after {days} days in any case.",
    ]
    return "\n".join(lines) + "\n"


def retention_lines() -> list[str]:
    """Return the table of what is kept, and how long, from what the nightly job goes by."""
    lines = ["| what | holds | how long |", "|---|---|---|"]
    lines += [f"| {kind.what} | {kind.holds} | {kind.how_long} |" for kind in KINDS]
    lines.append(f"| Backups | all of the above, as it was | {KEPT.days} days after they were made |")
    return lines


def retention_page() -> str:
    """Return the notice of retention as Markdown."""
    return "\n".join(
        [
            "# What is kept, and for how long",
            "",
            "Written by `python -m survey_app.papers` from the table that the nightly job and the page `/privacy`"
            " read. The job runs where a timer runs it (docs/operating.md).",
            "",
            *retention_lines(),
            "",
            "Never kept: a student's name, email, birth date, address on the internet, device, or the exact time of"
            " an answer.",
            "",
        ]
    )
