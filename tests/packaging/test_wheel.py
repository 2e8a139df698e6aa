"""The wheel alone is a whole product: built, installed in a clean environment, it indexes and searches the sample."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: object, **options: object) -> str:
    outcome = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=900, check=False, **options
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("zhimai-*.whl")
    return built


def test_the_wheel_holds_models_catalogue_and_templates_and_stays_small(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for ending in (".crfsuite", ".onnx", ".yaml", ".html", ".css", ".js"):
        assert any(name.endswith(ending) for name in names), f"no {ending} in the wheel"
    assert not [name for name in names if name.startswith(("tests/", "bench/", "samples/"))]
    assert wheel.stat().st_size < 60_000_000


def test_a_clean_environment_indexes_and_searches_the_sample(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements.lock")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel)
    program = (environment / "bin" / "zhimai", "--engine", f"embedded:{tmp_path / 'archive'}")
    outside = {"cwd": tmp_path, "env": {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}}
    report = json.loads(run(*program, "index", ROOT / "samples", "--json", **outside))
    assert report["items"]["added"] >= 120
    assert report["problems"] == []
    found = json.loads(run(*program, "search", "GLM-5", "--json", **outside))
    assert found["total"] >= 1
    run(*program, "doctor", **outside)
