"""The privacy of students on one page, for somebody who has one minute."""

from __future__ import annotations

from survey_app.backup.keeping import KEPT
from survey_app.erasure.retention import ARCHIVE_KEPT, CLASS_LIVES, in_words
from survey_app.papers.data_schedule import SCHEDULE


def privacy_page() -> str:
    """Return the page as Markdown."""
    not_collected = [what for _category, what, found, _word in SCHEDULE if not found]
    return f"""# Student privacy on one page

**What Focal is.** At the end of a lesson a few students answer two to eight short questions about that lesson. Their
teacher answers the same questions, predicts, and only then looks. It is for improvement, not for evaluation.

**What is collected from a student.** Answers, under a letter on a card or under nothing at all. No name, no email, no
account, no cookie, no address, no exact time. Of the {len(SCHEDULE)} elements in the schedule of a student-data
agreement, {len(not_collected)} are not collected (data-schedule.md says which).

**Who sees it.** *With a card of her own (coded):* the teacher sees which answers are whose; the page says so to the
student before she begins. *Without (pooled):* the teacher sees counts from five students on, and nothing below. A
colleague sees what a teacher hands on to her by name, answers one by one only where the students were told. A
regional lead sees numbers that passed a release policy. Researchers see such numbers, too; answers one by one, without
the letter, only of lessons whose students were told, under an agreement, once a second person has approved. An
administrator sees no answers. No page compares teachers.

**A choice.** Taking part is one; each question may be skipped. The teacher prints a letter to families with the exact
questions (English and Spanish), and records by code who does not take part.

**How long.** A class is archived {in_words(CLASS_LIVES)} after it was made at the latest, and erased
{in_words(ARCHIVE_KEPT)} after it was archived. A teacher erases one student, or a class, at any time, in a minute; a
signed list erases it again should an old backup come back. Backups are deleted after {KEPT.days} days.

**Never.** No advertising, no sale, no tracking, no outside host on any page, no use to judge teachers or students.

**What is honest to add.** A teacher knows her students: a letter hides nothing from her. Answers without a card cannot
be traced, and so not erased one by one. Staff sign in with a password alone so far. Focal encrypts nothing on the disk
itself: the disk must be encrypted where it runs. Nobody outside has audited it yet.

More: threat-model.md, data-map.md, retention.md, data-schedule.md, asvs.md, accessibility.md.
"""
