"""What each exported column means: names, codes, scores and missing values, for people and programs.

A column's name is for ever: ``SM1_v1_s`` is item SM1, version 1 of grades 3-12, the student's answer;
``SM1_k2v1_t`` the K-2 version, the teacher's own view; ``SM1_v1_s_pomp`` the same answer from 0 to 100.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from measures.definition import ItemVersion
from measures.scoring import option_scores
from measures.vocabulary import SOURCE_LOCALE, Band, MissingReason, Perspective
from measures.wording import Wording

# Negative, so that no scale can ever use them; user-missing values in SPSS and Stata.
MISSING_CODES: Mapping[MissingReason, int] = MappingProxyType(
    {
        MissingReason.SKIPPED: -1,
        MissingReason.NOT_APPLICABLE: -2,
        MissingReason.NOT_UNDERSTOOD: -3,
        MissingReason.NOT_SHOWN: -4,
    }
)
MISSING_LABELS: Mapping[MissingReason, str] = MappingProxyType(
    {
        MissingReason.SKIPPED: "Skipped",
        MissingReason.NOT_APPLICABLE: "Does not apply",
        MissingReason.NOT_UNDERSTOOD: "Did not understand the question",
        MissingReason.NOT_SHOWN: "Was not asked",
    }
)
_SUFFIXES = {
    Perspective.STUDENT: "s",
    Perspective.TEACHER_OWN: "t",
    Perspective.TEACHER_PREDICTION: "p",
    Perspective.OBSERVER: "o",
    Perspective.ADULT_SELF: "a",
    Perspective.MATCHED_OTHER: "m",
}
_BANDS = {Band.GRADES_3_12: "", Band.K_2: "k2", Band.ADULT: ""}


@dataclass(frozen=True, slots=True)
class Column:
    """One exported column: what was asked of whom, and what its values say.

    ``values`` maps each number in the file to its words, missing codes included; it is empty for text and
    for 0-100 scores.
    """

    name: str
    item_version: str
    perspective: str
    question: str
    kind: str
    scale: str
    unit: str
    is_reversed: bool = False
    values: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()


def column_name(version: ItemVersion, perspective: str) -> str:
    """Return the exported column's name for one item version and perspective.

    Examples
    --------
    >>> from measures import load_library
    >>> versions = load_library().item_versions
    >>> column_name(versions["SM1.3-12.1"], "student"), column_name(versions["SM1.K-2.1"], "teacher_own")
    ('SM1_v1_s', 'SM1_k2v1_t')
    """
    return f"{version.item}_{_BANDS[version.band]}v{version.number}_{_SUFFIXES[Perspective(perspective)]}"


def codebook(versions: Iterable[ItemVersion]) -> list[Column]:
    """Return the columns of an export of these item versions, in the order given.

    Each scored version has a column as marked and one from 0 to 100 after reversal, for every perspective it
    has words for; a prediction is asked in the student's words and has the student's values.

    Examples
    --------
    >>> from measures import load_library
    >>> columns = codebook([load_library().item_versions["SM4.3-12.1"]])
    >>> [column.name for column in columns][:2]
    ['SM4_v1_s', 'SM4_v1_s_pomp']
    >>> columns[0].values[4], columns[0].values[-3]
    ('A lot', 'Did not understand the question')
    """
    columns = []
    for version in versions:
        for perspective in _asked(version):
            columns.append(_marked(version, perspective))
            if version.is_scored:
                columns.append(_percent(version, perspective))
    return columns


def _asked(version: ItemVersion) -> list[Perspective]:
    asked = [Perspective(name) for name in version.perspectives]
    if version.asks(Perspective.STUDENT) and version.is_scored:
        asked.append(Perspective.TEACHER_PREDICTION)
    return asked


def _wording(version: ItemVersion, perspective: Perspective) -> Wording:
    shown = Perspective.STUDENT if perspective is Perspective.TEACHER_PREDICTION else perspective
    return version.wordings[shown, SOURCE_LOCALE]


def _marked(version: ItemVersion, perspective: Perspective) -> Column:
    wording = _wording(version, perspective)
    missing = {MISSING_CODES[reason]: words for reason, words in MISSING_LABELS.items()}
    if wording.not_applicable_label:
        missing[MISSING_CODES[MissingReason.NOT_APPLICABLE]] = wording.not_applicable_label
    steps = {option.score: wording.option_labels[option.code] for option in version.scale.options}
    return Column(
        name=column_name(version, perspective),
        item_version=version.key,
        perspective=perspective,
        question=wording.text,
        kind=version.kind,
        scale=version.scale.reference,
        unit=f"step {version.scale.lowest} to {version.scale.highest}, as marked" if steps else "text",
        is_reversed=version.reverse,
        values=MappingProxyType(steps | missing if steps else {}),
        missing=tuple(missing) if steps else (),
    )


def _percent(version: ItemVersion, perspective: Perspective) -> Column:
    steps = ", ".join(f"{one.raw} is {one.pomp:.4g}" for one in option_scores(version))
    return Column(
        name=f"{column_name(version, perspective)}_pomp",
        item_version=version.key,
        perspective=perspective,
        question=_wording(version, perspective).text,
        kind=version.kind,
        scale=version.scale.reference,
        unit=f"0 to 100 after reversal, empty when missing ({steps})",
        is_reversed=version.reverse,
    )
