"""The only administrator has lost her password: the console makes a link."""

import pytest

from survey_app.accounts import recover
from tests.survey_app.accounts.staff import words_of

NEXT = "nine violet umbrellas dancing"


@pytest.fixture
def console(network, monkeypatch, capsys):
    """Return a function that runs the command as at the console of this installation."""
    config = network.app.config["FOCAL"]
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("FOCAL_INSTANCE", str(config.instance))
    monkeypatch.delenv("FOCAL_PUBLIC_URL", raising=False)
    monkeypatch.setattr(recover.clock, "now", network.clock)

    def run(*arguments):
        code = recover.main(list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_the_link_from_the_console_sets_a_new_password_and_is_written_down(network, console):
    network.add("Ana", "Lincoln", "teacher", "administrator@Bay network")
    code, said = console(" Ana@Lincoln.example")
    assert code == 0
    path = said.split("http://127.0.0.1:5000")[1].split()[0]
    assert network.browser().client.post(path, data={"password": NEXT}).status_code == 303
    assert network.browser().sign_in(network.email("Ana"), NEXT).status_code == 303
    assert network.acts() == ["password.link-made", "password.set-by-link", "sign-in"]


def test_it_is_no_way_around_an_administrator(network, console):
    network.add("Ben", "Lincoln", "teacher")
    network.add("Ada", "Lincoln", "administrator", "lead@North region")
    for name in ("Ben", "Ada"):
        code, said = console(network.email(name))
        assert code == 1
        assert "can make the link on a page" in said
    assert network.acts() == []


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["nobody@lincoln.example"]])
def test_anything_else_says_what_to_do(network, console, arguments):
    code, said = console(*arguments)
    assert code == 1
    assert "Say for whom" in said or "Look at the address" in said


def test_the_sign_in_page_says_that_there_is_a_way(network):
    network.add("Ana", "Lincoln", "administrator")
    assert "whoever runs this installation can" in words_of(network.browser().get("/sign-in"))
