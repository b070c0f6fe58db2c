"""No test looks in random text for what is so short that it stands there by chance one day."""

import ast
import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from aggregation.models import Officer
from survey.models import Desk, ServiceUnit
from tests import page_words, running_marks
from tests.month_factories import small_office
from tests.running_marks import mark_of

Function = ast.FunctionDef | ast.Module
SOURCES = sorted(Path(__file__).parent.rglob("*.py"))
RAW = {"text", "data", "stdout", "output"}
"""Of an answer, a letter or a command: all of it, with tokens, keys and digests."""

READ = {"words", "met_on", "words_of", "printed", "shown_rows", "told"}
"""What gives only what a person reads."""

BY_CHANCE = re.compile(r"[0-9]{1,6}|[0-9A-Za-z]{1,4}")
"""Four letters stand in a hundred random ones once in some hundred thousand pages."""


def absences(source: str) -> list[tuple[int, str]]:
    """Return the lines that look for something short in a whole page, and for what."""
    module = ast.parse(source)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    return sorted(
        (compared.lineno, wanted)
        for function in functions
        for compared in ast.walk(function)
        if isinstance(compared, ast.Compare) and isinstance(compared.ops[0], ast.In | ast.NotIn)
        for wanted in _constants(compared.left, function)
        if BY_CHANCE.fullmatch(wanted) and _is_raw(compared.comparators[0], function, module)
    )


def _constants(looked_for: ast.expr, function: Function) -> Iterator[str]:
    """Yield the words that an expression stands for: itself, or what a loop lets it be."""
    if isinstance(looked_for, ast.Constant) and isinstance(looked_for.value, str):
        yield looked_for.value
    if isinstance(looked_for, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.For | ast.comprehension) and _binds(node.target, looked_for):
                values = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
                for each in values:
                    yield from _constants(each, function) if isinstance(each, ast.Constant) else ()


def _is_raw(place: ast.expr, function: Function, module: ast.Module, depth: int = 4) -> bool:
    """Say whether a place holds a whole page: itself, or what a name or a function stands for."""
    match place:
        case ast.Attribute(attr=name):
            return name in RAW
        case ast.Call(func=ast.Name(id=name)):
            return name not in READ and _any_raw(_returned(module, name), module, module, depth)
        case ast.Call(func=ast.Attribute(value=inside)) | ast.Subscript(value=inside):
            return _is_raw(inside, function, module, depth)
        case ast.BinOp(left=left, right=right):
            return any(_is_raw(each, function, module, depth) for each in (left, right))
        case ast.Name():
            return _any_raw(_assigned(function, place), function, module, depth)
    return False


def _any_raw(
    places: Iterator[ast.expr], function: Function, module: ast.Module, depth: int
) -> bool:
    return depth > 0 and any(_is_raw(each, function, module, depth - 1) for each in places)


def _assigned(function: Function, name: ast.Name) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(_binds(each, name) for each in node.targets):
            yield node.value


def _returned(module: ast.Module, name: str) -> Iterator[ast.expr]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield each.value


def _binds(target: ast.expr, name: ast.Name) -> bool:
    return isinstance(target, ast.Name) and target.id == name.id


def test_no_test_looks_for_something_short_in_random_text() -> None:
    found = {path.name: absences(path.read_text()) for path in SOURCES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        'assert "49" not in client.get(ADDRESS).text',
        'page = client.get(ADDRESS).text.partition("<main")[2]; assert "104" not in page',
        'for figure in ("86,54", "104"): assert figure not in client.get(ADDRESS).text',
        'assert [each for each in ("Sari", WHY) if each not in page.text + other] == []',
        'assert "xxx" not in page.data.decode()',
        'assert ("49" in page.text) is told',
        'assert not [each for each in (*names, "Puas") if each in page.text]',
        "assert '49' not in opened(client)",
    ],
)
def test_a_short_word_looked_for_in_a_whole_page_is_noticed(line: str) -> None:
    opened = "def opened(client):\n    return client.get(ADDRESS).text\n"
    assert len(absences(f"{opened}def test():\n    {line}")) == 1


@pytest.mark.parametrize(
    "line",
    [
        'assert "49" not in met_on(page)',
        'said = words(page.text); assert "49" not in said',
        'assert "49 tanggapan" not in page.text',
        'assert "25,00" not in page.text',
        'assert "L1" not in {row["code"] for row in rows}',
    ],
)
def test_what_a_person_reads_may_be_searched_for_anything(line: str) -> None:
    assert absences(f"def test():\n    {line}") == []


def test_no_made_up_name_or_code_holds_a_figure(session: Session) -> None:
    office = small_office(session)
    named = [session.get_one(Officer, each) for each in office.officers]
    said = [session.get_one(ServiceUnit, office.unit_id).code]
    said += [session.get_one(Desk, each).code for each in office.desks]
    said += [word for each in named for word in (each.name, each.key)]
    assert [each for each in said if re.search(r"\d", each)] == []
    assert {digit for each in named for digit in each.nip or ""} <= {"0", "6"}


def test_what_is_made_later_comes_later_and_no_two_are_alike() -> None:
    marks = [mark_of(number) for number in range(0, 100_000, 7)]
    assert marks == sorted(set(marks))
    nips = [running_marks.nip_of(mark) for mark in marks]
    assert nips == sorted(set(nips))
    assert {len(nip) for nip in nips} == {18}


def test_the_examples_hold() -> None:
    assert [doctest.testmod(each).failed for each in (running_marks, page_words)] == [0, 0]
