"""Staff pages travel compressed where that tells nobody what stands on them."""

import dataclasses
import gzip

import pytest
from flask import Response

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def behind_tls(app, monkeypatch):
    monkeypatch.setitem(app.config, "FOCAL", dataclasses.replace(app.config["FOCAL"], https=True))


@pytest.mark.parametrize("asked", ["same-origin", "none"])
def test_a_page_asked_for_from_here_is_smaller_and_says_the_same(teacher, behind_tls, asked):
    plain = teacher.client.get("/cycles")
    packed = teacher.client.get("/cycles", headers={**GZIP, "Sec-Fetch-Site": asked})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < 0.6 * len(plain.data)
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("asked", ["cross-site", "same-site", None])
def test_whoever_makes_a_browser_ask_learns_nothing_from_how_long_a_page_is(teacher, behind_tls, asked):
    said = {"Sec-Fetch-Site": asked} if asked else {}
    page = teacher.client.get("/cycles", headers={**GZIP, **said})
    assert "Content-Encoding" not in page.headers
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(page.vary)


def test_on_an_open_line_every_page_is_compressed(teacher):
    assert teacher.client.get("/cycles", headers=GZIP).content_encoding == "gzip"
    assert teacher.client.get("/cycles", headers={"Accept-Encoding": "br"}).content_encoding is None


def test_a_file_to_keep_is_sent_as_it_is(app):
    with app.test_request_context("/cycles", headers=GZIP):
        sent = app.process_response(Response("a,b\n" * 500, mimetype="text/csv"))
    assert sent.content_encoding is None
