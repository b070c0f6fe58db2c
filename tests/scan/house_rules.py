"""The rules of this house, by semgrep: none is broken in the product, and each can find something.

Semgrep's own dependencies clash with ours, so it lives in ``.venv-scan``. It asks nobody: rules
are read from here, figures of its use are switched off.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
RULES = Path(__file__).with_name("rules.yaml")
SAMPLES = Path(__file__).with_name("samples")
SEMGREP = ROOT / ".venv-scan" / "bin" / "semgrep"
PRODUCT = ("survey", "kiosk", "aggregation", "deploy", "templates")
_NOT_OURS = shutil.ignore_patterns("vendor", "__pycache__", "*.br", "*.gz")
_SAID = re.compile(r"(ruleid|ok): ([a-z-]+)")
_NAMED = re.compile(r"^  - id: ([a-z-]+)$", re.MULTILINE)

Found = tuple[str, str, int]
"""The rule, the file and the line."""


def findings(folder: Path) -> set[Found]:
    """Return what the rules find in a folder, by the paths that lie in it.

    Raises
    ------
    subprocess.CalledProcessError
        If semgrep could not run, or does not understand a rule.
    """
    with TemporaryDirectory() as own:
        quiet = {"SEMGREP_SETTINGS_FILE": f"{own}/settings", "SEMGREP_LOG_FILE": f"{own}/log",
                 "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}  # fmt: skip
        done = subprocess.run(
            [SEMGREP, "scan", "--quiet", "--json", "--metrics=off", "--disable-version-check",
             "--no-git-ignore", "--exclude=vendor", f"--config={RULES}", "."],
            check=True, capture_output=True, text=True, cwd=folder, env={**os.environ, **quiet},
        )  # fmt: skip
    told = json.loads(done.stdout)
    return {
        (each["check_id"].rpartition(".")[2], each["path"], each["start"]["line"])
        for each in told["results"]
    }


def in_product() -> set[Found]:
    """Return what the rules find in the product, laid out alone as the samples are."""
    with TemporaryDirectory() as folder:
        for part in PRODUCT:
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=_NOT_OURS)
        return findings(Path(folder))


def planted() -> tuple[set[Found], set[Found]]:
    """Return what the rules find in the samples, and what stands there to be found."""
    with TemporaryDirectory() as folder:
        wanted = set()
        for sample in SAMPLES.rglob("*.txt"):
            name = str(sample.relative_to(SAMPLES)).removesuffix(".txt")
            laid = Path(folder) / name
            laid.parent.mkdir(parents=True, exist_ok=True)
            laid.write_text(sample.read_text())
            wanted |= {(rule, name, line) for said, rule, line in told_in(sample) if said}
        return findings(Path(folder)), wanted


def told_in(sample: Path) -> list[tuple[bool, str, int]]:
    """Return what a sample tells of its lines: whether a rule is broken there, or kept."""
    lines = sample.read_text().splitlines()
    return [
        (told[1] == "ruleid", told[2], number + 1)
        for number, line in enumerate(lines, 1)
        if (told := _SAID.search(line))
    ]


def untried() -> set[str]:
    """Return rules without a sample that breaks them, or without one that keeps them."""
    tried = {told[:2] for sample in SAMPLES.rglob("*.txt") for told in told_in(sample)}
    names = _NAMED.findall(RULES.read_text())
    return {name for name in names if not {(True, name), (False, name)} <= tried}
