"""Keys, notes, checkpoints, cosignatures; Ed25519 and SM2; SHA-256 and SM3."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal_audit_check.notes import NoteError, cosigned_at, key_of, read_note
from seal_service.audit import HashId, Role, SignatureId, Signer, Verifier, hasher_of, profile_of
from seal_service.audit import sm2 as sm2_module
from seal_service.audit.errors import (
    AlgorithmUnavailableError,
    AuditError,
    BadSignatureError,
    MalformedNoteError,
    SigningFailedError,
)
from seal_service.audit.note import (
    Checkpoint,
    Note,
    SignatureLine,
    check_cosignature,
    cosign,
    open_checkpoint,
)

# The example of Go's golang.org/x/mod/sumdb/note: other people's tools make the same bytes.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM="
)
ALGORITHMS = [SignatureId.ED25519, SignatureId.SM2]
CHECKPOINT = Checkpoint("bank.example/audit", 4711, bytes(range(32)))


def test_signatures_are_those_of_other_implementations() -> None:
    signer = Signer.parse(GO_SECRET)
    assert str(signer.verifier) == GO_PUBLIC
    assert Verifier.parse(GO_PUBLIC) == signer.verifier
    verifier = signer.verifier
    line = SignatureLine(verifier.name, verifier.key_id, signer.sign(GO_TEXT.encode()))
    assert str(line) == GO_LINE
    assert str(Note.parse(f"{GO_TEXT}\n{GO_LINE}\n")) == f"{GO_TEXT}\n{GO_LINE}\n"


def test_sm3_is_that_of_the_standard() -> None:
    # GB/T 32905-2016, examples 1 and 2.
    assert hasher_of(HashId.SM3).digest(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert hasher_of(HashId.SM3).digest(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_e29_the_profile_chooses_the_algorithms() -> None:
    assert profile_of("international") == (HashId.SHA256, SignatureId.ED25519)
    assert profile_of("sm") == (HashId.SM3, SignatureId.SM2)
    with pytest.raises(ValueError, match="profile"):
        profile_of("rot13")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_comes_back_from_its_text(algorithm: SignatureId, role: Role, tmp_path: Path) -> None:
    signer = Signer.generate("bank.example/audit", algorithm, role)
    signer.save(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert Signer.load(tmp_path / "key") == signer
    assert Verifier.parse(str(signer.verifier)) == signer.verifier
    assert key_of(str(signer.verifier)).id == signer.verifier.key_id
    assert signer.text()[-20:] not in repr(signer)
    with pytest.raises(FileExistsError):
        signer.save(tmp_path / "key")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_e29_a_signature_holds_for_its_message_and_no_other(algorithm: SignatureId) -> None:
    signer = Signer.generate("log", algorithm)
    signature = signer.sign(b"message")
    signer.verifier.check(b"message", signature)
    other = Signer.generate("log", algorithm)
    for verifier, message, wrong in (
        (signer.verifier, b"Message", signature),
        (other.verifier, b"message", signature),
        (signer.verifier, b"message", signature[:-1] + bytes([signature[-1] ^ 1])),
        (signer.verifier, b"message", b""),
    ):
        with pytest.raises(BadSignatureError):
            verifier.check(message, wrong)


def test_a_signature_that_does_not_verify_is_never_released(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signer = Signer.generate("log", SignatureId.SM2)
    real = sm2_module.Sm2.sign

    def faulty(self: sm2_module.Sm2, secret: bytes, message: bytes) -> bytes:
        signature = bytearray(real(self, secret, message))
        signature[-1] ^= 1
        return bytes(signature)

    monkeypatch.setattr(sm2_module.Sm2, "sign", faulty)
    with pytest.raises(SigningFailedError):
        signer.sign(b"message")


def test_without_the_sm2_library_an_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    with pytest.raises(AlgorithmUnavailableError, match="pip install gmssl-pyx"):
        Signer.generate("log", SignatureId.SM2)


def test_a_secret_whose_halves_do_not_belong_together_is_refused() -> None:
    first, second = (sm2_module.Sm2().generate() for _ in range(2))
    with pytest.raises(ValueError, match="SM2"):
        sm2_module.Sm2().public_of(first[:32] + second[32:])
    with pytest.raises(ValueError, match="96 bytes"):
        sm2_module.Sm2().public_of(first[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "", "log", "log+00000000+AAAA", "a b+00+AQ==", "+00+AQ==", "log+zz+not base64",
        GO_PUBLIC.replace("c74f20a3", "c74f20a4"), GO_PUBLIC[:-4], GO_PUBLIC.replace("+AR", "+CR"),
    ],
)  # fmt: skip
def test_a_damaged_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        Verifier.parse(text)
    with pytest.raises(MalformedNoteError):
        Signer.parse(f"PRIVATE+KEY+{text}")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("hash_id", [HashId.SHA256, HashId.SM3])
def test_a_checkpoint_is_opened_by_both_implementations(
    algorithm: SignatureId, hash_id: HashId
) -> None:
    log = Signer.generate("bank.example/audit", algorithm)
    witness = Signer.generate("witness", algorithm, Role.WITNESS)
    checkpoint = Checkpoint(log.verifier.name, 4711, bytes(range(32)), hash_id)
    note = checkpoint.sign(log)
    assert open_checkpoint(str(note), [log.verifier]) == checkpoint
    line = cosign(witness, checkpoint, 1_795_000_000)
    assert check_cosignature(line, checkpoint, [witness.verifier]) == 1_795_000_000
    signed = read_note(str(note))
    assert signed.signer((key_of(str(log.verifier)),)).algorithm == int(algorithm)
    assert (signed.size, signed.root, signed.algorithm) == (4711, bytes(range(32)), int(hash_id))
    keys = (key_of(str(witness.verifier)),)
    assert cosigned_at(str(line), signed, keys) == 1_795_000_000
    later = SignatureLine(line.name, line.key_id, bytes(8) + line.signature[8:])
    with pytest.raises(BadSignatureError):
        check_cosignature(later, checkpoint, [witness.verifier])
    with pytest.raises(NoteError):
        cosigned_at(str(later), signed, keys)


def test_keys_do_not_stand_in_for_each_other() -> None:
    log = Signer.generate("same")
    witness = Signer.generate("same", role=Role.WITNESS)
    note = str(CHECKPOINT.sign(log))
    for keys in ([], [witness.verifier], [Signer.generate("same").verifier]):
        with pytest.raises(BadSignatureError):
            open_checkpoint(note, keys)
    with pytest.raises(MalformedNoteError):
        open_checkpoint(note, [log.verifier], "another/log")
    line = cosign(witness, CHECKPOINT, 1)
    with pytest.raises(BadSignatureError):
        check_cosignature(line, CHECKPOINT, [log.verifier])


@given(st.data())
def test_a_flipped_byte_of_a_note_is_found_by_both(data: st.DataObject) -> None:
    signer = Signer.parse(GO_SECRET)
    whole = str(CHECKPOINT.sign(signer)).encode()
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(AuditError):
        open_checkpoint(text, [signer.verifier])
    with pytest.raises(NoteError):
        read_note(text).signer((key_of(GO_PUBLIC),))


@pytest.mark.parametrize(
    "body",
    [
        "", "\n", "log\n1\n", "log\n01\nAAAA\n", "log\n-1\n" + "A" * 43 + "=\n", "log\n1\nAAAA\n",
        "log\n1\n" + "A" * 43 + "=\nmore\n", "log\n1\n" + "A" * 43 + "=",
        "log\n0\n" + "A" * 43 + "=\n", "\n1\n" + "A" * 43 + "=\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(MalformedNoteError):
        Checkpoint.parse(body)
