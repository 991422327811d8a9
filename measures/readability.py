"""How hard English words are to read, roughly: syllables and the Flesch-Kincaid grade."""

import re

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+")
_SENTENCE_END = re.compile(r"[.!?]+")
_VOWEL_GROUP = re.compile(r"[aeiouy]+")
# Two vowels that are said one after the other, so that their group counts twice.
_SPLIT_VOWELS = re.compile(r"(?<![cstg])i[ao](?!u)|(?<=d)eas?$|(?<=sc)ie|(?<=cl)ie|ying")
_SILENT = re.compile(
    r"(?<=som)e(?=[a-z])|(?:(?<![aeiouyl])e|(?<=[aeiouy]l)e|(?<![aeiouytd])ed|(?<![aeiouycsxzgh])es)$"
)


def words_of(text: str) -> list[str]:
    """Return the words of a text; placeholders count as one word each.

    >>> words_of("How sure are you?")
    ['How', 'sure', 'are', 'you']
    """
    return _WORD.findall(text.replace("{", "").replace("}", ""))


def syllables(word: str) -> int:
    """Return the number of syllables of one English word, by its spelling; a rough count.

    Examples
    --------
    >>> [syllables(word) for word in ("why", "idea", "science", "made", "little", "wanted")]
    [1, 3, 2, 1, 2, 2]
    """
    letters = word.lower().replace("’", "'").split("'")[0]
    spoken = _SILENT.sub("", letters) if len(letters) > 2 else letters
    groups = len(_VOWEL_GROUP.findall(spoken))
    return max(1, groups + len(_SPLIT_VOWELS.findall(spoken)))


def flesch_kincaid(text: str) -> float:
    """Return the Flesch-Kincaid grade of an English text, never below 0.

    ``0.39 * words / sentences + 11.8 * syllables / words - 15.59``. On one short question the number is
    rough: a single long word moves it by a grade or more.

    Parameters
    ----------
    text : str
        At least one word.

    Raises
    ------
    ValueError
        If the text has no words.

    Notes
    -----
    Source: Kincaid, Fishburne, Rogers and Chissom (1975), Derivation of new readability formulas for Navy
    enlisted personnel, Research Branch Report 8-75.

    Examples
    --------
    >>> round(flesch_kincaid("How much did you copy steps and not know why?"), 1)
    1.3
    """
    words = words_of(text)
    if not words:
        raise ValueError("A text without words has no reading level.")
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    spoken = sum(syllables(word) for word in words)
    return max(0.0, 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59)
