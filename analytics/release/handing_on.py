"""What one teacher may hand on of one class: three bands from five students on, and nothing more exact."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.release.figures import HIGH_BAND, LOW_BAND, words
from analytics.release.policy import Policy


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
