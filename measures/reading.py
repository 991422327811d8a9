"""Read one YAML file so that every fault has a file, a line and a key, and none hides the next.

Values are taken from YAML's own nodes, which know their lines. A reader that finds a fault notes it and
returns a harmless stand-in, so that reading goes on to the next fault; whoever started the reading must look
at the notes before using a single value.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from measures.wording import DefinitionError

STAND_IN = "(missing)?"  # passes for a question, so that one missing line is told once
DEEPEST = 12  # levels of nesting; the library needs seven
_Word = TypeVar("_Word", bound=StrEnum)
_Made = TypeVar("_Made")
# Only the safe loader's grammar is used; the C version reads the same files ten times faster.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: where it is and what to do."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class LibraryError(Exception):
    """The library cannot be used; ``faults`` holds every fault of every file."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{count} {'fault' if count == 1 else 'faults'} in the measures library:\n{lines}")


class Section:
    """One mapping of a file: hands out checked values and notes what is wrong with the others."""

    def __init__(self, node: yaml.Node | None, file: str, key: str, faults: list[Fault]) -> None:
        self.file = file
        self.key = key
        self.faults = faults
        self.line = node.start_mark.line + 1 if node else 0
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        if node is not None and not isinstance(node, yaml.MappingNode):
            self.note("should be a set of 'key: value' lines.")
        elif node is not None:
            self._take(node)

    def _take(self, node: yaml.MappingNode) -> None:
        for key_node, value in node.value:
            name = str(key_node.value)
            line = key_node.start_mark.line + 1
            if name in self._nodes:
                self.note(f"stands twice, first in line {self._lines[name]}; keep one.", name, line=line)
            self._nodes[name] = value
            self._lines[name] = line

    def note(self, message: str, key: str = "", *, line: int | None = None) -> None:
        """Record a fault at this section, or at one of its keys."""
        line = self.line_of(key) if line is None else line
        self.faults.append(Fault(self.file, line, self._path(key), message))

    def _path(self, key: str) -> str:
        return ".".join(part for part in (self.key, key) if part)

    def line_of(self, key: str) -> int:
        """Return the line of a key, or the section's own line when the key is not there."""
        return self._lines.get(key, self.line)

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        return key in self._nodes

    def names(self) -> tuple[str, ...]:
        """Every key as written, in order; asking for them counts as knowing them."""
        self._asked.update(self._nodes)
        return tuple(self._nodes)

    def _scalar(self, key: str, kind: str) -> str | None:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None:
            self.note("is missing.", key)
        elif not isinstance(node, yaml.ScalarNode):
            self.note("should be one value, not a list or a set of keys.", key)
        elif not node.tag.endswith(f":{kind}"):
            self.note(_wrong_kind(node, kind), key)
        else:
            return str(node.value)
        return None

    def text(self, key: str, default: str | None = None, *, stand_in: str = STAND_IN) -> str:
        """Return words; without a default the key has to be there."""
        if default is not None and not self.has(key):
            self._asked.add(key)
            return default
        words = self._scalar(key, "str")
        if words is not None and not words.strip():
            self.note("is empty.", key)
            return stand_in
        return stand_in if words is None else words.strip()

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number; without a default the key has to be there."""
        if default is not None and not self.has(key):
            self._asked.add(key)
            return default
        number = self._scalar(key, "int")
        try:
            return 1 if number is None else int(number)
        except ValueError:  # YAML also calls 1:30 and 0x1F whole numbers
            self.note(f"is {number}; write a plain whole number.", key)
            return 1

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        if not self.has(key):
            self._asked.add(key)
            return default
        return (self._scalar(key, "bool") or "").lower() in {"true", "yes", "on"}

    def word(self, key: str, words: type[_Word], default: _Word | None = None) -> _Word:
        """Return one of the words an enum allows."""
        if default is not None and not self.has(key):
            self._asked.add(key)
            return default
        written = self._scalar(key, "str")
        known = [str(word) for word in words]
        if written is not None and written in known:
            return words(written)
        if written is not None:
            self.note(f"is {written!r}{did_you_mean(written, known)}; it can be {', '.join(known)}.", key)
        return default or next(iter(words))

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of words."""
        words = []
        for node in self._list(key, required=required):
            if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":str") and node.value.strip():
                words.append(node.value.strip())
            else:
                self.note("holds something that is not words.", key, line=node.start_mark.line + 1)
        return tuple(words) or ((STAND_IN,) if required else ())

    def sections(self, key: str, *, required: bool = True) -> list["Section"]:
        """Return a list of mappings, each with its own lines and key path."""
        return [
            Section(node, self.file, self._path(f"{key}[{place}]"), self.faults)
            for place, node in enumerate(self._list(key, required=required), start=1)
        ]

    def _list(self, key: str, *, required: bool) -> list[yaml.Node]:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None:
            if required:
                self.note("is missing.", key)
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.note("should be a list; start each line with a dash.", key)
            return []
        if required and not node.value:
            self.note("is empty.", key)
        return list(node.value)

    def section(self, key: str, *, required: bool = True) -> "Section":
        """Return the mapping under a key; an empty section when it is not there."""
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None and required:
            self.note("is missing.", key)
        section = Section(node, self.file, self._path(key), self.faults)
        section.line = section.line or self.line
        return section

    def pairs(self, key: str, *, required: bool = True) -> dict[str, str]:
        """Return a mapping from words to words."""
        inner = self.section(key, required=required)
        return {name: inner.text(name) for name in inner.names()}

    def build(self, make: Callable[..., _Made], *, at: str = "", **values: Any) -> _Made | None:
        """Construct a definition object; each of its problems becomes a fault of this section or key."""
        try:
            return make(**values)
        except DefinitionError as refused:
            for problem in refused.problems:
                self.note(problem, at)
            return None

    def __enter__(self) -> "Section":
        return self

    def __exit__(self, *_: object) -> None:
        """Note every key that nobody asked for while the section was being read."""
        known = sorted(self._asked)
        for name in self._nodes:
            if name not in self._asked:
                self.note(f"is not a key this place knows{did_you_mean(name, known)}.", name)


def did_you_mean(word: str, known: list[str]) -> str:
    """Return a hint with the nearest known word, or nothing.

    >>> did_you_mean("sclae", ["scale", "band"])
    ' (did you mean scale?)'
    """
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _wrong_kind(node: yaml.ScalarNode, kind: str) -> str:
    if node.tag.endswith(":null"):
        return "is empty."
    if kind == "str":
        return f"is {node.value!r}, which YAML does not read as words; put it in quotes."
    wanted = {"int": "a whole number", "bool": "true or false"}[kind]
    return f"is {node.value!r}; it should be {wanted}."


def read_file(path: Path, folder: Path, faults: list[Fault]) -> Section | None:
    """Read one YAML file; a file that cannot be read is one fault, and None."""
    name = path.relative_to(folder).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        if _is_hostile(text, name, faults):
            return None
        node = yaml.compose(text, Loader=_Loader)
        if isinstance(node, yaml.MappingNode):
            return Section(node, name, "", faults)
        faults.append(Fault(name, 1, "", "the file should be a set of 'key: value' lines."))
    except UnicodeDecodeError:
        faults.append(Fault(name, 0, "", "the file is not UTF-8; save it as UTF-8."))
    except OSError as error:
        faults.append(Fault(name, 0, "", f"the file cannot be read ({error.strerror})."))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "this is not YAML"
        faults.append(Fault(name, mark.line + 1 if mark else 0, "", f"YAML stops here: {problem}."))
    return None


def _is_hostile(text: str, file: str, faults: list[Fault]) -> bool:
    """Refuse, before composing, bottomless nesting and anchors: a few of those can unfold into gigabytes."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if getattr(event, "anchor", None) is not None:
            faults.append(Fault(file, line, "", "anchors (& and *) are not used here; write the words out."))
            return True
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            faults.append(Fault(file, line, "", f"nested deeper than {DEEPEST} levels."))
            return True
    return False
