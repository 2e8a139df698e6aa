"""Writes requirements.lock (to run) and requirements-dev.lock (to check) from pyproject.toml, with hashes."""

import subprocess
import sys

COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--quiet", "--upgrade"),
]


def main() -> None:
    """Runs uv's resolver twice; the second result holds the first's versions."""
    subprocess.run([*COMPILE, "-o", "requirements.lock"], check=True)
    subprocess.run([*COMPILE, "--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"], check=True)


if __name__ == "__main__":
    main()
