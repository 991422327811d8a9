"""The files that pages load: made once, from the packages that are installed, and served compressed."""

import gzip
import hashlib
import re

import pytest
from flask import Flask

from survey_app import assets


@pytest.fixture
def client():
    made = Flask(__name__, static_folder=None)
    assets.init_app(made)
    return made.test_client()


def test_what_is_made_once_is_not_made_again(tmp_path):
    assert set(assets.build(tmp_path)) == {"vega.js", "notices.txt", *assets.TYPEFACE_FILES}
    assert assets.build(tmp_path) == []


def test_a_missing_file_and_another_version_are_noticed(tmp_path):
    assets.build(tmp_path)
    (tmp_path / "vega.js").unlink()
    notes = tmp_path / "made_from.json"
    notes.write_text(re.sub(r"font-source-sans-pro [\d.]+\"", 'font-source-sans-pro 0.0"', notes.read_text()))
    assert set(assets.out_of_date(tmp_path)) == {"vega.js", "notices.txt", *assets.TYPEFACE_FILES}


def test_the_chart_bundle_holds_the_interpreter_and_the_names_that_pages_call():
    bundle = (assets.BUILT / "vega.js").read_text(encoding="utf-8")
    for name in ("window.vegaEmbed", "window.vega=", "expressionInterpreter"):
        assert name in bundle


def test_a_file_travels_compressed_and_is_the_same_when_it_arrives(client):
    answer = client.get("/assets/vega.js?v=1", headers={"Accept-Encoding": "gzip"})
    original = (assets.BUILT / "vega.js").read_bytes()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == original
    assert len(answer.data) < len(original) / 2
    assert answer.headers["Cache-Control"] == assets.FOR_EVER


def test_a_browser_that_takes_nothing_packed_gets_it_plain(client):
    answer = client.get("/assets/vega.js")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (assets.BUILT / "vega.js").read_bytes()


def test_what_has_not_changed_is_not_sent_again(client):
    first = client.get("/assets/notices.txt")
    again = client.get("/assets/notices.txt", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_address_carries_a_mark_of_the_content(client):
    with client.application.test_request_context():
        address = assets.asset("vega.js")
    mark = hashlib.sha256((assets.BUILT / "vega.js").read_bytes()).hexdigest()[:10]
    assert address == f"/assets/vega.js?v={mark}"


def test_a_page_that_asks_for_a_file_that_is_not_there_says_so(client):
    with client.application.test_request_context(), pytest.raises(assets.AssetMissing, match=r"no\.css"):
        assets.asset("no.css")


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2fassets.py", "made_from.json%00", "nothing.js"])
def test_nothing_outside_the_folders_is_handed_out(client, name):
    assert client.get(f"/assets/{name}").status_code == 404
