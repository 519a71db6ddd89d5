"""Generate the stubs from `proto/`, lint the contract, and check it against its committed baseline.

``proto.py generate [FOLDER]``  write the stubs (default `service`, which gets `sealapi/v1/*`)
``proto.py lint``               buf's STANDARD rules
``proto.py breaking``           nothing that a client relies on has gone since the baseline
``proto.py baseline``           accept the contract as it is: only when a version is released

buf cannot fetch the contract's imports (googleapis, protovalidate), so protoc compiles everything
to one image out of installed packages, and buf reads that.
"""

from __future__ import annotations

import re
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
        file = Default().FindFileByName(f"google/protobuf/{name}.proto")
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
    write_client(target / "sealmatch" / "client" / "services.py")


def write_client(target: Path) -> None:
    """Write the client's typed methods, one a method of the contract."""
    from google.protobuf import descriptor_pb2

    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "contract.binpb"
        write_image(image, "--include_source_info")
        found = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    modules, classes = [], []
    for file in found.file:
        if not file.package.startswith("sealapi.") or not file.service:
            continue
        module = f"{Path(file.name).stem}_pb2"
        modules.append(module)
        notes = {
            tuple(place.path): place.leading_comments.strip().replace("\n", " ")
            for place in file.source_code_info.location
        }
        for number, service in enumerate(file.service):
            methods = [
                METHOD.format(
                    name=re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower(),
                    note=first_sentence(notes[6, number, 2, index]),
                    module=module,
                    request=method.input_type.rpartition(".")[2],
                    reply=method.output_type.rpartition(".")[2],
                    path=f"/{file.package}.{service.name}/{method.name}",
                )
                for index, method in enumerate(service.method)
            ]
            head = CLASS.format(name=service.name, note=first_sentence(notes[6, number]))
            classes.append(head + "\n".join(methods))
    target.parent.mkdir(parents=True, exist_ok=True)
    text = CLIENT.format(modules=", ".join(sorted(modules)), classes="\n\n".join(classes))
    target.write_text(text, "utf-8")
    # Written lines are long: the formatter is told to take the file although it is excluded.
    run(sys.executable, "-m", "ruff", "format", "--quiet", "--no-force-exclude", str(target))


def first_sentence(comment: str) -> str:
    """Return the first sentence of a comment."""
    return re.split(r"(?<=[.])\s|[;:]\s", comment, maxsplit=1)[0].rstrip(".") + "."


CLIENT = '''"""The services as typed methods. Written by `make proto`; nobody edits it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from google.protobuf.message import Message

from sealapi.v1 import {modules}

Reply = TypeVar("Reply", bound=Message)


class Caller(Protocol):
    """How a method is called."""

    def __call__(
        self, path: str, request: Message, reply_type: type[Reply], *, timeout_s: float | None
    ) -> Reply:
        """Call it."""


{classes}'''
CLASS = '''class {name}:
    """{note}"""

    def __init__(self, call: Caller) -> None:
        self._call = call

'''
METHOD = '''    def {name}(
        self, request: {module}.{request}, *, timeout_s: float | None = None
    ) -> {module}.{reply}:
        """{note}"""
        return self._call("{path}", request, {module}.{reply}, timeout_s=timeout_s)
'''


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
