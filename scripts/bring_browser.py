"""Brings a browser and a Chinese font for the browser tests, where the machine lacks them.

An installed Chrome or Chromium is used as it is; else Playwright's own is fetched; else, as root on Debian, the
packages chromium and fonts-noto-cjk are installed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Leaves a browser behind or says what to install."""
    if not has_browser() and not fetch_browser() and not install_packages("chromium"):
        sys.exit("The browser tests need Chromium or Chrome: install it, or run `playwright install chromium`.")
    if not has_chinese_font() and not install_packages("fonts-noto-cjk"):
        print("No Chinese font found: pages will show empty boxes. Install Noto Sans CJK.", file=sys.stderr)


def has_browser() -> bool:
    """Whether a browser is on the path or was fetched by Playwright before."""
    fetched = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return any(shutil.which(name) for name in BROWSERS) or any(fetched.glob("chromium-*"))


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font with Chinese characters (other systems than Linux always have one)."""
    if sys.platform != "linux":
        return True
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout.strip())


def fetch_browser() -> bool:
    """Tries Playwright's own download; False where it cannot be reached."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def install_packages(*packages: str) -> bool:
    """Installs Debian packages where that is possible: as root, with apt-get."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    main()
