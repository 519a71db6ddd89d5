"""The build: setup.py agrees with the disk, and sdist → wheel gives a package that works."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import seal_match_rs
import seal_planes

ROOT = Path(__file__).resolve().parents[2]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(
    *command: str | Path, cwd: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_sources_of_setup_are_those_on_disk():
    setup = load(ROOT / "setup.py")
    listed = {*setup.TURBO.sources, *setup.TURBO.depends}
    found = {str(p.relative_to(ROOT)) for p in (ROOT / "pyext").rglob("*.p[yx][xd]")}
    assert listed == found
    assert setup.RUST.sources == []
    assert (ROOT / setup.CRATE / "Cargo.toml").is_file()


def test_rust_module_name_agrees_everywhere():
    setup = load(ROOT / "setup.py")
    crate = ROOT / setup.CRATE
    manifest = tomllib.loads((crate / "Cargo.toml").read_text())
    maturin = tomllib.loads((crate / "pyproject.toml").read_text())["tool"]["maturin"]
    assert maturin["module-name"] == setup.RUST.name == f"seal_match_rs.{manifest['lib']['name']}"
    assert (
        seal_match_rs.__version__
        == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    )


def test_every_package_on_disk_is_in_the_distribution():
    find = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"][
        "find"
    ]
    wanted = {pattern.rstrip("*") for pattern in find["include"]}
    roots = [ROOT / where for where in find["where"]]
    found = {p.parent.name for root in roots if root.is_dir() for p in root.glob("*/__init__.py")}
    assert found <= wanted
    for name in found:
        (folder,) = [root / name for root in roots if (root / name).is_dir()]
        assert (folder / "py.typed").is_file(), f"{name} is typed, but does not say so"


@pytest.mark.parametrize("profile", [seal_match_rs.build_profile(), seal_planes.build_profile()])
def test_build_profile_is_told(profile):
    assert profile == (
        "debug" if os.environ.get("SEALMATCH_DEBUG", "") not in {"", "0"} else "release"
    )


def test_the_lock_covers_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    locked = {
        line.split("==")[0].lower()
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line
    }
    for requirement in [*project["dependencies"], *extras["dev"], *extras["accuracy"]]:
        name = requirement.split(">")[0].split("[")[0].lower()
        assert name in locked, f"{name} is not locked: run make lock"


def test_nothing_compiles_for_metadata(tmp_path):
    """Neither cargo nor a C compiler can be found, and the metadata is there all the same."""
    source = tmp_path / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(".git", ".venv", "target", "*.so", "shared", "out"),
    )
    code = (
        "import setuptools.build_meta as b; print(b.get_requires_for_build_wheel());"
        f"print(b.prepare_metadata_for_build_wheel({str(tmp_path)!r}))"
    )
    done = run(sys.executable, "-c", code, cwd=source, PATH="/nonexistent")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "sealmatch-0.1.0.dist-info"
    assert not list(source.rglob("*.so"))


@pytest.mark.parametrize(
    ("extension", "variables", "cure"),
    [
        ("TURBO", {"CC": "no-such-compiler"}, "apt-get install build-essential"),
        ("TURBO", {"PROBE": "1"}, "apt-get install libturbojpeg0-dev"),
        ("RUST", {"PATH": "/nonexistent"}, "rustup"),
        ("RUST", {"RUSTFLAGS": "-C target-cpu=native"}, "target-cpu"),
    ],
)
def test_missing_tools_are_named_in_one_line(extension, variables, cure, tmp_path):
    code = (
        "import os, setup, setuptools\n"
        "if os.environ.get('PROBE'):\n"
        "    setup.HEADERS = {'no_such_header.h': setup.HEADERS['turbojpeg.h']}\n"
        f"setuptools.setup(name='x', py_modules=[], ext_modules=[setup.{extension}],"
        " cmdclass={'build_ext': setup.BuildExt},"
        " script_args=['-q', 'build_ext', '--build-lib', 'lib', '--build-temp', 'temp'])"
    )
    command = (sys.executable, "-W", "ignore", "-c", code)
    done = run(*command, cwd=tmp_path, PYTHONPATH=str(ROOT), **variables)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("sealmatch: ")
    assert cure in last


def test_layers_point_inwards():
    done = run(sys.executable, ROOT / "tools/check_layers.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("domain/rules.py", "import numpy", "domain imports numpy"),
        ("domain/rules.py", "from seal_service.adapters import sql", "domain must not import"),
        ("domain/rules.py", "from ..adapters import sql", "domain must not import"),
        ("application/use.py", "def f():\n    import sqlalchemy", "framework sqlalchemy"),
        ("grpc_api/api.py", "import seal_match_rs", "outside adapters/matching"),
        ("cli.py", "from seal_planes import decode", "outside adapters/matching"),
        ("adapters/matching/engine.py", "from seal_planes import decode", None),
        ("domain/rules.py", "from seal_service.domain.other import x\nimport enum", None),
        ("cli.py", "from seal_service.adapters.matching import engine", None),
    ],
)
def test_a_breach_of_layers_is_found(path, text, problem, tmp_path):
    layers = load(ROOT / "tools/check_layers.py")
    file = tmp_path / layers.SERVICE / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    found = list(layers.breaches_of_service(tmp_path))
    assert [problem in line for line in found] == ([True] if problem else [])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sdist_makes_a_wheel_that_works(tmp_path):
    """From a clean copy to an installed package, through pip's own front door."""
    built = run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert any(name.endswith("/Cargo.lock") for name in names)
    assert any(name.endswith("/native/seal_match_core/Cargo.toml") for name in names)
    assert not [name for name in names if name.endswith((".so", ".pyc")) or "/target/" in name]

    # Cargo's folder is shared, so that only the workspace's own crates compile again.
    command = ["-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path, sdist]
    wheeled = run(sys.executable, *command, CARGO_TARGET_DIR=str(ROOT / "target" / "sdist-test"))
    assert wheeled.returncode == 0, wheeled.stdout + wheeled.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
        archive.extractall(tmp_path / "site")  # noqa: S202  # our own wheel
    assert "seal_match_rs/_native.abi3.so" in inside
    assert {"seal_planes/py.typed", "seal_planes/_turbo.pyi", "seal_match_rs/py.typed"} <= set(
        inside
    )
    assert not [name for name in inside if name.endswith((".pyx", ".c", ".rs"))]

    code = (
        "import seal_match_rs, seal_planes; print(seal_match_rs.__file__);"
        "print(seal_match_rs.build_profile(), seal_planes.build_profile())"
    )
    site = tmp_path / "site"
    # -S keeps the editable install out; the dependencies are found beside this pytest.
    packages = Path(pytest.__file__).parents[1]
    used = run(sys.executable, "-S", "-c", code, cwd=tmp_path, PYTHONPATH=f"{site}:{packages}")
    assert used.returncode == 0, used.stderr
    assert used.stdout.splitlines()[0].startswith(str(site))
    assert used.stdout.splitlines()[1] == "release release"
