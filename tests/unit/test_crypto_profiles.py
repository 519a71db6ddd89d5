"""Algorithms of the two cryptographic profiles: known vectors, and old values after a switch."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from core_tickets import CoreSystem, Sm2CoreSystem
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from service_bank import cheap_hasher

from seal_service.adapters.crypto import passwords, suites
from seal_service.adapters.crypto.installation import InstallationSecrets
from seal_service.adapters.crypto.keys import KeyFileError
from seal_service.adapters.crypto.passwords import (
    MOST_ITERATIONS,
    Argon2id,
    Passwords,
    Pbkdf2Sm3,
    passwords_of,
)
from seal_service.adapters.crypto.suites import Profile, suite_of
from seal_service.adapters.crypto.tickets import CoreTickets
from seal_service.application.digests import digest, hasher_named, parted, shown, written
from seal_service.application.sessions import token_hash
from seal_service.audit import HashId, hasher_of
from seal_service.audit.errors import AlgorithmUnavailableError
from seal_service.config import load
from seal_service.config_files import problems
from seal_service.domain.reasons import Reason, Refusal

KEY = bytes(range(32))
OLD_MAC = bytes.fromhex("effb243638ca922fb168b3dde5c10f6bc7836c9d4a1a97cec6b21c936bca8b90")
OLD_SEALED = bytes.fromhex(
    "54992985c361089cc1cbc3dc01c1748a5231a3d7ee048851fafd5f4398d4099dab24ca9c63"
)
PROFILES: tuple[Profile, Profile] = ("international", "sm")


def test_e29_sm4_gcm_is_that_of_the_published_vector() -> None:
    # RFC 8998, appendix A.1.
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    context = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(context)
    sealed = encryptor.update(plain) + encryptor.finalize()
    assert sealed.hex().startswith("17f399f08c67d5ee19d0dc9969c4bb7d")
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_e29_values_carry_their_algorithm() -> None:
    for profile, name, cipher in (
        ("international", "hmac-sha256", 1), ("sm", "hmac-sm3", 2),
    ):  # fmt: skip
        secrets = InstallationSecrets(KEY, profile)
        assert secrets.tag(b"x").startswith(f"{name}:")
        assert parted(secrets.tag(b"x")) == (name, secrets.mac(b"x"))
        assert secrets.seal(b"x", b"")[0] == cipher
    assert digest(hasher_of(HashId.SM3), b"abc") == written(
        "sm3", bytes.fromhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    )
    assert shown(digest(hasher_of(HashId.SM3), b"abc"))[1] == ""
    assert len(written("hmac-sha256", bytes(32))) <= 64  # what a column holds


def test_e29_what_older_programs_made_is_still_good() -> None:
    # Made by the program before profiles, with this key; migration 0013 adds the ids.
    secrets = InstallationSecrets(KEY, "sm")
    assert secrets.is_tag(written("hmac-sha256", OLD_MAC), b"request|x")
    assert secrets.unseal(b"\x01" + OLD_SEALED, b"context") == b"an answer"


@given(st.sampled_from(PROFILES), st.binary(max_size=50), st.binary(max_size=20))
def test_e29_each_profile_reads_what_the_other_wrote(
    profile: Profile, data: bytes, context: bytes
) -> None:
    before = InstallationSecrets(KEY, profile)
    after = InstallationSecrets(KEY, PROFILES[1 - PROFILES.index(profile)])
    assert after.unseal(before.seal(data, context), context) == data
    assert after.is_tag(before.tag(data), data)
    assert after.tag(data) != before.tag(data)
    assert not after.is_tag(before.tag(data), data + b"x")
    # The name of an algorithm is no way to another one.
    name, value = parted(before.tag(data))
    other = parted(after.tag(data))[0]
    assert name != other
    assert not after.is_tag(written(other, value), data)


@pytest.mark.parametrize("text", ["", "hmac-sm3", "hmac-sm3:", "hmac-md5:AAAA", ":", "hmac-sm3:é!"])
def test_e29_what_is_no_keyed_hash_is_none(text: str) -> None:
    assert not InstallationSecrets(KEY, "sm").is_tag(text, b"")


def test_e29_passwords_of_either_profile_fit_after_a_switch() -> None:
    for profile, start in (("international", "$argon2id$"), ("sm", "$pbkdf2-hmac-sm3$i=10$")):
        hasher = cheap_hasher(profile)
        known = hasher.hash("Blue-Horse-47")
        assert known.startswith(start)
        assert known != hasher.hash("Blue-Horse-47")  # salted
        for later in map(cheap_hasher, PROFILES):
            assert later.matches(known, "Blue-Horse-47")
            assert not later.matches(known, "Blue-Horse-48")
            assert not later.matches(None, "nobody has this password")
    assert passwords_of("sm").hash("x").startswith("$pbkdf2-hmac-sm3$i=200000$")


def test_e29_pbkdf2_with_sm3_is_that_of_another_implementation() -> None:
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this Python's OpenSSL has no SM3")
    value = hashlib.pbkdf2_hmac("sm3", "密码".encode(), b"salt", 1000)
    salt, text = (base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (b"salt", value))
    known = f"$pbkdf2-hmac-sm3$i=1000${salt}${text}"
    assert Pbkdf2Sm3().matches(known, "密码")
    for wrong in (known[:-1], known.replace("1000", "0"), known + "=", "$pbkdf2-hmac-sm3$"):
        assert not Pbkdf2Sm3().matches(wrong, "密码")


@pytest.mark.parametrize(
    "stored",
    [
        f"$pbkdf2-hmac-sm3$i=99999999$c2FsdA${'A' * 43}",
        f"$pbkdf2-hmac-sm3$i={MOST_ITERATIONS + 1}$c2FsdA${'A' * 43}",
        f"$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ${'A' * 43}",
        f"$argon2id$v=19$m=8,t=4294967295,p=1$c2FsdHNhbHQ${'A' * 43}",
    ],
)
def test_e29_a_stored_hash_cannot_ask_for_any_amount_of_work(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fits no password, and is refused before anything is computed from it."""
    computed: list[object] = []
    monkeypatch.setattr(passwords, "_pbkdf2", lambda *asked: computed.append(asked) or b"")

    class Watched(PasswordHasher):
        def verify(self, *asked: object) -> Literal[True]:
            computed.append(asked)
            return True

    assert not Pbkdf2Sm3().matches(stored, "x")
    assert not Argon2id(Watched()).matches(stored, "x")
    assert computed == []


@pytest.mark.parametrize("profile", PROFILES)
def test_e29_a_hash_of_the_other_profile_takes_the_time_of_no_user(profile: Profile) -> None:
    """Each scheme computes once, whatever is stored: time does not tell who is there."""
    worked: list[str] = []

    class Watched:
        def __init__(self, of: Argon2id | Pbkdf2Sm3) -> None:
            self._of = of

        def hash(self, password: str) -> str:
            return self._of.hash(password)

        def knows(self, password_hash: str) -> bool:
            return self._of.knows(password_hash)

        def matches(self, password_hash: str, password: str) -> bool:
            if self._of.knows(password_hash):
                worked.append(type(self._of).__name__)
            return self._of.matches(password_hash, password)

    argon = Argon2id(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    schemes = [Watched(argon), Watched(Pbkdf2Sm3(iterations=10))]
    first, other = schemes if profile == "international" else schemes[::-1]
    hasher = Passwords(first, other)
    for stored, fits in (
        (None, False), ("", False), ("$nothing", False), (first.hash("right"), True),
        (other.hash("right"), True),
    ):  # fmt: skip
        for password in ("right", "wrong"):
            worked.clear()
            assert hasher.matches(stored, password) is (fits and password == "right")
            assert sorted(worked) == ["Argon2id", "Pbkdf2Sm3"]
    # A bank that has no hash of the other profile does not pay for it.
    hasher = Passwords(first, other, others_stored=False)
    for stored in (None, "$nothing", first.hash("right")):
        worked.clear()
        assert hasher.matches(stored, "right") is (stored not in {None, "$nothing"})
        assert worked == [type(first._of).__name__]


@pytest.mark.parametrize(
    ("profile", "stored", "rounds"),
    [
        ("international", (), 0), ("international", ("argon2id",), 0),
        ("international", ("argon2id", "pbkdf2-hmac-sm3"), 1), ("sm", ("pbkdf2-hmac-sm3",), 1),
    ],
)  # fmt: skip
def test_e29_what_the_bank_has_stored_decides_what_a_comparison_costs(
    profile: Profile, stored: tuple[str, ...], rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[object] = []
    real = passwords._pbkdf2
    monkeypatch.setattr(passwords, "_pbkdf2", lambda *asked: computed.append(asked) or real(*asked))
    hasher = passwords_of(profile, stored)
    computed.clear()
    assert not hasher.matches(None, "x")
    assert len(computed) == rounds


def test_e29_a_session_goes_on_under_the_algorithm_of_its_token() -> None:
    assert token_hash("AbC_-").startswith("sha256:")  # an older program's
    assert token_hash("sha256.AbC").startswith("sha256:")
    assert token_hash("sm3.AbC").startswith("sm3:")
    assert token_hash("md5.AbC").startswith("sha256:")  # nobody has such a token
    assert hasher_named("md5") is None


def test_e29_a_ticket_is_signed_by_the_profile_of_the_bank(tmp_path: Path) -> None:
    core, sm = CoreSystem(tmp_path / "core.pem"), Sm2CoreSystem(tmp_path / "sm2.pem")
    at = 1_795_000_000
    now = datetime.fromtimestamp(at, UTC)
    good = sm.ticket(at)
    tickets = CoreTickets(sm.public, issuer="core", audience="sealmatch", profile="sm")
    assert tickets.check(good, now)[0] == "t11"
    head, body, signature = good.split(".")
    for wrong in (
        "", "a.b", "....", core.ticket(at), f"{head}.{body}.", f"{head}.{body}.{signature[:-8]}",
        f"{_b64({'alg': 'none'})}.{body}.{signature}",
        f"{_b64({'alg': 'Ed25519'})}.{body}.{signature}",
        # Signed by the core, yet by other rules than ours.
        sm.ticket(at, {"alg": "none"}), sm.ticket(at, {"alg": "SM2", "crit": ["b64"]}),
        sm.ticket(at, ["SM2"]), sm.ticket(at, aud="another"), sm.ticket(at - 3600),
        f"{head}.{_b64({'sub': 'root'})}.{signature}", f"{head}.{body}.{'A' * 86}",
        Sm2CoreSystem(tmp_path / "other.pem").ticket(at), f"{head}é.{body}.{signature}",
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            tickets.check(wrong, now)
        assert caught.value.reason is Reason.BAD_TICKET, wrong
    for profile, public in (("sm", core.public), ("international", sm.public)):
        with pytest.raises(ValueError, match="holds no"):
            CoreTickets(public, issuer="core", audience="sealmatch", profile=profile)


def _b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_e29_a_machine_without_an_algorithm_is_told_before_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load(None, data_dir=tmp_path, crypto={"profile": "sm"})
    assert problems(settings) == []
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "gmssl_pyx", None)
        (problem,) = problems(settings)
        assert "gmssl-pyx" in problem
    sealed = InstallationSecrets(KEY, "sm").seal(b"x", b"")

    def none(_key: bytes) -> suites.Suite:
        message = "SM4 is missing"
        raise suites.UnsupportedAlgorithm(message)

    monkeypatch.setattr(suites, "_sm", none)
    with pytest.raises(AlgorithmUnavailableError):
        suite_of("sm", KEY)
    (problem,) = problems(settings)
    assert "crypto.profile = sm" in problem
    assert "SM4-GCM" in problem
    assert problems(load(None, data_dir=tmp_path)) == []
    # Under the other profile it serves, and says what it cannot open.
    with pytest.raises(KeyFileError, match="cipher 02"):
        InstallationSecrets(KEY, "international").unseal(sealed, b"")
