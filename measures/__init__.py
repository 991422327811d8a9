"""What is asked and how it is scored: the measures library, plain Python and YAML."""

from measures.chrome import Chrome
from measures.contents import Library
from measures.definition import (
    Construct,
    DefinitionError,
    Instrument,
    Item,
    ItemVersion,
    LookFor,
    Measure,
    Option,
    Scale,
    Wording,
)
from measures.loader import library_digest, load_chrome, load_library
from measures.reading import Fault, LibraryError
from measures.wording import fill, placeholders

__all__ = [
    "Chrome",
    "Construct",
    "DefinitionError",
    "Fault",
    "Instrument",
    "Item",
    "ItemVersion",
    "Library",
    "LibraryError",
    "LookFor",
    "Measure",
    "Option",
    "Scale",
    "Wording",
    "fill",
    "library_digest",
    "load_chrome",
    "load_library",
    "placeholders",
]
