"""The sheet: the exact words of a survey in every language, frozen at opening.

Students' pages, the teacher's rating and prediction, and every picture read the words from here, so that a
chart of cycle 1 quotes cycle 1's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from measures import fill, placeholders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import measures
    from survey_app.catalogue.queries import Question

SHEET_PERSPECTIVES = ("student", "teacher_own")


def make_sheet(
    questions: Sequence[Question], fills: Mapping[str, str], library: measures.Library
) -> dict[str, Any]:
    """Return the frozen words of these questions, in every language that has them all.

    Parameters
    ----------
    questions : sequence of Question
        In the order asked.
    fills : mapping
        ``lesson``, ``math``, ``science`` and ``goal`` as the teacher wrote them; each may be missing.
    library : measures.Library
        For the line above the questions, in each language.
    """
    locales = [name for name in library.locales if all(q.is_complete_in(name) for q in questions)]
    return {
        "items": [_item(question) for question in questions],
        "words": {locale: _words(questions, locale, fills, library) for locale in locales},
    }


def favourable_values(item: Mapping[str, Any]) -> list[int]:
    """Return the values that score 66 or more of 100, in the order asked: the top two of four.

    With three steps only the best one does; where "a lot" is not good news, the other end counts.
    """
    values = item["values"][::-1] if item["reverse"] else item["values"]
    favourable = {value for place, value in enumerate(values) if 100 * place >= 66 * (len(values) - 1)}
    return [value for value in item["values"] if value in favourable]


def favourable_words(item: Mapping[str, Any], labels: Mapping[int, str]) -> str:
    """Return the favourable answers as a teacher reads them: “Some” or “A lot”."""
    return " or ".join(f"“{labels[value]}”" for value in favourable_values(item))


def needed_fills(questions: Sequence[Question]) -> tuple[str, ...]:
    """Return what the teacher still has to fill in for these questions: "goal", or nothing."""
    names = {
        name
        for q in questions
        for words in q.words.values()
        for name in placeholders(words.text)
        if name != "n"
    }
    return tuple(sorted(names))


def draft_languages(questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the languages in which some student's words are a machine's draft that nobody has reviewed."""
    return tuple(
        sorted(
            {
                locale
                for q in questions
                for (perspective, locale), words in q.words.items()
                if perspective == "student" and words.state == "machine_draft"
            }
        )
    )


def _item(question: Question) -> dict[str, Any]:
    return {
        "id": str(question.id),
        "key": question.key,
        "construct": question.construct_name or "",
        "kind": question.kind,
        "values": list(question.values),
        "reverse": question.reverse,
        "paired": question.paired,
        "may_not_apply": question.may_not_apply,
        "picture": question.picture,
        "max_length": question.max_length,
    }


def _words(
    questions: Sequence[Question], locale: str, fills: Mapping[str, str], library: measures.Library
) -> dict[str, Any]:
    items: dict[str, dict[str, Any]] = {}
    is_draft = False
    for question in questions:
        items[str(question.id)] = {}
        for perspective in SHEET_PERSPECTIVES:
            words = question.says(perspective, locale)
            if words is None:
                continue
            is_draft = is_draft or words.state == "machine_draft"
            items[str(question.id)][perspective] = {
                "text": _filled(words.text, fills),
                "labels": words.labels,
                "not_applicable": words.not_applicable,
            }
    chrome = library.chrome[locale]
    header = chrome.header(**{name: fills.get(name, "") for name in ("lesson", "math", "science")})
    state = "machine_draft" if is_draft else "source" if locale == "en" else "reviewed"
    return {"header": header, "state": state, "items": items}


def _filled(text: str, fills: Mapping[str, str]) -> str:
    # The number of students stands above the teacher's form; "these {n} students" reads as well without it.
    filled = fill(text, **{name: fills.get(name, "") for name in placeholders(text)})
    return " ".join(filled.split())
