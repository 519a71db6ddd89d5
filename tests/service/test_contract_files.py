"""The contract says what every RPC demands, and everything generated from it is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor

from seal_service.access.policies import SERVICES, PolicyMissingError, policy_of
from seal_service.application.changes import KINDS
from seal_service.domain.posts import PERMISSIONS
from seal_service.domain.reasons import TABLE, Reason
from seal_service.grpc_api.dispatch import HANDLERS, _not_built, methods
from sealapi.v1 import policy_pb2

ROOT = Path(__file__).resolve().parents[2]
METHODS = [method for service in SERVICES for method in service.methods]
SPECIAL = {"public", "self", "system.bootstrap"}


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_every_rpc_has_a_complete_policy(method: object) -> None:
    policy = policy_of(method)  # type: ignore[arg-type]
    assert policy.permission in PERMISSIONS or policy.permission in SPECIAL


def test_an_rpc_without_policy_is_found() -> None:
    from google.protobuf import descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(
        name="x.proto", package="x", dependency=["sealapi/v1/policy.proto"]
    )
    file.message_type.add(name="M")
    method = file.service.add(name="S").method.add(name="R", input_type=".x.M", output_type=".x.M")
    pool = descriptor_pool.DescriptorPool()
    for needed in ("google/protobuf/descriptor.proto", "sealapi/v1/policy.proto"):
        copy = descriptor_pb2.FileDescriptorProto()
        descriptor_pool.Default().FindFileByName(needed).CopyToProto(copy)
        pool.Add(copy)
    option = method.options.Extensions[policy_pb2.policy]
    option.permission, option.scope, option.audit = "org.read", 1, 5  # no checker, no data class
    pool.Add(file)
    with pytest.raises(PolicyMissingError, match=r"x.S/R has no complete policy"):
        policy_of(pool.FindServiceByName("x.S").methods[0])


def test_every_rpc_is_built() -> None:
    missing = [path for path, method in methods().items() if method.handle is _not_built]
    assert missing == []
    known = {(service.name, method.name) for service in SERVICES for method in service.methods}
    assert {(name, rpc) for name, rpcs in HANDLERS.items() for rpc in rpcs} == known


def test_mutations_carry_a_request_id_and_reads_do_not() -> None:
    reads = ("Get", "List", "Preview", "Explain", "Who")
    exempt = {"Login", "ExchangeSsoTicket", "Refresh", "Logout", "BootstrapSuperAdmin"}
    exempt.add("VerifyRange")  # It reads the log; verifying a seal is an act.
    for method in METHODS:
        has = "request_id" in method.input_type.fields_by_name
        assert has is not (method.name.startswith(reads) or method.name in exempt), method.full_name


def secret_fields(message: Descriptor, within: tuple[str, ...] = ()) -> list[str]:
    """Name the fields of a message, and of those in it, that logs must not show."""
    found = [field.name for field in message.fields if field.GetOptions().debug_redact]
    for field in message.fields:
        nested = field.message_type
        if nested is not None and nested.full_name not in within:
            found += secret_fields(nested, (*within, nested.full_name))
    return found


def test_e28_what_carries_a_secret_is_of_a_class_of_its_own() -> None:
    for method in METHODS:
        secret = secret_fields(method.input_type) + secret_fields(method.output_type)
        if secret:
            assert policy_of(method).data_class >= 4, (method.full_name, secret)


def test_e13_what_only_reads_is_no_right_to_act() -> None:
    reading = {code for code in PERMISSIONS if code.endswith(".read")}
    for method in METHODS:
        acts = "request_id" in method.input_type.fields_by_name
        # Whoever may see changes may take back one of one's own.
        if acts and method.name != "WithdrawChange":
            assert policy_of(method).permission not in reading, method.full_name


def test_changes_are_checked_with_permissions_of_the_catalogue() -> None:
    assert {kind.check_permission for kind in KINDS.values()} <= set(PERMISSIONS)


def test_every_reason_has_one_entry_in_two_languages() -> None:
    assert set(TABLE) == set(Reason)
    for entry in TABLE.values():
        assert entry.english.isascii()
        assert any("\u4e00" <= char <= "\u9fff" for char in entry.chinese)


def test_committed_stubs_are_what_the_contract_gives(tmp_path: Path) -> None:
    assert tool("tools/proto.py", "generate", str(tmp_path)).returncode == 0
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.py*"))
    assert len(made) > 15
    for path in made:
        assert (ROOT / "service" / path).read_text() == (tmp_path / path).read_text(), path


def test_contract_passes_lint_and_breaks_nothing() -> None:
    for verb in ("lint", "breaking"):
        done = tool("tools/proto.py", verb)
        assert done.returncode == 0, done.stdout + done.stderr


def test_error_document_is_what_the_table_gives(tmp_path: Path) -> None:
    assert tool("tools/errors.py", str(tmp_path / "errors.md")).returncode == 0
    assert (tmp_path / "errors.md").read_text() == (ROOT / "docs/errors.md").read_text()
