"""Extension modules of the distribution, and nothing else: metadata is in ``pyproject.toml``.

Two native parts are built by one ``build_ext``:

* ``seal_planes._turbo``: Cython over libjpeg-turbo;
* ``seal_match_rs._native``: Rust, through the crate's own maturin backend, whose library we take.

Nothing compiles before ``build_ext`` runs, so pip can ask for requirements and metadata on a
machine without compilers. ``SEALMATCH_DEBUG=1`` in the environment makes a debug build of both
parts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import NoReturn

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CRATE = Path("native/seal_match_rs")
DEBUG = os.environ.get("SEALMATCH_DEBUG", "") not in {"", "0"}

TURBO = Extension(
    "seal_planes._turbo",
    sources=["pyext/seal_planes/_turbo.pyx"],
    depends=["pyext/seal_planes/turbojpeg.pxd"],
    libraries=["turbojpeg"],
    extra_compile_args=["-O0", "-g"] if DEBUG else ["-O3"],
    define_macros=[("SEALMATCH_DEBUG", "1")] if DEBUG else [],
)
# maturin finds the Rust sources; setuptools only needs the module's name and that it is an abi3
# library.
RUST = Extension("seal_match_rs._native", sources=[], py_limited_api=True)

# A header that the compiler must find, and what to install when it does not.
HEADERS = {
    "Python.h": "the headers of this Python are missing; install: apt-get install python3-dev",
    "turbojpeg.h": "libjpeg-turbo headers are missing; install: apt-get install libturbojpeg0-dev",
}


class BuildExt(build_ext):
    """Build each extension with the tool of its language."""

    def finalize_options(self) -> None:
        """Place Cython's C files below ``build/`` instead of beside their sources."""
        super().finalize_options()
        self.cython_c_in_temp = True

    def build_extension(self, ext: Extension) -> None:
        """Build one extension, after a check that its tools are installed."""
        if ext is RUST:
            check_rust()
            build_rust(Path(self.get_ext_fullpath(ext.name)))
        else:
            self.check_headers()
            super().build_extension(ext)

    def check_headers(self) -> None:
        """Stop with one clear line where a C compiler or a header is missing."""
        compiler = self.compiler.compiler[0]
        if not shutil.which(compiler):
            fail(
                f"the C compiler {compiler!r} is missing; install: apt-get install build-essential"
            )
        includes = [f"-I{folder}" for folder in self.compiler.include_dirs]
        for header, cure in HEADERS.items():
            probe = subprocess.run(
                [compiler, "-E", "-x", "c", *includes, "-"],
                input=f"#include <{header}>\n",
                capture_output=True,
                text=True,
                check=False,
            )
            if probe.returncode:
                fail(cure)


def check_rust() -> None:
    """Stop with one clear line where Rust is missing, or told to build for this machine only."""
    if not shutil.which("cargo"):
        fail("cargo is missing; install Rust >= 1.90 with rustup (https://rustup.rs)")
    if "target-cpu" in os.environ.get("RUSTFLAGS", ""):
        fail(
            "RUSTFLAGS sets target-cpu; unset it: wheels are baseline builds with run-time dispatch"
        )


def maturin() -> str:
    """Find the program of the maturin package, wherever pip's build environment keeps it."""
    for file in distribution("maturin").files or []:
        if file.stem == "maturin" and file.parent.name in {"bin", "Scripts"}:
            return str(Path(file.locate()).resolve())
    return fail("the maturin package has no program; install: pip install 'maturin>=1.9.4'")


def build_rust(target: Path) -> None:
    """Have maturin build the crate's wheel and copy its one shared library to `target`."""
    profile = "dev" if DEBUG else "release"
    with tempfile.TemporaryDirectory() as folder:
        command = [maturin(), "pep517", "build-wheel", "-i", sys.executable]
        command += ["--compatibility", "off", "--profile", profile, "--out", folder]
        if subprocess.run(command, cwd=CRATE, check=False).returncode:
            fail("the Rust part did not compile; cargo's messages are above")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (library,) = [name for name in archive.namelist() if name.endswith(".abi3.so")]
            target.parent.mkdir(parents=True, exist_ok=True)
            # Never write into a library that a running process may have mapped: replace it.
            fresh = target.with_suffix(".new")
            fresh.write_bytes(archive.read(library))
            fresh.chmod(0o755)
            fresh.replace(target)


def fail(line: str) -> NoReturn:
    """End the build with one line that says what to do."""
    message = f"sealmatch: {line}"
    raise SystemExit(message)


if __name__ == "__main__":
    setup(ext_modules=[TURBO, RUST], cmdclass={"build_ext": BuildExt})
