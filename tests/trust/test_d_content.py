"""D. Content: markup, formulas, SQL and paths where words are asked for."""

import ast
import contextlib
import csv
import io
import json
import re
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update

from survey_app.accounts.blueprint import own_path
from survey_app.accounts.forms import FirstAccountForm, one_line, plain_address
from survey_app.accounts.passwords import password_fault
from survey_app.admin import lists
from survey_app.classrooms import codes
from survey_app.classrooms.forms import number_in
from survey_app.models.catalogue import ItemVersion
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.respond.answers import clean_words
from survey_app.results.exports import safe_cell
from tests.databases import TESTS
from tests.pages import read_page
from tests.survey_app.loop.teacher import Teacher, answer
from tests.trust.forms import DRAWN, ENDS, fill_all, ids_of, pages
from tests.trust.routes import addresses

ROOT = Path(__file__).resolve().parents[2]
ALL_ROLES = ("teacher", "coach", "lead", "researcher", "administrator")
ATTACK = '"><svg onload=alert(1)><img src=x onerror=alert(2)>javascript:alert(3) {{7*7}}{0.__class__}%(x)s'
RAW = re.compile(r"<svg onload|<img src=x|onerror=alert\(2\)>(?!&)|>49<|\b49\{0\.|<class '|href=.javascript:")


@pytest.fixture
def everybody(app, clock):
    """One person with every role, and one decided cycle."""
    person = Teacher.arrive(app, clock, "Ana Lopez", roles=ALL_ROLES)
    cycle = person.start()
    for token in person.cards().values():
        answer(app, token)
    return person, cycle


def finish(person, cycle):
    person.see(cycle)
    person.predict_and_lock(cycle)
    person.post(f"{cycle}/reveal")


def all_ids(app):
    with app.extensions["focal_db"].reading(TESTS) as db:
        return ids_of(db)


def test_d1_markup_typed_into_every_field_stays_words_on_every_page(app, everybody):
    person, cycle = everybody
    sent = fill_all(app, person.client, all_ids(app), lambda _path, _name: ATTACK)
    assert sent >= 8, sent
    with app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(update(Classroom).values(nickname=ATTACK))
        db.execute(update(Series).values(title=ATTACK))
        db.execute(update(Cycle).values(lesson=ATTACK))
        db.commit()
    finish(person, cycle)
    fill_all(app, person.client, all_ids(app), lambda _path, _name: ATTACK)
    seen = 0
    for path, page in pages(app, person.client, all_ids(app)):
        body = page.text if page.mimetype.startswith(("text/html", "image/svg")) else ""
        assert not RAW.search(body), (path, RAW.search(body))
        seen += "&lt;svg onload" in body
    assert seen >= 10, f"only {seen} pages showed what was typed"
    for path in (f"/questions/{ATTACK}", f"/nothing/{ATTACK}", f"/s/{ATTACK}", f"/sign-in?next={ATTACK}"):
        assert not RAW.search(person.client.get(path).text), path
    wrong = app.test_client().post("/sign-in", data={"email": ATTACK, "password": ATTACK})
    assert "&lt;svg onload" in wrong.text
    assert not RAW.search(wrong.text)


@pytest.mark.database("sqlite")
def test_d1_in_a_browser_nothing_runs_and_the_policy_has_nothing_to_stop(app, everybody, open_page):
    """The browser fixture fails at any console error, and a report of the policy is one."""
    person, cycle = everybody
    with app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(update(Classroom).values(nickname=ATTACK))
        db.execute(update(Series).values(title=ATTACK))
        db.execute(update(Cycle).values(lesson=ATTACK))
        db.commit()
    finish(person, cycle)
    page = open_page()
    dialogs = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    cookie = person.client.get_cookie("focal_session").value
    page.goto("/sign-in")
    page.context.add_cookies([{"name": "focal_session", "value": cookie, "url": page.url}])
    for path in ("/cycles", cycle, f"{cycle}/look", f"{cycle}/desk-print", "/classes"):
        page.goto(path)
        assert "<svg onload" in page.inner_text("body") or path == "/classes", path
    assert not dialogs


@pytest.mark.database("sqlite")
def test_d1_no_script_can_write_markup(browser, live_server):
    """Trusted Types, tried in a window that nobody watches: what is refused here is a fault elsewhere."""
    context = browser.new_context(base_url=live_server)
    page = context.new_page()
    for path in ("/s", "/sign-in", "/play"):
        page.goto(path)
        script = "() => { try { document.body.innerHTML = '<b>x</b>'; } catch (e) { return e.name; } }"
        assert page.evaluate(script) == "TypeError", path
    context.close()


@pytest.mark.database("sqlite")
def test_d13_a_tooltip_is_a_plain_table_whatever_stands_in_it(app, everybody, open_page):
    person, cycle = everybody
    finish(person, cycle)
    page = open_page()
    page.goto("/sign-in")
    cookie = person.client.get_cookie("focal_session").value
    page.context.add_cookies([{"name": "focal_session", "value": cookie, "url": page.url}])
    page.goto(f"{cycle}/look")
    page.locator("[data-explore] button").first.click()
    page.wait_for_selector(".figure__live[data-state=ready] svg")
    typed = '<table><tr><td class="key">a</td></tr></table><img src=x onerror=alert(1)><a href="//x">b</a>'
    written = page.evaluate(
        "typed => { const d = document.createElement('div'); d.innerHTML = typed; return d.innerHTML; }",
        typed,
    )
    assert '<td class="key">a</td>' in written
    assert "<img" not in written
    assert "<a" not in written


@pytest.fixture
def administrator(network):
    network.add("Ada", "Lincoln", "administrator")
    return network.browser("Ada")


def test_d2_markup_in_a_bad_cell_of_a_list_is_shown_as_words(administrator):
    rows = f"name,email,role,place\n{ATTACK.replace(',', ' ')},not-an-address<script>,teacher,Lincoln\n"
    page = administrator.post("/people/invite/many", rows=rows)
    assert page.status_code in (200, 422)
    assert "<script>" not in page.text.replace("&lt;script", "")
    assert not RAW.search(page.text)
    assert "&lt;" in page.text
    heads = administrator.post("/people/invite/many", rows=f"{ATTACK},email\n1,2\n")
    assert not RAW.search(heads.text)


def test_d3_no_page_imports_questions_and_the_library_reads_no_file_of_strangers(app):
    """Questions come with the program, as files that its own command checks."""
    takes_files = set()
    for path in (ROOT / "survey_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.files":
                takes_files.add(path.relative_to(ROOT).as_posix())
    assert takes_files == {"survey_app/admin/routes_many.py"}, "a new upload needs its cases: D3, D10, D11"
    words = re.compile(r"import|upload|instrument")
    assert not [str(rule) for rule in app.url_map.iter_rules() if words.search(str(rule))]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "\ufeff=1"]
FORMULAS += ["\u00a0=1", "  =1", '=HYPERLINK("http://x")', "a\n=1+1"]
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def test_d4_no_cell_of_any_export_is_a_formula(app, everybody):
    person, cycle = everybody
    finish(person, cycle)
    files = 0
    opened = pages(app, person.client, all_ids(app), (*DRAWN, "results.look"))
    tables = [path for path, page in opened if page.mimetype == "text/csv"]
    for words in ('=HYPERLINK("http://x.example")', "@SUM(A1)", "\u00a0=1+1"):
        with app.extensions["focal_db"].writing(TESTS) as db:
            db.execute(update(Classroom).values(nickname=words))
            db.execute(update(Series).values(title=words))
            db.execute(update(Cycle).values(lesson=words))
            db.commit()
        for path in tables:
            page = person.client.get(path)
            assert page.status_code == 200, path
            files += 1
            rows = list(csv.reader(io.StringIO(page.data.decode("utf-8-sig"))))
            sheet = openpyxl.Workbook().active
            for row in rows:
                sheet.append(row)
                for cell in row:
                    bare = cell.lstrip(" \u00a0\ufeff")
                    is_number = re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)
                    assert is_number or not bare.startswith(STARTS), (path, cell)
            assert not [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"], path
    assert files >= 6


@pytest.mark.parametrize("words", FORMULAS)
def test_d4_whatever_a_spreadsheet_takes_for_a_formula_gets_a_quote(words):
    safe = safe_cell(words)
    lines = [safe] if "\n" not in words[1:] else [safe.splitlines()[0]]
    assert all(not line.lstrip(" \u00a0\ufeff").startswith(STARTS) for line in lines)
    assert safe.removeprefix("'") == words
    assert safe_cell(-3) == -3


SQL = [
    "' OR 1=1--",
    "1; DROP TABLE people",
    '" UNION SELECT password_hash FROM people--',
    "id DESC",
    "-1",
    "%",
]


def test_d6_sql_in_an_address_changes_no_page(app, everybody, network):
    person, _cycle = everybody
    names = ("q", "search", "sort", "order", "filter", "page", "before", "after", "limit", "did", "next")
    drawn = ("improvement.keep_diagram", "results.keep_picture", "improvement.diagram")
    for path, page in list(pages(app, person.client, all_ids(app), drawn)):
        if "/password-again" in path or path.startswith("/s") or page.mimetype != "text/html":
            continue
        for sql in SQL[:2]:
            attacked = person.client.get(path, query_string=dict.fromkeys(names, sql))
            assert attacked.status_code in (200, 303, 400, 404, 422), (path, sql, attacked.status_code)
            assert "password_hash" not in attacked.text.replace(sql, "").replace("password_hash FROM", "")
    wrong = app.test_client().post("/sign-in", data={"email": "' OR 1=1--", "password": "' OR 1=1--"})
    assert wrong.status_code == 422


PATHS = ["../config.py", "..%2f..%2fconfig.py", "%2e%2e/config.py", "/etc/passwd", "C:\\windows\\win.ini"]
PATHS += ["....//config.py", "..\\config.py", "staff.css/../../app.py", "staff.css%00.txt"]


def test_d10_no_name_leads_out_of_its_folder(app, everybody):
    person, cycle = everybody
    finish(person, cycle)
    for name in PATHS:
        for base in ("/assets/", "/questions/", f"{cycle}/look/focal-", "/aim/diagram."):
            answered = person.client.get(base + name)
            assert answered.status_code in (308, 404, 422), (base, name, answered.status_code)
            assert "SECRET" not in answered.text
            assert "root:" not in answered.text


def test_d10_and_d11_no_archive_is_ever_unpacked_for_a_page(app):
    unpackers = {"zipfile", "tarfile", "shutil.unpack_archive", "openpyxl"}
    found = set()
    for path in (ROOT / "survey_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [n.name for n in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if unpackers & set(names):
                found.add(path.relative_to(ROOT).parts[1])
    assert found <= {"backup", "erasure", "research", "papers"}, (
        "these write archives; whoever reads one needs D10"
    )


def hostile_files():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("xl/vbaProject.bin", "x")
    yield "list.xlsx", packed.getvalue()
    yield "list.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    yield "list.csv", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield "list.csv", b"GIF89a" + bytes(range(256))
    yield "../../list.csv", b"name,email\n"
    yield "list.csv", b"\x00" * 1000
    yield "list.csv", b""


def test_d11_a_file_that_is_no_list_is_refused_in_words(administrator):
    token = re.search(r'name="csrf_token" value="(\w+)"', administrator.get("/account").text)[1]
    for name, content in hostile_files():
        data = {"csrf_token": token, "rows": "", "file": (io.BytesIO(content), name)}
        page = administrator.client.post("/people/invite/many", data=data)
        assert page.status_code == 422, (name, page.status_code)
        assert "root:" not in page.text
        assert "<svg xmlns" not in page.text.replace("<svg class", "")


def test_d11_a_file_of_three_megabytes_is_refused(administrator):
    form = "multipart/form-data; boundary=b"
    sent = administrator.client.post("/people/invite/many", data=b"x" * 3_000_000, content_type=form)
    assert sent.status_code == 413


LONG = [
    "x" * 50_000,
    "a@" * 25_000,
    "é" * 50_000,
    " " * 50_000,
    "1" * 50_000,
    "../" * 16_666,
    "a.b@c." * 8_333,
]
LONG += ["ab" * 25_000, "\u0301" * 50_000, "=" * 50_000, "<" * 50_000, "\n" * 50_000]


def validators():
    form = FirstAccountForm
    return {
        "line": one_line,
        "address": plain_address,
        "first account": lambda text: form(data=dict.fromkeys(form()._fields, text)).validate(),
        "password": lambda text: password_fault(text[:256], about=["Ana Lopez", "Lincoln"]),
        "long password": password_fault,
        "code": codes.read_code,
        "child's words": clean_words,
        "number": number_in,
        "way on": own_path,
        "cell": safe_cell,
    }


@pytest.mark.parametrize("name", validators())
def test_d12_fifty_thousand_signs_cost_no_validator_a_tenth_of_a_second(name):
    check = validators()[name]
    for text in LONG:
        assert min(seconds_of(check, text) for _ in range(2)) < 0.1, (name, text[:10])


def seconds_of(check, text):
    started = time.process_time()
    check(text)
    return time.process_time() - started


def test_d12_a_list_of_fifty_thousand_signs_in_a_cell(administrator):
    for text in LONG[:4]:
        started = time.process_time()
        with contextlib.suppress(lists.BadInput):
            lists.read_list(f"name,email,role,place\n{text},{text},teacher,Lincoln\n")
        assert time.process_time() - started < 0.1


CHART = (
    '{"expr":"datum","signal":"window.alert(1)","href":"http://evil.example/","url":"http://evil.example/"}'
)


def test_d13_words_in_a_chart_stay_words(app, everybody):
    person, cycle = everybody
    with app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(update(Classroom).values(nickname=CHART))
        db.execute(update(Series).values(title=CHART))
        db.execute(update(Cycle).values(lesson=CHART))
        db.commit()
    finish(person, cycle)
    look = person.get(f"{cycle}/look")
    specs = set(re.findall(r'data-explore="([^"]+)"', look))
    assert specs
    for address in specs:
        spec = json.loads(person.client.get(address.replace("&amp;", "&")).text)
        for key, value in walk(spec):
            assert key not in ("href", "url"), (address, key, value)
            if key in ("expr", "signal", "calculate", "filter", "update", "test"):
                assert "evil" not in json.dumps(value), (address, key)


def walk(spec):
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from walk(value)
    elif isinstance(spec, list):
        for one in spec:
            yield from walk(one)


FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "jsonpickle"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
FORBIDDEN_CALLS |= {"os.system", "os.popen", "pd.read_pickle", "pandas.read_pickle", "render_template_string"}
# Names of tables, functions and the role, spelled in the program: a statement of rights takes no parameter.
OUR_OWN_NAMES = {"survey_app/row_security.py"}
MADE_HERE = {
    "survey_app/ui/figures.py",
    "survey_app/classrooms/printing.py",
    "survey_app/surveys/addresses.py",
}


def test_d14_no_code_that_runs_data(app):
    faults = []
    for folder in ("survey_app", "measures", "analytics"):
        for path in (ROOT / folder).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                faults += [f"{place}:{node.lineno}: {fault}" for fault in _faults(node, place)]
    assert not faults
    templates = (ROOT / "survey_app" / "templates").rglob("*.html")
    unsafe = [one.name for one in templates if re.search(r"\|\s*safe\b|autoescape false", one.read_text())]
    assert not unsafe
    assert '"S"' in (ROOT / "pyproject.toml").read_text(), "ruff's security rules"


def _faults(node, place):
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names if one.name.split(".")[0] in FORBIDDEN_MODULES)
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
        yield node.module
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func)
    first = node.args[0] if node.args else None
    if called in FORBIDDEN_CALLS:
        yield called
    is_sql = called.split(".")[-1] in ("text", "exec_driver_sql") and isinstance(first, ast.JoinedStr)
    if is_sql and "int(" not in ast.unparse(first) and place not in OUR_OWN_NAMES:
        yield f"{called}(f-string)"
    if called.split(".")[-1] == "Markup" and not isinstance(first, ast.Constant) and place not in MADE_HERE:
        yield f"{called} of something that was made elsewhere"


def test_d14_the_rule_finds_what_it_is_for():
    bad = (
        'import pickle\neval(x)\nyaml.load(f)\ntext(f"SELECT {x}")\nMarkup(words)\nfrom marshal import loads'
    )
    found = [one for node in ast.walk(ast.parse(bad)) for one in _faults(node, "survey_app/x.py")]
    assert len(found) == 6, found


def test_d15_no_text_is_read_as_markup(app, db):
    """Help texts and questions are words: nothing renders HTML or Markdown."""
    for path in (ROOT / "survey_app").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(import|from) (markdown|bleach|nh3|mistune|commonmark)", source, re.MULTILINE
        ), path
    assert db.scalar(select(ItemVersion.id).limit(1)) is not None


ODD = [
    "",
    "NaN",
    "-1",
    "1e308",
    "\x00",
    "[]",
    "２",
    "true",
    "x" * 5000,
    "00000000-0000-0000-0000-000000000000",
]


@pytest.mark.database("sqlite")
def test_d12_no_form_breaks_whatever_name_or_value_it_is_sent(app, everybody):
    """Every address that takes a form gets every field that any form has, whole and cut short."""
    person, _cycle = everybody
    ids = all_ids(app)
    names = {"pick_", "pick_x", "count_", "count_x_", "own-focal-", "predict-", "make_", "others_", "own-"}
    for _path, page in pages(app, person.client, ids, ("improvement.keep_diagram",)):
        if page.mimetype == "text/html":
            fields = [
                one for one in read_page(page.text) if one.name in ("input", "select", "textarea", "button")
            ]
            names |= {one.attributes["name"] for one in fields if one.attributes.get("name")}
    names |= {re.split(r"[-_]", name)[0] + "_" for name in names} | {
        name[:-1] for name in names if len(name) > 30
    }
    names -= {"csrf_token"}
    token = person._form_token()
    for place, (endpoint, path) in enumerate(addresses(app, "POST", **ids)):
        if any(
            end in endpoint for end in (*ENDS, "end_other", "password", "accounts.enter", "accounts.accept")
        ):
            continue
        for value in (ODD[place % len(ODD)], ODD[(place * 3 + 1) % len(ODD)]):
            data = dict.fromkeys(names, value) | {"csrf_token": token}
            status = person.client.post(path, data=data).status_code
            assert status < 500, (endpoint, value[:20], status)
