"""The built library holds the vector kernels, and the environment chooses among them."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import seal_match_rs
from seal_match_rs import _native

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "native" / "seal_match_core" / "src" / "simd"
X86 = platform.machine() in {"x86_64", "AMD64"}
REGISTER = {"avx2": "%ymm", "avx512": "%zmm"}
FLOATS = r"\tv(add|sub|mul|div|max|min)p[sd] "
WORK = {
    "above": r"\tvcmp\w*p[sd] ",
    "along": r"\tvpmull\w ",
    "convolve": r"\tvp(maddwd|dpwssd) ",
    "narrow": r"\tvpsra\w+ ",
}
"""What kernels do instead that calculate with no floats: compare, or calculate with integers."""

pytestmark = pytest.mark.skipif(not X86, reason="the vector kernels are for x86-64")


def kernels() -> list[str]:
    """Name of every kernel that the engine calls; what nothing calls is not linked."""
    declaration = re.compile(r"^ {4}(\w+), (\w+_at), (\w+_scalar) =", re.MULTILINE)
    sources = [path.read_text("utf-8") for path in sorted(KERNELS.parent.rglob("*.rs"))]
    found: list[str] = []
    for name, at, scalar in declaration.findall("\n".join(sources)):
        assert (at, scalar) == (f"{name}_at", f"{name}_scalar")
        if any(re.search(rf"\b{name}(_at)?\(", source) for source in sources):
            found.append(name)
    return found


@pytest.fixture(scope="module")
def functions() -> dict[str, list[str]]:
    """Instructions of every function of the built library whose name tells a width."""
    objdump = shutil.which("objdump")
    if objdump is None:
        pytest.skip("objdump is missing (binutils)")
    text = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", str(_native.__file__)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, list[str]] = {}
    for block in text.split("\n\n"):
        head, _, body = block.partition("\n")
        if "avx2" in head or "avx512" in head:
            found[head] = body.splitlines()
    return found


@pytest.mark.skipif(seal_match_rs.build_profile() != "release", reason="a debug build")
@pytest.mark.parametrize("width", ["avx2", "avx512"])
def test_every_kernel_is_there_in_every_width(functions, width):
    names = kernels()
    assert len(names) > 20
    for name in names:
        bodies = [
            body for head, body in functions.items() if f"{name}_at" in head and width in head
        ]
        assert bodies, f"{name} is not in the library for {width}"
        wide = [line for line in bodies[0] if REGISTER[width] in line]
        at_work = [line for line in wide if re.search(WORK.get(name, FLOATS), line)]
        assert at_work or name == "peak", f"{name}: no vector arithmetic for {width}"
        # An instruction that was not inlined would be a call of the standard library's wrapper.
        assert not [line for line in bodies[0] if "core_arch" in line], name


def test_gathers_are_gathers(functions):
    for name in ("measure", "warp_row", "luma_row", "covered_edges"):
        for width in REGISTER:
            body = next(b for h, b in functions.items() if f"{name}_at" in h and width in h)
            assert any("gather" in line for line in body), f"{name} {width}"


def test_only_the_networks_fuse_products_with_sums(functions):
    """Both networks' floats do in every width (decision 18); elsewhere it would change the bits."""
    fused = [h for h, body in functions.items() if any("\tvfm" in line for line in body)]
    ours = [h for h in fused if "seal_match" in h]
    networks = ("taps_avx", "connect_at")
    assert [h for h in ours if not any(name in h for name in networks)] == []
    assert len(ours) == 4


def told(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import seal_match_rs; print(seal_match_rs.simd_level())"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_environment_limits_the_width():
    assert told(SEALMATCH_SIMD="scalar").stdout.strip() == "scalar"
    assert told(SEALMATCH_SIMD="avx2").stdout.strip() in {"scalar", "avx2"}
    assert told(SEALMATCH_SIMD="avx512").stdout.strip() == seal_match_rs.simd_level()


def test_a_width_that_is_none_is_refused():
    done = told(SEALMATCH_SIMD="fast")
    assert done.returncode != 0
    assert "SEALMATCH_SIMD must be scalar, avx2 or avx512" in done.stderr
