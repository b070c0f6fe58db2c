"""House rules that no linter knows. Cycles and imports inside functions are `make check`'s."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("survey", "kiosk", "aggregation", "deploy")
MADE = re.compile(r"__pycache__|\.egg-info|\.(br|gz|mo|pyc)$")
# "Services" is not among them: what a unit does for its citizens is called that.
VAGUE = {"common", "helpers", "manager", "misc", "utils"}
LONGEST_FILE = 300
PINNED = re.compile(
    r"^[a-z0-9.-]+(\[[a-z,]+\])?==\S+( ; .+)? \\(\n +--hash=sha256:[0-9a-f]{64}.*)+"
)
LAYOUT = re.compile(r'^\{% extends "(base|layouts/\w+)\.html" %\}', re.MULTILINE)
INCLUDED = re.compile(r'\{%-? include "([^"]+)"')
HOMES = re.compile("|".join(rf"(?<![\w.])/{home}/\w" for home in ("root", "home", "work", "Users")))


def files(*folders: str, pattern: str = "*") -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob(pattern))
    return sorted(path for path in found if path.is_file() and not MADE.search(str(path)))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


PYTHON = files(*PRODUCT, pattern="*.py")
TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path.read_text()
    for path in files("templates", pattern="*.html")
}


def holds_a_docstring_only(source: str) -> bool:
    match ast.parse(source).body:
        case [ast.Expr(ast.Constant(str()))]:
            return True
    return False


def pages_without_a_layout(templates: dict[str, str]) -> set[str]:
    parts = {part for text in templates.values() for part in INCLUDED.findall(text)}
    pages = {name for name in templates if not re.match(r"base\.|layouts/|components/", name)}
    return {name for name in pages - parts if not LAYOUT.search(templates[name])}


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the repository that a person wrote."""
    written = files(*PRODUCT, "templates", "tests", "docs", ".ci")
    for path in [*written, *ROOT.glob("*.*"), ROOT / "Makefile"]:
        if path.is_file() and "vendor" not in path.parts:
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode(errors="replace")


def test_a_package_root_holds_a_docstring_only() -> None:
    roots = [path for path in PYTHON if path.name == "__init__.py"]
    assert names([root for root in roots if not holds_a_docstring_only(root.read_text())]) == []


@pytest.mark.parametrize("source", ["", "import os", '"""Doc."""\nfrom a import b', "x = 1"])
def test_a_package_root_with_anything_else_is_noticed(source: str) -> None:
    assert not holds_a_docstring_only(source)


def test_every_folder_of_modules_says_what_it_is() -> None:
    folders = {path.parent for path in PYTHON if path.parent.name != "versions"}
    assert names([folder for folder in folders if not (folder / "__init__.py").exists()]) == []


def test_a_file_can_be_read_in_one_sitting() -> None:
    # The first migration is as long as the schema, and nobody edits it again.
    read = [path for path in PYTHON if path.parent.name != "versions"]
    long = [path for path in read if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert names(long) == []


def test_a_module_is_named_for_the_noun_or_verb_of_the_trade() -> None:
    assert [path for path in names(PYTHON) if VAGUE & set(re.split(r"[/_.]", path))] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    ways = re.compile(r"(importor|mark\.|pytest\.)(skip|xfail)")
    assert names([p for p in files("tests", pattern="*.py") if ways.search(p.read_text())]) == []


def test_tests_lie_flat() -> None:
    folders = {path.parent.name for path in files("tests", pattern="test_*.py")}
    assert folders <= {"tests", "durability"}


def test_a_page_stands_in_a_layout() -> None:
    assert pages_without_a_layout(TEMPLATES) == set()


def test_a_page_without_a_layout_is_noticed() -> None:
    templates = {
        "a/page.html": '{% extends "base.html" %}{% include "a/part.html" %}',
        "a/part.html": "<p>Bagian</p>",
        "a/loose.html": "<!doctype html><title>Lepas</title>",
    }
    assert pages_without_a_layout(templates) == {"a/loose.html"}


@pytest.mark.parametrize("name", [f"requirements{each}.txt" for each in ("", "-dev", "-scan")])
def test_a_lock_pins_every_package_by_hash_and_names_no_place(name: str) -> None:
    lock = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert [entry.split()[0] for entry in entries if not PINNED.match(entry)] == []
    assert "://" not in lock
    assert not re.search(r"^\s*(-i\b|-f\b|--(?!hash=))", lock, re.MULTILINE)


@pytest.mark.parametrize("entry", ["flask==3.1.3", "flask \\\n    --hash=sha256:" + "0" * 64])
def test_a_package_without_hash_or_version_is_noticed(entry: str) -> None:
    assert not PINNED.match(entry)


def test_nothing_names_a_place_on_the_machine_it_was_written_on() -> None:
    assert names([path for path, text in texts() if HOMES.search(text)]) == []


def loaded_by(module: str) -> set[str]:
    """Return the outermost packages that a process has loaded after importing a module."""
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_the_public_site_loads_neither_statistics_nor_the_staff_site() -> None:
    assert loaded_by("kiosk.app").isdisjoint(
        {"aggregation", "authlib", "joserfc", "plotly", "scipy", "numpy"}
    )


def test_the_staff_site_is_seen_to_be_loaded_where_it_is() -> None:
    assert "aggregation" in loaded_by("aggregation.app")


def says_what_it_cannot_know(template: str) -> bool:
    """Say whether a page puts something else than its own words through `_()`.

    That would format it and take it for safe; words from elsewhere go through the filter `said`.
    """
    return re.search(r"\b_\((?![\"'])", template) is not None


def test_templates_translate_their_own_words_only() -> None:
    assert [name for name, text in TEMPLATES.items() if says_what_it_cannot_know(text)] == []


def test_a_template_that_translates_a_variable_is_noticed() -> None:
    assert says_what_it_cannot_know("{{ _(service.name) }}")
    assert not says_what_it_cannot_know('{{ _("Puas") }} {{ service.name | said }}')
