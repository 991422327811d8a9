"""Every example in a docstring of the package gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import measures

MODULES = sorted({module.name for module in pkgutil.iter_modules(measures.__path__)} - {"__main__"})


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    results = doctest.testmod(importlib.import_module(f"measures.{name}"), optionflags=flags)
    assert results.failed == 0


def test_there_are_examples_for_every_number():
    scoring = importlib.import_module("measures.scoring")
    found = {test.name for test in doctest.DocTestFinder().find(scoring) if test.examples}
    numbers = ("pomp", "is_favourable", "keyed_score", "option_scores", "construct_score")
    assert {f"measures.scoring.{name}" for name in numbers} <= found
