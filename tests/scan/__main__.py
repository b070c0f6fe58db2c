"""``make scan``: every scanner over the whole repository, and over what is planted for it.

It ends with 1 if something was found that should not be there, or something planted was not.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.scan import house_rules, parts_list, secret_texts

ROOT = Path(__file__).parents[2]
SCAN_PYTHON = ROOT / ".venv-scan" / "bin" / "python"
LIST = ROOT / "var" / "sbom.json"
VALIDATED = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(str(wrong) if wrong else 0)
"""


def rules() -> Iterator[str]:
    """Yield rules of the house that are broken, or that would not notice it."""
    broken = sorted(house_rules.in_product())
    yield from (f"{rule} is broken at {path}:{line}" for rule, path, line in broken)
    found, wanted = house_rules.planted()
    yield from (f"planted, not found: {each}" for each in sorted(wanted - found))
    yield from (f"found where nothing is planted: {each}" for each in sorted(found - wanted))
    yield from (f"without samples: {name}" for name in sorted(house_rules.untried()))


def secrets() -> Iterator[str]:
    """Yield what looks like a secret, in the tree and in the history."""
    for files in (secret_texts.in_tree(ROOT), secret_texts.in_history(ROOT)):
        yield from (str(leak) for leak in secret_texts.leaks(files))


def parts() -> Iterator[str]:
    """Yield what is wrong with the list of parts, by the format's own checker."""
    parts_list.write(LIST)
    for file, is_right in ((LIST, True), (_spoilt(LIST), False)):
        checked = subprocess.run(
            [SCAN_PYTHON, "-c", VALIDATED, file], check=False, capture_output=True, text=True
        )
        if (checked.returncode == 0) is not is_right:
            yield f"{file.name}: {checked.stderr or 'a spoilt list was taken'}"


def _spoilt(file: Path) -> Path:
    spoilt = file.with_name("sbom-spoilt.json")
    spoilt.write_text(file.read_text().replace('"type": "library"', '"type": "rumour"'))
    return spoilt


def main() -> int:
    """Run all scanners; return the status to end with."""
    scanners: Iterable[Callable[[], Iterator[str]]] = (rules, secrets, parts)
    wrong = 0
    for scanner in scanners:
        found = list(scanner())
        wrong += len(found)
        print(f"{scanner.__name__}: {len(found)} found", *found, sep="\n  ")  # noqa: T201
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
