"""A library with faults: all of them are told at once, each once, with file, line and key."""

import shutil
from pathlib import Path

import pytest

from measures import LibraryError, library_digest, load_chrome, load_library
from measures.loader import LIBRARY_FOLDER

SM = "constructs/01_sense_making.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the library that a test may spoil."""
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY_FOLDER, copy)
    return copy


def edit(folder: Path, file: str, *changes: tuple[str, str]) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) >= 1, f"{before!r} is not in {file}"
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(LibraryError) as refused:
        load_library(folder)
    return [str(fault) for fault in refused.value.faults]


def test_the_copy_is_as_good_as_the_original(folder):
    assert load_library(folder).digest == load_library().digest


def test_ten_faults_in_one_file_are_all_told_at_once(folder):
    edit(
        folder,
        SM,
        ("tier: core", "tier: cor"),  # 1 not a tier
        ("question: Did my students work out why it works?\n", ""),  # 2 missing
        ("licence: CC BY 4.0", "licence:"),  # 3 empty
        ("grades: 3-12", "grades: three"),  # 4 not grades
        ("  minutes: 1", "  minutes: soon"),  # 5 not a number
        ("scale: F1\n        student: By", "scale: F11\n        student: By"),  # 6 no such scale
        ("number: 1\n        scale: F2", "number: 0\n        scale: F2"),  # 7 versions count from 1
        ("        adjective: sure\n", ""),  # 8 the scale needs one
        ("reverse: true", "reversed: true"),  # 9 unknown key
        ("why it works?\n        teacher_own", "why {it} works?\n        teacher_own"),  # 10 nobody fills it
    )
    found = faults_of(folder)
    assert len(found) == 10
    for piece in (
        "tier: is 'cor' (did you mean core?); it can be core, extended.",
        "question: is missing.",
        "licence: is empty.",
        "grades: is 'three'; write K-2, 3-12, 6-12 or adults.",
        "measure.minutes: is 'soon'; it should be a whole number.",
        "items[1].versions[1].scale: is 'F11', which scales.yaml does not have; it has F1, F2",
        "items[2].versions[1]: Versions and cycles count from 1.",
        "items[3].versions[1].adjective: scale F3 needs the item's adjective.",
        "items[4].versions[1].reversed: is not a key this place knows (did you mean reverse?).",
        "items[2].versions[1].student: Nobody fills {it}; a question may use {goal} and {n}.",
    ):
        assert sum(piece in fault for fault in found) == 1, piece
    assert all(fault.startswith(f"{SM}:") for fault in found)


def test_a_fault_names_the_line(folder):
    edit(folder, SM, ("status: piloting", "status: famous"))
    lines = (folder / SM).read_text(encoding="utf-8").splitlines()
    line = lines.index("status: famous") + 1
    assert faults_of(folder)[0].startswith(f"{SM}:{line} status: is 'famous'")


def test_faults_of_every_file_are_told_together(folder):
    edit(folder, "scales.yaml", ("name: Amount", "nam: Amount"))
    edit(folder, SM, ("name: Sense-making", "name: 7"))
    edit(folder, "process_checks.yaml", ("source: Written for this library", "source: ''"))
    edit(folder, "instruments/1_mist_short.yaml", ("SM1", "SM9"))
    edit(folder, "translations/es.yaml", ("  SM2.3-12.1:", "  SM2.3-12.7:"))
    edit(folder, "chrome/es.yaml", ("  send: Enviar", "  sned: Enviar"))
    edit(folder, "prompts.yaml", ("plan_prediction: ", "plan_prediction: yes # "))
    found = faults_of(folder)
    files = {fault.split(":")[0] for fault in found}
    assert files == {
        "scales.yaml",
        SM,
        "process_checks.yaml",
        "instruments/1_mist_short.yaml",
        "translations/es.yaml",
        "chrome/es.yaml",
        "prompts.yaml",
    }
    assert len(found) == 8  # scales.yaml: one key missing, one unknown; no other fault echoes


def test_a_file_that_is_not_yaml_does_not_hide_or_invent_faults(folder):
    (folder / SM).write_text("key: SM\n  name: [", encoding="utf-8")
    edit(folder, "instruments/2_small_group.yaml", ("minutes: 1", "minutes: 0"))
    found = faults_of(folder)
    assert len(found) == 2
    assert found[0].startswith(f"{SM}:2: YAML stops here")
    assert "0 minutes is not a practical measure" in found[1]


def test_a_broken_scales_file_is_one_fault(folder):
    (folder / "scales.yaml").write_text("scales: [", encoding="utf-8")
    assert len(faults_of(folder)) == 1


def test_a_missing_file_and_a_missing_folder_are_said(folder):
    (folder / "scales.yaml").unlink()
    assert faults_of(folder) == ["scales.yaml: the file cannot be read (No such file or directory)."]
    shutil.rmtree(folder)
    assert faults_of(folder)[0].endswith("there is no such folder.")


def test_words_that_yaml_reads_otherwise_are_to_be_quoted(folder):
    edit(folder, "chrome/en.yaml", ("send: Send", "send: no"))
    assert faults_of(folder) == [
        "chrome/en.yaml:"
        + str((folder / "chrome/en.yaml").read_text(encoding="utf-8").splitlines().index("  send: no") + 1)
        + " messages.send: is 'no', which YAML does not read as words; put it in quotes."
    ]


@pytest.mark.parametrize("number", ["1:30", "0x1F", "1.5", "[1]", "yes"])
def test_a_number_is_a_plain_number(folder, number):
    edit(folder, SM, ("minutes: 1", f"minutes: {number}"))
    assert len(faults_of(folder)) == 1


def test_a_key_that_stands_twice_is_a_fault_with_both_lines(folder):
    edit(folder, SM, ("tier: core", "tier: core\ntier: extended"))
    assert faults_of(folder) == [f"{SM}:4 tier: stands twice, first in line 3; keep one."]


def test_an_item_or_construct_that_appears_twice_is_a_fault(folder):
    shutil.copy(folder / SM, folder / "constructs/31_again.yaml")
    found = faults_of(folder)
    assert sum("item 'SM1' appears twice" in fault for fault in found) == 1
    assert sum("construct 'SM' appears twice" in fault for fault in found) == 1


def test_anchors_are_refused_before_they_unfold(folder):
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for name, earlier in zip("bcdefghi", "abcdefgh", strict=True):
        laughs += f"{name}: &{name} [{', '.join([f'*{earlier}'] * 9)}]\n"
    (folder / "prompts.yaml").write_text(laughs, encoding="utf-8")
    assert faults_of(folder) == ["prompts.yaml:1: anchors (& and *) are not used here; write the words out."]


def test_the_library_itself_uses_no_anchors():
    # load_library() would refuse them; this says it of the files, whoever reads them.
    import yaml

    for path in LIBRARY_FOLDER.rglob("*.yaml"):
        for event in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader):
            assert getattr(event, "anchor", None) is None, path.name


def test_bottomless_nesting_is_refused(folder):
    (folder / "prompts.yaml").write_text("prompts: " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    assert faults_of(folder) == ["prompts.yaml:1: nested deeper than 12 levels."]


def test_python_objects_are_not_made(folder, tmp_path):
    trap = tmp_path / "made"
    (folder / "prompts.yaml").write_text(
        f"prompts: {{teacher_own_header: !!python/object/apply:os.mkdir ['{trap}']}}", encoding="utf-8"
    )
    assert len(faults_of(folder)) == 1
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "should be a set of 'key: value' lines"),
        (b"- a\n- b\n", "should be a set of 'key: value' lines"),
        ("prompts: {a: niño}".encode("latin-1"), "not UTF-8"),
        (b"prompts: {a: b}\n---\nprompts: {a: c}\n", "YAML stops here"),
        (b"prompts:\n\t- a", "YAML stops here"),
    ],
)
def test_a_file_of_another_shape_is_one_fault(folder, content, said):
    (folder / "prompts.yaml").write_bytes(content)
    found = faults_of(folder)
    assert len(found) == 1
    assert said in found[0]


def test_a_translation_with_another_placeholder_is_told_in_its_own_file(folder):
    edit(folder, "translations/es.yaml", ("Nuestra meta: {goal}.", "Nuestra meta."))
    found = faults_of(folder)
    assert len(found) == 1
    assert found[0].startswith("translations/es.yaml:")
    assert "LG2.3-12.1.student: its placeholders differ from the English ones" in found[0]
    assert found[0].endswith("which are: {goal}.")


def test_a_translation_that_forgets_does_not_apply_is_a_fault(folder):
    edit(folder, "translations/es.yaml", ("    not_applicable: No trabajé en grupo\n", ""))
    assert "the English question offers 'does not apply'" in faults_of(folder)[0]


def test_a_translation_of_nothing_is_a_fault_with_a_hint(folder):
    edit(folder, "translations/es.yaml", ("  SM1.K-2.1:", "  SM1.K2.1:"))
    assert faults_of(folder)[0].endswith("no such item version (did you mean SM1.K-2.1?).")


def test_an_unfinished_language_loads_but_is_not_offered(folder):
    (folder / "translations/vi.yaml").write_text(
        "locale: vi\nstate: machine_draft\nscales:\n  F1:\n    labels: "
        "{not_at_all: Không chút nào, a_little: Một chút, some: Khá nhiều, a_lot: Rất nhiều}\n"
        "items:\n  SM1.3-12.1:\n    student: Ý chính có dễ hiểu với em không?\n",
        encoding="utf-8",
    )
    library = load_library(folder)
    assert library.locales == ("en", "es")
    assert library.item_versions["SM1.3-12.1"].wordings["student", "vi"].option_labels["some"] == "Khá nhiều"
    assert "SM2.3-12.1: the student's words" in library.holes("vi")
    assert "chrome/vi.yaml: the page words" in library.holes("vi")


def test_a_missing_message_keeps_a_language_from_being_offered(folder):
    edit(folder, "chrome/es.yaml", ("  send: Enviar\n", ""))
    library = load_library(folder)
    assert library.locales == ("en",)
    assert library.holes("es") == ["message send"]


def test_a_second_version_of_a_question_and_of_a_scale_stand_beside_the_first(folder):
    scales = (folder / "scales.yaml").read_text(encoding="utf-8")
    first = scales[scales.index("  - key: F2") : scales.index("  # The item brings")]
    second = first.replace("version: 1", "version: 2").replace("2 or 3 times", "Two or three times")
    (folder / "scales.yaml").write_text(scales + "\n" + second, encoding="utf-8")
    edit(
        folder,
        SM,
        (
            "  - key: SM3",
            "      - band: 3-12\n        number: 2\n        scale: F2.2\n        parent: SM2.3-12.1\n"
            "        comparability: linked\n        student: How many times did you ask why it works?\n"
            "        teacher_own: How many times did a typical one of them ask why it works?\n  - key: SM3",
        ),
    )
    library = load_library(folder)
    newest = library.items["SM2"].latest("3-12")
    assert newest.key == "SM2.3-12.2"
    assert newest.scale.reference == "F2.2"
    assert library.item_versions["SM2.3-12.1"].scale.reference == "F2"
    assert library.holes("es") == ["SM2.3-12.2: the student's words"]


def test_the_digest_changes_with_any_word_and_not_with_line_ends(folder):
    before = library_digest(folder)
    for path in folder.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert library_digest(folder) == before
    edit(folder, "chrome/es.yaml", ("Enviar", "Mandar"))
    assert library_digest(folder) != before


def test_a_damaged_item_makes_no_echo_in_ready_sets_and_translations(folder):
    edit(folder, SM, ("key: SM1", "key: sm1"))
    found = faults_of(folder)
    assert any("items of SM are called SM1 and so on" in fault for fault in found)
    assert not [fault for fault in found if fault.startswith("scales")]


def test_the_page_words_alone_are_those_of_the_library_and_their_faults_are_told(folder):
    assert load_chrome(folder) == load_library(folder).chrome
    edit(folder, "chrome/es.yaml", ("  send: Enviar", "  sned: Enviar"))
    with pytest.raises(LibraryError, match=r"chrome/es\.yaml.*sned"):
        load_chrome(folder)
