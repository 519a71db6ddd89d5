"""Check that imports point inwards, and that the core stays free of everything but numbers.

Exit code 0 and one line, or 1 and one line per breach.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE = Path("service/seal_service")
CORE = Path("native/seal_match_core")

NATIVE = {"seal_match_rs", "seal_planes"}
# The one package of the service that may import the native modules.
NATIVE_DOOR = ("adapters", "matching")

# What each layer of the service may import of the others. A layer that is not listed (server, cli,
# config, ...) is at the outside, where everything is put together, and may import all of them.
INWARD: dict[str, set[str]] = {
    "domain": set(),
    "audit": {"domain"},
    "application": {"domain", "audit"},
    "adapters": {"domain", "audit", "application", "config"},
    "access": {"domain", "audit", "application"},
    "interceptors": {"domain", "audit", "application", "access", "config"},
    "grpc_api": {"domain", "audit", "application", "access", "interceptors"},
    # The canvas component and what feeds it: arrays and files in, text out.
    "viewer": set(),
    "console": {"domain", "audit", "application", "access", "config", "viewer"},
}
# Frameworks may change without the rules noticing: the inner layers do not know them.
FRAMEWORKS = {
    "alembic", "fastapi", "grpc", "jinja2", "psycopg", "pydantic_settings", "rich", "sealapi",
    "sqlalchemy", "starlette", "structlog", "typer", "uvicorn",
}  # fmt: skip
FRAMEWORK_FREE = {"application", "audit"}

CORE_DEPENDENCIES = {"rustfft", "rayon", "multiversion", "toml"}
CORE_FORBIDDEN = re.compile(
    r"\b(pyo3|numpy|std::fs|std::env|std::net|std::process|std::time|println!|eprintln!|dbg!|tracing::|log::)"
)


def imports_of(path: Path, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted name of every import in a file, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += [node.module] if node.module else []
            # `from seal_service import adapters` names a layer as well.
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def breaches_of_service(root: Path) -> Iterator[str]:
    """Yield a line for each import in the service that points outwards."""
    for path in sorted((root / SERVICE).rglob("*.py")):
        inside = path.relative_to(root / SERVICE).with_suffix("").parts
        layer = inside[0]
        for line, name in imports_of(path, ("seal_service", *inside[:-1])):
            problem = problem_of(layer, inside, name.split("."))
            if problem:
                yield f"{path.relative_to(root)}:{line}: {problem}"


def problem_of(layer: str, inside: tuple[str, ...], name: list[str]) -> str | None:
    """Say what is wrong with `layer` importing `name`, if anything is."""
    top = name[0]
    if top in NATIVE:
        if inside[:2] == NATIVE_DOOR:
            return None
        return f"{top} is imported outside {'/'.join(NATIVE_DOOR)}"
    if layer not in INWARD:
        return None
    if top == "seal_service":
        other = name[1] if len(name) > 1 else ""
        if other == layer or other in INWARD[layer]:
            return None
        return f"{layer} must not import {'.'.join(name[:2])}"
    if layer == "domain" and top not in sys.stdlib_module_names:
        return f"domain imports {top}; it may import only itself and the standard library"
    if layer in FRAMEWORK_FREE and top in FRAMEWORKS:
        return f"{layer} imports the framework {top}"
    return None


def breaches_of_core(root: Path) -> Iterator[str]:
    """Yield a line for each thing in the core crate that is more than slices in, values out."""
    manifest = tomllib.loads((root / CORE / "Cargo.toml").read_text(encoding="utf-8"))
    for name in sorted(set(manifest.get("dependencies", {})) - CORE_DEPENDENCIES):
        yield f"{CORE}/Cargo.toml: the core depends on {name}"
    for path in sorted((root / CORE / "src").rglob("*.rs")):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = CORE_FORBIDDEN.search(text.split("//")[0])
            if found:
                yield f"{path.relative_to(root)}:{line}: the core uses {found[1]}"


def main(root: Path = ROOT) -> int:
    """Print every breach; return the exit code."""
    breaches = [*breaches_of_service(root), *breaches_of_core(root)]
    for line in breaches:
        print(line)
    if not breaches:
        print("layers: all imports point inwards")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
