"""Warn, gently, at what looks like a name in a text that an adult writes: "use the code, never a name".

It never stops anybody. Where a text can be changed later it is saved first, and the form is shown again with
the warning beside the field; where it cannot (a comment, a share, what opens a survey) the form comes back as
it was typed, with a box to keep it as it is. What is found is shown and not stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import g, request

from survey_app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask, Response

# Every text that an adult writes in her own words: by slice, by the name of its field. A trailing "-" stands
# for one field a student. A test walks the templates: a field that is not here needs a reason there.
TEXTS: dict[str, frozenset[str]] = {
    "cycles": frozenset(
        {
            *("aim", "driver", "change", "lesson", "math", "science", "goal", "nickname"),
            *("strength-", "wonder-", "dose", "adaptations", "absences"),
            *("keep_what", "keep_where", "change_next", "support_step", "reason", "data_point"),
            "told_students",
        }
    ),
    "results": frozenset({"noticing-"}),
    "classrooms": frozenset({"nickname", "subject"}),
    "surveys": frozenset({"goal"}),
    "sharing": frozenset({"words", "asks"}),
    "improvement": frozenset({"what", "for_whom", "how_much", "by_when", "name", "description"}),
}
# Forms whose text can be changed on the same page afterwards: saved first.
SAVED_FIRST = frozenset(
    {
        "cycles.save_plan",
        "cycles.save_log",
        "cycles.save_decision",
        "results.save_noticings",
        "classrooms.store_change",
        "improvement.edit_aim",
        "improvement.driver",
        "improvement.idea",
    }
)
KEEP = "names_kept"
SAY = "Use the code, never a name."
LIST = Path(__file__).with_name("given_names.txt")
MOST_SHOWN = 3
LONGEST_READ = 4000
OLDEST_STUDENT, YOUNGEST_STUDENT = 20, 3

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sra|Sr|Señora|Señor|Maestra|Maestro)\b\.? ?[A-ZÁÉÍÓÚÑ][\w'’-]+"
)
ADDRESS = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
TELEPHONE = re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)")
DAY = re.compile(r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]((?:19|20)?\d\d)|((?:19|20)\d\d)-\d{1,2}-\d{1,2})\b")
BORN = re.compile(r"\b(?:born|birthday|birthdate|date of birth|dob|nació|cumpleaños)\b", re.IGNORECASE)
ANY_NUMBER = re.compile(r"\d")
# What a teacher of mathematics and science writes of people who are in no class of hers.
KNOWN = re.compile(
    r"\b(?:Isaac Newton|Albert Einstein|Marie Curie|Charles Darwin|Ada Lovelace|Katherine Johnson|Rosa Parks"
    r"|Martin Luther King|George Washington(?: Carver)?|Abraham Lincoln|Rachel Carson|Jane Goodall"
    r"|Mae Jemison|C[eé]sar Ch[aá]vez|Dolores Huerta|Neil Armstrong|Thomas Edison|Alexander Graham Bell"
    r"|Gregor Mendel|Jackson Pollock|Frida Kahlo|Ruby Bridges|Helen Keller|Galileo Galilei"
    r"|Rosalind Franklin|Taylor (?:series|polynomials?)|San (?:Jose|Diego|Francisco|Antonio|Mateo|Gabriel)"
    r"|Santa (?:Ana|Clara|Maria|Rosa))\b"
)


@dataclass(frozen=True)
class Found:
    """Something in a text, and what it looks like."""

    words: str
    looks_like: str


def found_in(text: str, *, year: int) -> list[Found]:
    """Return what in a text looks like a person's name, address, telephone number or birth date.

    Examples
    --------
    >>> [one.words for one in found_in("B asked Maria first. Then Ms. Lopez came.", year=2026)]
    ['Ms. Lopez', 'Maria']
    >>> found_in("Student B had a chance in May. Grace under pressure.", year=2026)
    []
    >>> [one.looks_like for one in found_in("call 510-555-0134 or a.b@example.org, born 4/9/2014", year=2026)]
    ['an email address', 'a telephone number', 'a birth date']
    """
    text = KNOWN.sub(lambda known: " " * len(known[0]), unicodedata.normalize("NFC", text[:LONGEST_READ]))
    found = [Found(one[0], "an email address") for one in ADDRESS.finditer(text)]
    text = ADDRESS.sub(" ", text)
    found += [Found(one[0], "a telephone number") for one in TELEPHONE.finditer(text)]
    text = TELEPHONE.sub(" ", text)
    found += [Found(one, "a birth date") for one in _birth_dates(text, year)]
    found += [Found(one[0], "a name") for one in TITLE.finditer(text)]
    found += [Found(one, "a name") for one in _given_names(TITLE.sub(" ", text))]
    return list(dict.fromkeys(found))


def sentence_about(found: list[Found]) -> str:
    """Return the warning in words."""
    parts = [f"“{one.words}” looks like {one.looks_like}." for one in found[:MOST_SHOWN]]
    return " ".join([*parts, "Use the code instead, like A or B."])


def ask_about_names(form: Mapping[str, str], *names: str) -> None:
    """Ask once about what looks like a name, before a text is kept that cannot be changed afterwards.

    Raises
    ------
    BadInput
        Unless the page was asked before and the box "keep it as it is" is ticked.
    """
    if form.get(KEEP) == "1":
        return
    seen = {name: found_in(form.get(name) or "", year=g.now.year) for name in names}
    faults = {name: sentence_about(found) for name, found in seen.items() if found}
    if faults:
        g.asked_about = frozenset(faults)
        raise BadInput("Nothing is lost: look at what is marked, and send it again.", faults)


def install(app: Flask) -> None:
    """Give the templates what they need, and look at every staff form that was saved."""
    app.after_request(_look_again)
    app.template_global("names_hint")(names_hint)
    app.template_global("names_found")(names_found)
    app.template_global("names_asked")(lambda name: name in g.get("asked_about", ()))
    app.template_global("names_then")(names_then)


def is_text(slice_: str | None, name: str) -> bool:
    """Tell whether a field of a slice is one in which an adult writes her own words."""
    return bool({name, f"{name.partition('-')[0]}-"} & TEXTS.get(slice_ or "", frozenset()))


def names_hint(name: str) -> str:
    """Return "first" for the first such field of a page, which says the rule; "again" for the others."""
    if not is_text(request.blueprint, name):
        return ""
    if g.get("names_said"):
        return "again"
    g.names_said = True
    return "first"


def names_found(name: str, value: object) -> str:
    """Return the warning for a field of a page that is shown again after it was saved, or nothing."""
    if request.args.get("look") != "names" or not is_text(request.blueprint, name):
        return ""
    found = found_in(str(value or ""), year=g.now.year)
    return sentence_about(found) if found else ""


def names_then() -> str:
    """Return where "keep it as it is" leads: a page of ours, and nowhere else."""
    if request.args.get("look") != "names":
        return ""
    then = request.args.get("then", "")
    is_ours = then.startswith("/") and not then.startswith("//") and "\\" not in then and then.isprintable()
    return then if is_ours else "/"


def _look_again(response: Response) -> Response:
    """Lead back to the form that was just saved, where something in it looks like a name."""
    if request.method != "POST" or response.status_code != 303 or request.endpoint not in SAVED_FIRST:
        return response
    fields = [(name, value) for name, value in request.form.items() if is_text(request.blueprint, name)]
    if not any(found_in(value, year=g.now.year) for _name, value in fields):
        return response
    then = urlsplit(response.location)
    did = parse_qs(then.query).get("did", ["saved"])[0]
    onward = f"{then.path}?{then.query}" if then.query else then.path
    page = request.path
    if page.endswith("/new") and request.form.get("new_id"):
        page = f"{page.removesuffix('/new')}/{request.form['new_id']}"
    response.location = f"{page}?{urlencode({'look': 'names', 'did': did, 'then': onward})}"
    return response


def _given_names(text: str) -> Iterator[str]:
    sure, doubtful = _names()
    for one in WORD.finditer(text):
        word, plain = one[0], _plain(one[0])
        begins = _begins_sentence(text, one.start())
        is_capital = word[0].isupper()
        if plain in sure:
            # In small letters only longer ones: "ana", "ali" and "sam" are too many other things.
            if is_capital or len(plain) >= 4:
                yield word
        elif plain in doubtful and is_capital and not word.isupper() and not begins:
            yield word


def _birth_dates(text: str, year: int) -> Iterator[str]:
    for one in DAY.finditer(text):
        written = int(one[1] or one[2])
        # Two figures are of this century, unless that is still to come.
        full = written if written > 99 else 2000 + written if written <= year % 100 else 1900 + written
        if year - OLDEST_STUDENT <= full <= year - YOUNGEST_STUDENT:
            yield one[0]
    for one in BORN.finditer(text):
        near = text[one.end() : one.end() + 40]
        if ANY_NUMBER.search(near) and not DAY.search(near):
            yield one[0]


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"'“”‘’(«¿¡-–•*")
    return not before or before[-1] in ".!?:;\n\r"


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that are nothing else, and those that are also words."""
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    words = " ".join(lines).split()
    doubtful = frozenset(word.rstrip("*") for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), doubtful
