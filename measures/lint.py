"""Beyond validity: what a good editor would say about the words of a library that loads.

A finding that the authors have weighed and kept is recorded beside the item, with the reason, under
``accepted``; it is then listed as accepted and no longer fails the check.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from measures.contents import Library
from measures.definition import Construct, Item, ItemVersion
from measures.readability import flesch_kincaid, words_of
from measures.vocabulary import SOURCE_LOCALE, Perspective
from measures.wording import Wording

MOST_WORDS_STUDENT, MOST_WORDS_ADULT = 15, 20
HIGHEST_GRADE_LEVEL = 5.0
OPEN_LICENCES = ("CC BY 4.0", "CC BY-SA 4.0", "CC0 1.0")
SHORTEST_SOURCE = 8  # characters; "own" or "n/a" is no source

_JOINED = re.compile(r"\b(?:and|or|and/or|but|while)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|nothing|without|\w+n['’]t)\b", re.IGNORECASE)
_AGREEMENT = re.compile(r"\b(?:strongly|(?:dis)?agree (?:with|that)|do you (?:dis)?agree)\b", re.IGNORECASE)
_AGREE_LABEL = re.compile(r"\b(?:dis)?agree\b", re.IGNORECASE)
# The eight protected areas of the Protection of Pupil Rights Amendment, 20 U.S.C. 1232h(b), by their words.
_PROTECTED = {
    "politics": "politic|vote|voting|election|republican|democrat|president|government",
    "mental or psychological problems": "worried|worry|anxi|depress|sad|lonely|afraid|scared|therap|mental",
    "sex": "sex|gay|lesbian|transgender|dating|boyfriend|girlfriend|pregnan",
    "illegal, anti-social or self-incriminating behavior": (
        "drug|alcohol|drunk|smok|vap(?:e|ing)|weapon|gun|steal|stole|arrest|gang|cheat|bully|bullied"
    ),
    "appraisal of family": "famil(?:y|ies)|mother|father|mom|dad|parent|sister|brother|grandm|grandp",
    "privileged relations": "lawyer|doctor|priest|minister|nurse|counsel",
    "religion": "religio|church|mosque|temple|pray|god|faith|bible",
    "income": "income|money|rich|poor|afford|free lunch|salary|rent",
}
_PROTECTED_WORDS = {
    area: re.compile(rf"\b(?:{words})\w*", re.IGNORECASE) for area, words in _PROTECTED.items()
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One remark: where, by which rule, and what; ``accepted`` holds the authors' reason to keep it."""

    where: str
    rule: str
    message: str
    accepted: str = ""

    def __str__(self) -> str:
        kept = f" [kept: {self.accepted}]" if self.accepted else ""
        return f"{self.where} {self.rule}: {self.message}{kept}"


def lint(library: Library) -> list[Finding]:
    """Return every finding of every rule, accepted ones included, sorted by place.

    Examples
    --------
    >>> from measures import load_library
    >>> [finding for finding in lint(load_library()) if not finding.accepted]
    []
    """
    findings = [finding for item in library.items.values() for finding in lint_item(item)]
    for construct in library.constructs.values():
        findings += _construct_findings(construct)
    for instrument in library.instruments.values():
        findings += _origin_findings(instrument.key, instrument.source, instrument.licence)
    for locale in dict.fromkeys((*library.translation_locales, *library.chrome)):
        for hole in library.holes(locale):
            findings.append(Finding(locale, "translation_hole", f"not translated: {hole}."))
    return sorted(set(findings))


def lint_item(item: Item) -> list[Finding]:
    """Return the findings of one item, each with the authors' reason where they accepted the rule."""
    found = [
        Finding(version.key, rule, message, item.accepted.get(rule, ""))
        for version in item.versions
        for rule, message in _version_findings(version)
    ]
    found += _origin_findings(item.key, item.source, item.licence)
    raised = {finding.rule for finding in found}
    found += [
        Finding(item.key, "stale_acceptance", f"nothing raises {rule!r} any more; delete the line.")
        for rule in item.accepted
        if rule not in raised
    ]
    return found


def lint_words(text: str, *, for_students: bool = True) -> list[tuple[str, str]]:
    """Return (rule, message) for one question in English; the app uses it on a teacher's own words.

    Examples
    --------
    >>> [rule for rule, _ in lint_words("Do you agree that math and science are not hard?")]
    ['double_barrelled', 'negation', 'agree_disagree']
    """
    rules: tuple[Callable[[str], Iterator[tuple[str, str]]], ...]
    rules = (_double_barrelled, _negation, _agree_disagree)
    if for_students:
        rules = (_reading_level, *rules, _protected_topic)
    found = list(_length(text, MOST_WORDS_STUDENT if for_students else MOST_WORDS_ADULT))
    return found + [finding for rule in rules for finding in rule(text)]


def _version_findings(version: ItemVersion) -> Iterator[tuple[str, str]]:
    for (perspective, locale), wording in version.wordings.items():
        if locale != SOURCE_LOCALE:
            continue
        yield from _label_findings(wording)
        if perspective in {Perspective.STUDENT, Perspective.ADULT_SELF}:
            yield from lint_words(wording.text, for_students=perspective == Perspective.STUDENT)
        else:  # the other side follows the first side's words, so only its length is its own
            yield from _length(wording.text, MOST_WORDS_ADULT)


def _length(text: str, most: int) -> Iterator[tuple[str, str]]:
    count = len(words_of(text))
    if count > most:
        yield "length", f"{count} words; at most {most}: {text!r}."


def _reading_level(text: str) -> Iterator[tuple[str, str]]:
    grade = flesch_kincaid(text)
    if grade >= HIGHEST_GRADE_LEVEL:
        yield "reading_level", f"Flesch-Kincaid grade {grade:.1f}, meant to stay below 5: {text!r}."


def _double_barrelled(text: str) -> Iterator[tuple[str, str]]:
    found = _JOINED.search(text)
    if found:
        yield "double_barrelled", f"{found[0]!r} may join two questions: {text!r}."


def _negation(text: str) -> Iterator[tuple[str, str]]:
    found = _NEGATED.search(text)
    if found:
        yield "negation", f"{found[0]!r} is easy to overlook: {text!r}."


def _agree_disagree(text: str) -> Iterator[tuple[str, str]]:
    if _AGREEMENT.search(text):
        yield "agree_disagree", f"asks for agreement instead of the thing itself: {text!r}."


def _label_findings(wording: Wording) -> Iterator[tuple[str, str]]:
    agreeing = [label for label in wording.option_labels.values() if _AGREE_LABEL.search(label)]
    if agreeing:
        yield "agree_disagree", f"the answers are steps of agreement: {', '.join(agreeing)}."


def _protected_topic(text: str) -> Iterator[tuple[str, str]]:
    for area, words in _PROTECTED_WORDS.items():
        found = words.search(text)
        if found:
            yield "protected_topic", f"{found[0]!r} may touch {area} (PPRA): {text!r}."


def _origin_findings(where: str, source: str, licence: str) -> list[Finding]:
    found = []
    if licence not in OPEN_LICENCES:
        allowed = ", ".join(OPEN_LICENCES)
        found.append(Finding(where, "licence", f"{licence!r} is not one of {allowed}."))
    if len(source) < SHORTEST_SOURCE:
        found.append(Finding(where, "source", f"{source!r} does not say where the idea comes from."))
    return found


def _construct_findings(construct: Construct) -> list[Finding]:
    return _origin_findings(construct.key, construct.source, construct.licence)
