"""Invitations from a list: looked at first, sent once, and every wrong list answered in plain words."""

import io
import re
import time

import pytest
from sqlalchemy import select

from survey_app.admin import lists
from survey_app.errors import BadInput
from survey_app.models.people import Invitation
from tests.survey_app.accounts.staff import words_of

HEADS = "name,email,role,place\n"


@pytest.fixture
def nia(network):
    """An administrator of the whole network."""
    network.add("Nia", "Bay network", "administrator")
    return network.browser("Nia")


def look(admin, rows="", file=None):
    fields = {"rows": rows}
    if file is not None:
        fields["file"] = (io.BytesIO(file), "people.csv")
    return admin.post("/people/invite/many", **fields)


def send(admin, looked):
    page = looked.get_data(as_text=True)
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]
    return batch, lambda rows: admin.post("/people/invite/many/send", batch=batch, rows=rows)


def links(answer):
    return sorted(set(re.findall(r"/join/([\w-]+)", answer.get_data(as_text=True))))


def test_looking_writes_nothing_and_sending_invites_once_however_often_it_is_sent(network, nia):
    rows = HEADS + "Ana Ruiz,ANA@x.example,Teacher,lincoln\nBo Berg,bo@x.example,lead,North region\n"
    before = network.acts()
    looked = look(nia, rows)
    assert "Nobody is invited yet. 2 people can be." in words_of(looked)
    assert network.count(Invitation) == 0
    assert network.acts() == before
    _batch, post = send(nia, looked)
    first, second = post(rows), post(rows)
    assert first.status_code == second.status_code == 200
    assert len(links(first)) == 2
    assert links(first) == links(second), "the same links, so that an answer that was lost comes back"
    assert network.count(Invitation) == 2
    assert network.acts().count("invitation.made") == 2
    with network.writing() as db:
        found = {one.email: (one.display_name, one.role) for one in db.scalars(select(Invitation))}
    assert found == {"ana@x.example": ("Ana Ruiz", "teacher"), "bo@x.example": ("Bo Berg", "lead")}
    for token in links(first):
        assert network.browser().get(f"/join/{token}").status_code == 200
    # Looked at anew, the list has another number, and finds everybody invited.
    again = look(nia, rows)
    assert "0 people can be" in words_of(again)
    assert "is invited to Lincoln already" in words_of(again)


def test_links_of_one_list_open_nothing_of_another(network, nia):
    rows = HEADS + "Ana Ruiz,ana@x.example,teacher,Lincoln\n"
    _first, post = send(nia, look(nia, rows))
    made = links(post(rows))
    network.add("Ned", "Bay network", "administrator")
    ned = network.browser("Ned")
    taken = ned.post("/people/invite/many/send", batch=_first, rows=rows)
    assert links(taken) == []
    assert "is invited to Lincoln already" in words_of(taken)
    with network.writing() as db:
        ana = db.scalars(select(Invitation)).one()
        ana.revoked_at = network.clock()
        db.commit()
    gone = post(rows)
    assert links(gone) == []
    assert "taken back since" in words_of(gone)
    assert network.browser().get(f"/join/{made[0]}").status_code == 403


def test_each_row_is_answered_for_itself_and_the_right_ones_go(network, nia):
    network.add("Ben", "Lincoln", "teacher")
    wrong = {
        3: ("Cy,cy-at-x,teacher,Lincoln", "does not look like an email address"),
        4: ("Di,di@x.example,wizard,Lincoln", "There is no role “wizard”"),
        5: ("Ed,ed@x.example,lead,Lincoln", "given at a region or the network"),
        6: ("Fo,fo@x.example,teacher,Hogwarts", "You look after no place called “Hogwarts”"),
        7: ("ok,OK@x.example ,teacher,Lincoln", "Row 2 has this address for this place already"),
        8: ('"=HYPERLINK(""http://evil"")",gi@x.example,teacher,Lincoln', "begins like a formula"),
        9: ("＋1,hi@x.example,teacher,Lincoln", "begins like a formula"),
        10: ("Ix,ix@x.example,teacher,Lincoln,extra", "It has 5 cells, and there are 4 heads"),
        11: ("Jo", "It has 1 of 4 cells"),
        12: (",jay@x.example,teacher,Lincoln", "Type the name"),
        13: ("Ka,ka@x.example,teacher,", "you look after several places"),
        14: ("<img src=x onerror=alert(1)>,m<b>@x.example,teacher,Lincoln", "does not look like an email"),
        15: ("Zero\u200bWidth,zw@x.example,teacher,Lincoln", "cannot be shown"),
    }
    rows = HEADS + "Ok,ok@x.example,teacher,Lincoln,,\n" + "\n".join(row for row, _ in wrong.values())
    rows += f"\nBen,{network.email('Ben')},coach,Lincoln\n\n"
    looked = look(nia, rows)
    said = words_of(looked)
    page = looked.get_data(as_text=True)
    for number, (_row, words) in wrong.items():
        assert re.search(rf"Row {number} .{{0,200}}{re.escape(words)}", said), (number, words)
    assert "<img src=x" not in page
    assert "Row 16: Ben" in said
    assert "has an account at Lincoln already" in said
    assert "Invite 1 person, without the 13 rows above" in said
    _batch, post = send(nia, looked)
    assert len(links(post(rows))) == 1
    assert network.count(Invitation) == 1


def test_two_places_of_one_name_are_told_apart_by_what_they_belong_to(network, nia):
    with network.writing() as db:
        from survey_app.models.people import Organisation

        south = Organisation(
            kind="region", name="South region", parent_id=network.places["Bay network"],
            created_at=network.clock(),
        )
        db.add(south)
        db.flush()
        db.add(Organisation(kind="school", name="Lincoln", parent_id=south.id, created_at=network.clock()))
        db.commit()
    said = words_of(look(nia, HEADS + "Ana,ana@x.example,teacher,Lincoln\n"))
    assert "2 places are called “Lincoln”" in said
    assert "North region or South region" in said
    told = "name\temail\tschool\twithin\nAna\tana@x.example\tLincoln\tsouth  Region\n"
    assert "1 person can be" in words_of(look(nia, told))


def test_somebody_invites_only_as_what_and_where_she_may(network):
    network.add("Ada", "Lincoln", "administrator")
    ada = network.browser("Ada")
    rows = HEADS + "A,a@x.example,lead,Lincoln\nB,b@x.example,teacher,Mercer\nC,c@x.example,,\n"
    said = words_of(look(ada, rows))
    assert "given at a region or the network, not at a school" in said
    assert "You look after no place called “Mercer”" in said
    assert "1 person can be" in said
    answer = ada.post("/people/invite/many/send", batch="6f1c0f2e-5d3a-4b57-9f0e-3a1d2c4b5a69", rows=rows)
    assert len(links(answer)) == 1
    with network.writing() as db:
        made = db.scalars(select(Invitation)).one()
        assert (made.email, made.role, made.organisation_id) == (
            "c@x.example", "teacher", network.places["Lincoln"],
        )
    network.add("Ben", "Lincoln", "teacher")
    ben = network.browser("Ben")
    assert ben.get("/people/invite/many").status_code == 403
    assert look(ben, rows).status_code == 403
    assert ben.post("/people/invite/many/send", rows=rows).status_code == 403


ONE = HEADS + "José Núñez,jose@x.example,teacher,Lincoln\n"


def test_a_file_that_says_its_encoding_is_read(network, nia):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        looked = words_of(look(nia, "not read", ONE.encode(encoding)))
        assert "José Núñez" in looked
        assert "1 person can be" in looked


WRONG_LISTS = {
    ONE.encode("latin-1"): "Row 2 has a letter that cannot be read: the file is not in UTF-8",
    ONE.encode("utf-16-le"): "no list in plain text",
    b"PK\x03\x04\xff\xfe": "cannot be read",
    b"": "The list is empty",
    b"\n\n": "The list is empty",
    b"Ana,ana@x.example\nBo,bo@x.example": "there is none for name and email. Found: “Ana”, “ana@x.example”",
    b"name,email\n": "nobody below them",
    b'name,email\n"Ana,ana@x.example\n': "begins a cell and never ends",
    b"name,email,mail\nA,b,c\n": "Two columns could be the email",
    b"a\n" * 100_000: "about 99,999 rows, and 500 at a time",
    b"name,email\n" + b"Ana,ana@x.example\n" * 501: "about 501 rows",
    b"name,email\n" + b"x" * 1_200_000: "The file has 1.1 MB",
    b"name,email\n" + b"x" * 200_000: "never ends",
}


def test_a_list_that_cannot_be_read_is_answered_at_once_with_what_to_do(network, nia):
    for sent, says in WRONG_LISTS.items():
        began = time.perf_counter()
        with pytest.raises(BadInput) as refused:
            lists.read_list(lists.text_of(sent))
        assert time.perf_counter() - began < 1
        assert says in refused.value.words, (sent[:40], refused.value.words)
    shown = look(nia, "", b"a\n" * 100_000)
    assert shown.status_code == 422
    assert "about 99,999 rows, and 500 at a time" in words_of(shown)
    marked = look(nia, "<script>alert(1)</script>,x\n")
    assert "<script>alert" not in marked.get_data(as_text=True)
    assert network.count(Invitation) == 0


def test_far_more_than_a_list_may_have_is_refused_before_it_is_read(network, nia):
    kind = "multipart/form-data; boundary=x"
    answer = nia.client.post("/people/invite/many", data=b"Ana,ana@x.example\n" * 200_000, content_type=kind)
    assert answer.status_code == 413
    assert "1 MB and 500 people at most" in words_of(answer)
    # Other pages still take what they took before, and no more.
    assert nia.post("/people/invite", name="x" * 300_000).status_code == 413


def test_five_hundred_people_are_looked_at_in_few_statements(network, nia, count_statements):
    rows = HEADS + "".join(f"P{n},p{n}@x.example,teacher,Lincoln\n" for n in range(lists.MOST_ROWS))
    engine = network.app.extensions["focal_db"].engine
    with count_statements(engine) as counted:
        looked = look(nia, rows)
    assert len(counted) <= 25
    assert "500 people can be" in words_of(looked)
    with pytest.raises(BadInput, match="about 501 rows"):
        lists.read_list(rows + "One,more@x.example,teacher,Lincoln\n")
