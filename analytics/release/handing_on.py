"""What one teacher may hand on of one class: three bands from five students on, and nothing more exact."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.release.cells import build_cells
from analytics.release.contributions import check_contributions
from analytics.release.entries import Decision, still_standing
from analytics.release.figures import BANDS, HIGH_BAND, LOW_BAND, words
from analytics.release.ledger import Ledger
from analytics.release.making import Release, checked_label, publish
from analytics.release.policy import Policy
from analytics.release.remainders import withhold_shifted
from analytics.release.statements import state

_TABLE = (("administration",),)


@dataclass(frozen=True)
class Band:
    """The share of favourable answers to one question, as a range in per cent.

    Parameters
    ----------
    students : int
        How many students answered the question.
    low, high : int
        Ends of the range: (0, 20), (20, 80) or (80, 100).
    """

    students: int
    low: int
    high: int

    @property
    def says(self) -> str:
        """The range in words."""
        return words(self.low, self.high)


def band_to_hand_on(favourable: int, answered: int, policy: Policy | None = None) -> Band | None:
    r"""Return the band in which a share of favourable answers lies, or none for too few students.

    Parameters
    ----------
    favourable, answered : int
        Students who picked a favourable answer, and students who answered, to one question of one
        administration. A missing answer counts in neither.
    policy : Policy, optional
        Thresholds, where a network has raised them.

    Returns
    -------
    Band or None
        None when fewer than ``policy.smallest_group`` students answered.

    Raises
    ------
    ValueError
        If the counts are no counts: negative, or more favourable than answered.

    Notes
    -----
    With :math:`f` of :math:`n`: "20 % or less" when :math:`100 f \le 20 n`, "80 % or more" when
    :math:`100 f \ge 80 n`, otherwise between; in whole-number arithmetic. The rule of three teachers does not
    hold here, since a teacher hands on her own class; so bands stand however many students there are. From
    five students on each band leaves at least two counts open, so that none of them says that all agree.
    The source is the release policy of this project: its rules on the smallest group and on bands.

    Examples
    --------
    >>> [band_to_hand_on(f, 5).says for f in (0, 1, 2, 4, 5)]
    ['20 % or less', '20 % or less', 'between 20 and 80 %', '80 % or more', '80 % or more']
    >>> band_to_hand_on(4, 4) is None
    True
    """
    if not 0 <= favourable <= answered:
        raise ValueError(f"{favourable} favourable of {answered} answers: expected 0 to {answered}.")
    if answered < (policy or Policy()).smallest_group:
        return None
    if 100 * favourable <= LOW_BAND * answered:
        return Band(answered, 0, LOW_BAND)
    if 100 * favourable >= HIGH_BAND * answered:
        return Band(answered, HIGH_BAND, 100)
    return Band(answered, LOW_BAND, HIGH_BAND)


def _of_one_class(policy: Policy) -> Policy:
    """Return the thresholds with which the answers of one class stand: nobody's are joined with another's."""
    return replace(policy, joined_from=policy.smallest_group)


def hand_on(
    contributions: pd.DataFrame,
    items: pd.DataFrame,
    *,
    label: str,
    policy: Policy | None = None,
    ledger: Ledger | None = None,
) -> Release:
    """Return the pictures of a teacher's own cycles as bands, for people she names and for her poster.

    Parameters
    ----------
    contributions : DataFrame
        :data:`~analytics.release.CONTRIBUTIONS` of her administrations, from their latest snapshots; no
        grouping is needed.
    items : DataFrame
        ITEMS of :mod:`analytics.frames`.
    label : str
        A name for this hand-on, new in the ledger.
    policy : Policy, optional
        Thresholds, where a network has raised them.
    ledger : Ledger, optional
        What she handed on before, kept apart from the ledger of releases. A snapshot that differs from an
        earlier one by fewer students than the smallest group is not shown: one late answer that moves a band
        is an answer told. What was shown then stands.

    Returns
    -------
    Release
        A row for each administration, item and mode. Under 5 students nothing, from 5 on three bands.

    Raises
    ------
    FrameError, LedgerError
        As :func:`~analytics.release.make_release`.

    Examples
    --------
    >>> six = pd.DataFrame({"teacher": "t", "classroom": "c", "administration": "a", "item": "SM1",
    ...                     "student": list("ABCDEF"), "mode": "coded", "value": [1, 1, 2, 2, 1, 2]})
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> first = hand_on(six[:5], items, label="first snapshot")
    >>> first.cells[["n", "says"]].values.tolist()
    [[5, '20 % or less']]
    >>> hand_on(six, items, label="one more", ledger=first.ledger).cells[["n", "as_of"]].values.tolist()
    [[5, 'first snapshot']]
    >>> hand_on(six[:4], items, label="four").cells[["status", "n", "says"]].values.tolist()
    [['withheld', <NA>, None]]
    """
    thresholds, earlier = _of_one_class(policy or Policy()), checked_label(label, ledger)
    rows = check_contributions(contributions, items)
    cells = build_cells(rows, _TABLE, thresholds)
    statements = state(rows, cells, _TABLE, earlier, thresholds)
    detail = np.zeros(len(statements), dtype=np.int64)
    detail[: len(cells)] = np.where(cells.who.students >= thresholds.smallest_group, BANDS, 0)
    passes = detail[: len(cells)] > 0
    withhold_shifted(statements, detail, thresholds)
    shows = detail[: len(cells)]
    kept = still_standing(rows, statements, _TABLE, shows, passes, thresholds)
    return publish(Decision(rows, cells, statements, shows, kept, rounds=0), _TABLE, label, thresholds)
