"""The scanners find what is planted, and of those that need no tools of their own: nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scan import house_rules, parts_list, secret_texts
from tests.scan.parts_list import LOCK, UnknownLicence, locked, others_files
from tests.scan.secret_texts import in_history, in_tree, leaks

ROOT = Path(__file__).parents[1]
# Put together here, so that this file holds none.
SECRETS = {
    "github": "ghp" + "_" + "a1B2c3D4e5F6" * 3,
    "amazon": "AK" + "IA" + "IOSFODNN7EXAMPLQ",
    "a key": "-----BEGIN " + "PRIVATE KEY-----\n" + "MC4CAQAwBQYDK2VwBCIEIH" * 2,
    "a database": "postgresql://nilai:" + "k4ta-s4ndi" + "@db.example/nilai",
    "named": 'NILAI_SECRET_KEY = "' + "q8Zr2Lw0Xk5Tn7Vb3Yd9" + '"',
    "a mail server": "smtps://nilai:" + "Rah4sia99" + "@mail.example",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "README.md").write_text("Nilai Loket\n")
    commit(tmp_path, "Begin")
    return tmp_path


def git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@contoh.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *command], check=True, cwd=folder, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def test_no_file_holds_a_secret() -> None:
    assert leaks(in_tree(ROOT)) == []


@pytest.mark.parametrize("name", SECRETS)
def test_a_planted_secret_is_found_in_the_tree_and_after_it_was_taken_out(
    repository: Path, name: str
) -> None:
    file = repository / "settings.py"
    file.write_text(f"first = 1\n{SECRETS[name]}\n")
    planted = [("settings.py", 2)]
    assert [(leak.path, leak.line) for leak in leaks(in_tree(repository))] == planted
    commit(repository, "Set up")
    file.unlink()
    commit(repository, "Take it out")
    assert leaks(in_tree(repository)) == []
    assert [(leak.path, leak.line) for leak in leaks(in_history(repository))] == [
        ("settings.py", 2)
    ]


def test_a_secret_in_a_message_is_found(repository: Path) -> None:
    (repository / "README.md").write_text("Nilai\n")
    commit(repository, f"Use {SECRETS['github']}")
    assert [leak.path for leak in leaks(in_history(repository))] == ["commit"]


def test_a_leak_does_not_tell_the_secret_again(repository: Path) -> None:
    (repository / "x").write_text(SECRETS["github"])
    assert all(SECRETS["github"][8:] not in str(leak) for leak in leaks(in_tree(repository)))


def test_what_is_made_up_is_still_there() -> None:
    written = b"".join(content for _, _, content in in_tree(ROOT)).decode(errors="replace")
    assert [each for each in secret_texts.MADE_UP if written.count(each) < 2] == []


def test_every_rule_of_the_house_has_a_sample_that_breaks_it_and_one_that_keeps_it() -> None:
    assert house_rules.untried() == set()


def test_a_rule_without_samples_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(house_rules.RULES.read_text() + "\n  - id: never-tried\n")
    monkeypatch.setattr(house_rules, "RULES", rules)
    assert house_rules.untried() == {"never-tried"}


def bandit(file: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "bandit", "--quiet", "--format=json",
         f"--configfile={ROOT / 'pyproject.toml'}", str(file)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return {found["test_id"] for found in json.loads(done.stdout)["results"]}


def test_bandit_finds_what_is_planted_and_nothing_else(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.py", tmp_path / "good.py"
    bad.write_text(
        "import subprocess, pickle, yaml, hashlib, tempfile\n"
        "subprocess.run(f'pg_dump {name}', shell=True)\n"
        "pickle.loads(data)\nyaml.load(data)\nhashlib.md5(data)\ntempfile.mktemp()\n"
    )
    good.write_text("import json\njson.loads(data)\n")
    assert {"B602", "B301", "B506", "B324", "B306"} <= bandit(bad)
    assert bandit(good) == set()


def listed() -> dict[str, dict[str, object]]:
    told = parts_list.parts_list(LOCK.read_text(), others_files())
    return {each["bom-ref"]: each for each in told["components"]}


def pinned() -> Iterator[str]:
    for line in LOCK.read_text().splitlines():
        if "==" in line and not line.startswith(" "):
            name, _, version = line.split()[0].partition("==")
            yield f"pkg:pypi/{name.partition('[')[0]}@{version}"


def test_every_locked_package_and_every_file_of_others_is_a_part_with_a_licence() -> None:
    files = [path for path in ROOT.glob("*/static/**/vendor/**/*.js") if path.is_file()]
    fonts = list((ROOT / "kiosk" / "fonts").glob("*.ttf"))
    wanted = {*pinned(), *(str(path.relative_to(ROOT)) for path in [*files, *fonts])}
    assert len(files) == 4
    assert set(listed()) == wanted
    assert [name for name, part in listed().items() if not part["licenses"]] == []


def test_every_file_of_others_has_its_licence_beside_it() -> None:
    for file in others_files():
        beside = [path.name for path in file.parent.iterdir()]
        assert [name for name in beside if name.endswith(("LICENSE", "OFL.txt"))], file


def test_the_list_of_parts_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        parts_list.write(tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_part_without_a_licence_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(UnknownLicence, match="nobody-knows"):
        parts_list.parts_list("nobody-knows==1.0 \\\n", [])
    with pytest.raises(UnknownLicence, match="loose"):
        parts_list.parts_list("", [tmp_path / "loose.js"])


def test_an_entry_of_a_lock_is_read_with_its_marker() -> None:
    lock = (
        'psycopg[binary]==3.2 ; sys_platform != "win32" \\\n    --hash=sha256:0\nsix==1.17.0 \\\n'
    )
    assert locked(lock) == [
        ("psycopg", "3.2", 'sys_platform != "win32"'), ("six", "1.17.0", "")
    ]  # fmt: skip
