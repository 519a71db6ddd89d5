"""Generate the stubs from `proto/`, lint the contract, and check it against its committed baseline.

``proto.py generate [FOLDER]``  write the stubs (default `service`, which gets `sealapi/v1/*`)
``proto.py lint``               buf's STANDARD rules
``proto.py breaking``           nothing that a client relies on has gone since the baseline
``proto.py baseline``           accept the contract as it is: only when a version is released

buf cannot fetch the contract's imports (googleapis, protovalidate), so protoc compiles everything
to one image out of installed packages, and buf reads that.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
BASELINE = PROTO / "baseline.binpb"
VALIDATE = "buf/validate/validate.proto"
# The options' stub is kept under our own name, so that it hides nobody else's package `buf`.
VALIDATE_IMPORT = "from buf.validate import validate_pb2 as buf_dot_validate_dot_validate__pb2"
OUR_IMPORT = "from sealapi.options import validate_pb2 as buf_dot_validate_dot_validate__pb2"


def sources() -> list[str]:
    """Name the contract's files as protoc wants them, in a fixed order."""
    return sorted(str(path.relative_to(PROTO)) for path in (PROTO / "sealapi").rglob("*.proto"))


def validate_set(path: Path) -> None:
    """Write a descriptor set of protovalidate's options: its wheel ships no `.proto` file."""
    from google.protobuf import descriptor_pb2
    from google.protobuf.descriptor_pool import Default
    from protovalidate._gen.buf.validate import validate_pb

    found = descriptor_pb2.FileDescriptorSet()
    for name in ("descriptor", "duration", "timestamp", "field_mask"):
        __import__(f"google.protobuf.{name}_pb2")
        file = Default().FindFileByName(f"google/protobuf/{name}.proto")  # type: ignore[no-untyped-call]
        file.CopyToProto(found.file.add())
    found.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    path.write_bytes(found.SerializeToString())


def protoc(*arguments: str) -> None:
    """Run protoc with every import of the contract in reach."""
    import google.type.date_pb2 as date
    import grpc_tools

    with tempfile.TemporaryDirectory() as folder:
        options = Path(folder) / "validate.binpb"
        validate_set(options)
        common = Path(str(date.__file__)).parents[2]
        own = Path(grpc_tools.__file__).parent / "_proto"
        run(
            *(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{common}", f"-I{own}"),
            *(f"--descriptor_set_in={options}", *arguments),
        )


def run(*command: str) -> None:
    """Run a program; stop where it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(1)


def buf(*arguments: str) -> None:
    """Run buf on the image of the contract as it is."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "contract.binpb"
        write_image(image, "--include_source_info")
        program = Path(sysconfig.get_path("scripts")) / "buf"
        command, *rest = arguments
        run(str(program), command, str(image), "--config", str(PROTO / "buf.yaml"), *rest)


def write_image(path: Path, *extra: str) -> None:
    """Compile the contract and its imports to a descriptor set."""
    protoc(f"-o{path}", "--include_imports", *extra, *sources())


def generate(target: Path) -> None:
    """Write the stubs below `target`."""
    target.mkdir(parents=True, exist_ok=True)
    kinds = ("python", "pyi", "grpc_python")
    protoc(*(f"--{kind}_out={target}" for kind in kinds), *sources())
    options = target / "sealapi" / "options"
    options.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        protoc(f"--python_out={folder}", f"--pyi_out={folder}", VALIDATE)
        for made in (Path(folder) / "buf" / "validate").iterdir():
            (options / made.name).write_bytes(made.read_bytes())
    for path in (target / "sealapi" / "v1").glob("*_pb2.py*"):
        text = path.read_text("utf-8").replace(VALIDATE_IMPORT, OUR_IMPORT)
        path.write_text(
            text.replace(VALIDATE_IMPORT.partition(" as ")[0], OUR_IMPORT.partition(" as ")[0]),
            "utf-8",
        )
    notes = {
        "": "The public contract's generated stubs; `make proto` writes them, nobody edits them.",
        "v1": "Version 1 of the contract.",
        "options": "Stub of protovalidate's options, under a name of our own.",
    }
    for name, note in notes.items():
        (target / "sealapi" / name / "__init__.py").write_text(f'"""{note}"""\n', "utf-8")
    (target / "sealapi" / "py.typed").touch()


def main(arguments: list[str]) -> None:
    """Do what the first argument says."""
    match arguments:
        case ["generate", *rest]:
            generate(Path(rest[0]) if rest else ROOT / "service")
        case ["lint"]:
            buf("lint", "--path", "sealapi")
        case ["breaking"]:
            buf("breaking", "--path", "sealapi", "--against", str(BASELINE))
        case ["baseline"]:
            write_image(BASELINE)
        case _:
            sys.exit(str(__doc__))


if __name__ == "__main__":
    main(sys.argv[1:])
