"""Writes from pyproject.toml, with hashes: requirements.lock (to run), requirements-dev.lock (to check) and
requirements-build.lock (to build the wheel)."""

import subprocess
import sys
import tomllib
from pathlib import Path

COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--quiet", "--upgrade"),
]


def main() -> None:
    """Runs uv's resolver three times; the second result holds the first's versions."""
    project, group = "pyproject.toml", ("--group", "dev", "-c", "requirements.lock")
    subprocess.run([*COMPILE, project, "-o", "requirements.lock"], check=True)
    subprocess.run([*COMPILE, project, *group, "-o", "requirements-dev.lock"], check=True)
    needed = "\n".join(tomllib.loads(Path(project).read_text(encoding="utf-8"))["build-system"]["requires"])
    subprocess.run([*COMPILE, "-", "-o", "requirements-build.lock"], input=needed, text=True, check=True)


if __name__ == "__main__":
    main()
