"""The words that may stand in the library: perspectives, bands, kinds, reasons, states."""

from enum import StrEnum

SOURCE_LOCALE = "en"  # the language the library is written in


class Perspective(StrEnum):
    """Whose view a wording asks for."""

    STUDENT = "student"
    TEACHER_OWN = "teacher_own"
    TEACHER_PREDICTION = "teacher_prediction"
    OBSERVER = "observer"
    ADULT_SELF = "adult_self"
    MATCHED_OTHER = "matched_other"


class Band(StrEnum):
    """For whom an item version was written."""

    GRADES_3_12 = "3-12"
    K_2 = "K-2"
    ADULT = "adult"


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    TEXT = "text"
    RUBRIC = "rubric"


class MissingReason(StrEnum):
    """Why there is no answer. ``not_shown`` is recorded by the app and never offered."""

    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"
    NOT_UNDERSTOOD = "not_understood"
    NOT_SHOWN = "not_shown"


class Comparability(StrEnum):
    """How a version's numbers relate to its parent's."""

    SAME = "same"
    LINKED = "linked"
    NEW = "new"


class Status(StrEnum):
    """How far an item has come."""

    DRAFT = "draft"
    PILOTING = "piloting"
    VALIDATED = "validated"
    RETIRED = "retired"


class Tier(StrEnum):
    """Which constructs a first-time teacher is shown before the others."""

    CORE = "core"
    EXTENDED = "extended"


class WordingState(StrEnum):
    """Whether somebody who speaks the language has read the words."""

    SOURCE = "source"
    MACHINE_DRAFT = "machine_draft"
    REVIEWED = "reviewed"


class PpraClass(StrEnum):
    """The protected area an item touches, as decided by a person (20 U.S.C. 1232h(b))."""

    UNREVIEWED = "unreviewed"
    NONE = "none"
    POLITICS = "politics"
    MENTAL_HEALTH = "mental_health"
    SEX = "sex"
    ILLEGAL_BEHAVIOUR = "illegal_behaviour"
    APPRAISAL_OF_FAMILY = "appraisal_of_family"
    PRIVILEGED_RELATIONS = "privileged_relations"
    RELIGION = "religion"
    INCOME = "income"


ABOUT_OTHERS = frozenset({Perspective.TEACHER_OWN, Perspective.OBSERVER, Perspective.MATCHED_OTHER})
PAIRS = (
    (Perspective.STUDENT, Perspective.TEACHER_OWN),
    (Perspective.ADULT_SELF, Perspective.MATCHED_OTHER),
)
