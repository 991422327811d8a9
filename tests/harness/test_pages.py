"""The page lint finds what it says it finds, and lets a good page pass."""

import pytest

from tests.pages import lint, packed_size

GOOD = """<!doctype html><html lang="en"><head><title>Cycle 2</title>
<link rel="stylesheet" href="/static/staff.css"></head><body><h1>Cycle 2</h1>
<form action="/next" method="post"><input type="hidden" name="csrf_token" value="x">
<label for="words">What surprises you?</label><textarea id="words" name="words"></textarea>
<fieldset><legend>A chance to share</legend>
<label><input type="radio" name="q1" value="1"> Not at all</label></fieldset>
<button>Keep this</button></form>
<figure><figcaption>3 of 5 lower</figcaption><svg class="marks"><title>dots</title></svg>
<table><tr><td>3</td></tr></table></figure>
<a href="https://example.org/licence">the licence</a></body></html>"""


def test_a_good_page_has_no_faults():
    assert lint(GOOD) == []


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ('lang="en"', "", "no lang"),
        ("<title>Cycle 2</title>", "", "no title"),
        ("<h1>Cycle 2</h1>", "", "0 h1"),
        ("<h1>Cycle 2</h1>", "<h1>Cycle 2</h1><h1>More</h1>", "2 h1"),
        ("<h1>Cycle 2</h1>", "<h1> </h1>", "with words"),
        ('<label for="words">What surprises you?</label>', "", "<textarea words> has no label"),
        ('for="words"', 'for="word"', "nothing has that id"),
        ("<legend>A chance to share</legend>", "", "fieldset with a legend"),
        ("<button>", '<button id="words">', "'words' stands 2 times"),
        ("<button>", '<button onclick="go()">', "inline onclick"),
        ("<button>", '<button style="color:red">', "inline style"),
        ("</body>", "<script>go()</script></body>", "inline <script>"),
        ("</body>", "<style>b{}</style></body>", "inline <style>"),
        ("/static/staff.css", "//cdn.example.org/staff.css", "another host"),
        ('action="/next"', 'action="https://example.org/next"', "another host"),
        ("<table><tr><td>3</td></tr></table>", "", "without a sentence (figcaption) and a table"),
        ("<figcaption>3 of 5 lower</figcaption>", "", "without a sentence"),
        ("figure>", "div>", "outside a <figure>"),
    ],
)
def test_a_planted_fault_is_found_and_named(was, becomes, words):
    assert was in GOOD
    faults = lint(GOOD.replace(was, becomes))
    assert [fault for fault in faults if words in fault], faults


def test_data_for_a_script_is_no_inline_script():
    assert lint(GOOD.replace("</body>", '<script type="application/json">{}</script></body>')) == []


def test_repetition_weighs_little_on_the_wire():
    assert packed_size(b"a" * 10_000) < 100 < packed_size(bytes(range(256)))
