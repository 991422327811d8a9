"""From option codes to numbers: scores, reversed items, POMP, favourable, construct scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measures.definition import ItemVersion
from measures.wording import Scale

FAVOURABLE_FROM = 66  # on the 0-100 scale; the top two of four steps
FEWEST_ANSWERED = 2


@dataclass(frozen=True, slots=True)
class OptionScore:
    """One option of one item version in numbers: as marked, after reversal, and as a percent of the scale."""

    code: str
    raw: int
    keyed: int
    pomp: float
    is_favourable: bool


@dataclass(frozen=True, slots=True)
class ConstructScore:
    """One student's score on one construct, 0 to 100; ``score`` is None when too little was answered."""

    score: float | None
    answered: int
    asked: int


def pomp(score: float, lowest: float, highest: float) -> float:
    """Return a score as the percent of the maximum possible.

    ``100 * (x - min) / (max - min)``, where min and max are the ends of the *scale*, not of the data.

    Parameters
    ----------
    score : float
        A score on the scale, after reversal.
    lowest, highest : float
        The smallest and the largest score the scale allows.

    Returns
    -------
    float
        0 to 100.

    Raises
    ------
    ValueError
        If the scale has no length, or the score lies outside it.

    Notes
    -----
    Source: Cohen, Cohen, Aiken and West (1999), The problem of units and the circumstance for POMP,
    Multivariate Behavioral Research 34, 315-346.

    Examples
    --------
    >>> pomp(3, 1, 5), round(pomp(3, 1, 4), 2)
    (50.0, 66.67)
    """
    if not lowest < highest:
        raise ValueError(f"A scale from {lowest} to {highest} has no length.")
    if not lowest <= score <= highest:
        raise ValueError(f"The score {score} lies outside the scale from {lowest} to {highest}.")
    return 100 * (score - lowest) / (highest - lowest)


def is_favourable(percent: float) -> bool:
    """Return whether a 0-100 score, after reversal, counts as favourable (66 or more).

    >>> is_favourable(pomp(3, 1, 4)), is_favourable(pomp(2, 1, 4))
    (True, False)
    """
    return percent >= FAVOURABLE_FROM


def raw_score(scale: Scale, code: str) -> int:
    """Return the number printed beside an option.

    Raises
    ------
    KeyError
        If the scale has no such option; the message lists those it has.
    """
    return scale.option(code).score


def keyed_score(version: ItemVersion, code: str) -> int:
    """Return an option's score with reverse-keyed items flipped: ``min + max - x``.

    Examples
    --------
    >>> from measures import load_library
    >>> versions = load_library().item_versions
    >>> keyed_score(versions["SM1.3-12.1"], "a_lot"), keyed_score(versions["SM4.3-12.1"], "a_lot")
    (4, 1)
    """
    raw = raw_score(version.scale, code)
    return version.scale.lowest + version.scale.highest - raw if version.reverse else raw


def option_scores(version: ItemVersion) -> tuple[OptionScore, ...]:
    """Return every option of an item version in numbers; an open question has none.

    The app stores this table beside a published version, so that results never have to ask again.

    Examples
    --------
    >>> from measures import load_library
    >>> cups = load_library().item_versions["SM1.K-2.1"]
    >>> [(one.code, one.pomp, one.is_favourable) for one in option_scores(cups)]
    [('cup_empty', 0.0, False), ('cup_half', 50.0, False), ('cup_full', 100.0, True)]
    """
    table = []
    for option in version.scale.options:
        keyed = keyed_score(version, option.code)
        percent = pomp(keyed, version.scale.lowest, version.scale.highest)
        table.append(OptionScore(option.code, option.score, keyed, percent, is_favourable(percent)))
    return tuple(table)


def construct_score(asked: Sequence[ItemVersion], answers: Mapping[str, str | None]) -> ConstructScore:
    """Return one student's score on a construct: the mean of the 0-100 scores of the answered items.

    Parameters
    ----------
    asked : sequence of ItemVersion
        The item versions of *one* construct that this survey asked, open ones included or not.
    answers : mapping of str to str or None
        Option code by item version key; None, or no entry, means missing for whatever reason.

    Returns
    -------
    ConstructScore
        With ``score`` None unless half of the scored items asked, and at least two, were answered.

    Raises
    ------
    ValueError
        If an item is asked twice, or an answer belongs to no item that was asked.
    KeyError
        If an answer is not an option of its scale.

    Notes
    -----
    Half of the items as in Fairclough and Cella (1996), FACT-G: non-response to individual questions,
    Quality of Life Research 5, 321-329; two, because one answer is an item and not a construct.

    Examples
    --------
    >>> from measures import load_library
    >>> versions = load_library().item_versions
    >>> sm = [versions[key] for key in ("SM1.3-12.1", "SM2.3-12.1", "SM3.3-12.1", "SM4.3-12.1")]
    >>> construct_score(sm, {"SM1.3-12.1": "a_lot", "SM4.3-12.1": "a_lot"})
    ConstructScore(score=50.0, answered=2, asked=4)
    >>> construct_score(sm, {"SM1.3-12.1": "a_lot"}).score is None
    True
    """
    scored = {version.key: version for version in asked if version.is_scored}
    _check_asked(asked, answers)
    percents = [
        pomp(keyed_score(scored[key], code), scored[key].scale.lowest, scored[key].scale.highest)
        for key, code in answers.items()
        if code is not None and key in scored
    ]
    enough = len(percents) >= FEWEST_ANSWERED and 2 * len(percents) >= len(scored)
    return ConstructScore(sum(percents) / len(percents) if enough else None, len(percents), len(scored))


def _check_asked(asked: Sequence[ItemVersion], answers: Mapping[str, str | None]) -> None:
    items = [version.item for version in asked]
    twice = sorted({item for item in items if items.count(item) > 1})
    if twice:
        raise ValueError(f"Asked twice: {', '.join(twice)}.")
    strangers = sorted(set(answers) - {version.key for version in asked})
    if strangers:
        raise ValueError(f"Answers to items that were not asked: {', '.join(strangers)}.")
