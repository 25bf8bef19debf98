"""What the browser tests need of the operating system: Chromium, and a font with Chinese characters."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.terminal import in_ci, run, say

SHELL = "chromium-headless-shell"  # Chromium without its own windows and menus: the same pages for a third less processor time
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COMMAND = "apt-get install -y --no-install-recommends chromium fonts-noto-cjk"


def chromium() -> str | None:
    """The Chromium to test with: `CROSSDESK_CHROMIUM`, else the first on PATH."""
    named = os.environ.get("CROSSDESK_CHROMIUM")
    return named if named and Path(named).is_file() else next(filter(None, map(shutil.which, BROWSERS)), None)


def has_chinese_font() -> bool:
    """Whether some installed font has Chinese characters."""
    if shutil.which("fc-list"):
        result = subprocess.run(["fc-list", ":lang=zh-cn", "file"], check=False, capture_output=True, text=True)
        return bool(result.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _is_offered(package: str) -> bool:
    found = subprocess.run(["apt-cache", "show", package], check=False, capture_output=True)
    return found.returncode == 0


def ensure_browser() -> bool:
    """Install Chromium and the font where they are missing and can be. Without them: say the command; in CI that is a failure."""
    if chromium() and has_chinese_font():
        return True
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing Chromium and a Chinese font for the browser tests …")
        quietly = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], environment=quietly, quiet=True)
        run([SHELL if word == "chromium" and _is_offered(SHELL) else word for word in COMMAND.split()], environment=quietly, quiet=True)
    if chromium() and has_chinese_font():
        return True
    what = "Chromium" if not chromium() else "a font with Chinese characters (fonts-noto-cjk)"
    say(f"The browser tests need {what}. Install it with:\n    sudo {COMMAND}")
    say("With CI=true this is a failure." if in_ci() else "Without it they are skipped.")
    return not in_ci()
