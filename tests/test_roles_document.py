"""The page that tells people what each role may do says what the code does."""

import re

from aggregation.access.roles import RIGHTS, Right, Role
from survey.settings import HOME

COLUMNS = ["operator", "unit head", "assessor", "HR", "reviewer", "officer", "auditor"]
ROLES = [Role(name.lower().replace(" ", "_")) for name in COLUMNS]


def told(page: str) -> dict[Role, set[Right]]:
    """Read the table of the page: a row a right, a column a role."""
    found: dict[Role, set[Right]] = {role: set() for role in ROLES}
    for right, cells in re.findall(r"^\| .*\(`(\w+)`\) \| (.*) \|$", page, re.MULTILINE):
        for role, cell in zip(ROLES, cells.split(" | "), strict=True):
            if cell == "yes":
                found[role].add(Right(right))
    return found


def test_the_page_and_the_code_agree() -> None:
    page = (HOME / "docs" / "roles.md").read_text()
    assert "| right | " + " | ".join(COLUMNS) + " |" in page
    assert told(page) == {role: set(rights) for role, rights in RIGHTS.items()}
    assert len(re.findall(r"\(`\w+`\)", page)) == len(Right)


def test_a_page_that_promises_too_much_is_noticed() -> None:
    page = (HOME / "docs" / "roles.md").read_text()
    assert told(
        page.replace("| – | yes | yes | – | – | yes |", "| yes | yes | yes | – | – | yes |")
    )[Role.UNIT_HEAD] != set(RIGHTS[Role.UNIT_HEAD])
