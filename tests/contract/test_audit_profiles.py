"""Algorithms and keys of a log: each verifies, the profile stays, the key may change."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_log import ORIGIN, Log, a_log, event_of
from sqlalchemy import select

from seal_audit_check import Trust, check
from seal_service.audit import (
    HashId,
    Role,
    SignatureId,
    Signer,
    hasher_of,
    tables,
)
from seal_service.audit.errors import (
    ProfileMismatchError,
)
from seal_service.audit.store import Appender, LogSettings
from seal_service.audit.store.witnessed import WitnessedDatabase
from seal_service.audit.witness import Witness


@pytest.mark.parametrize("hash_id", [HashId.SHA256, HashId.SM3])
@pytest.mark.parametrize("signature", SignatureId)
def test_e29_the_log_works_and_verifies_with_every_algorithm(
    tmp_path: Path, hash_id: HashId, signature: SignatureId
) -> None:
    url = f"sqlite:///{tmp_path / 'audit.db'}"
    with a_log(url, tmp_path, 600, algorithm=hash_id, signature=signature) as log:
        witness = Witness.open(tmp_path / "w", log.signer.verifier, "w", signature)
        database = WitnessedDatabase(log.database)
        cosigned = witness.look(database)
        assert cosigned is not None
        database.accept(cosigned)
        report = log.check(str(witness.verifier), witness=tmp_path / "w", published=True)
        assert report.findings == []
        assert (report.events, report.signed_size, report.cosigned_size) == (600, 600, 600)
        with log.database.read() as connection:
            algorithms = connection.execute(
                select(tables.event.c.leaf_alg, tables.event.c.payload_alg).distinct()
            ).all()
            signatures = connection.scalars(select(tables.checkpoint.c.signature_alg)).all()
        assert set(algorithms) == {(int(hash_id), int(hash_id)), (int(hash_id), 0)}
        assert set(signatures) == {int(signature)}


def test_a_log_does_not_change_its_profile(log: Log) -> None:
    log.add([event_of(0)])
    log.appender.stop()
    for settings in (LogSettings(ORIGIN, HashId.SM3), LogSettings("another/log")):
        with pytest.raises(ProfileMismatchError):
            Appender(log.database, settings, log.signer).open()


def test_a_log_may_change_its_key_and_old_signatures_still_count(log: Log) -> None:
    log.add(map(event_of, range(10)))
    old = log.signer
    log.appender.stop()
    log.signer = Signer.generate(ORIGIN, SignatureId.SM2)
    log.appender = Appender(log.database, log.settings, log.signer)
    log.add(map(event_of, range(10, 20)))
    assert log.check(str(old.verifier)).sound
    assert not log.check().sound
    assert check(log.url, processes=1).sound


def test_keys_of_the_wrong_role_do_not_verify_a_log(log: Log) -> None:
    log.add([event_of(0)])
    stranger = Signer.generate(ORIGIN, role=Role.WITNESS).verifier
    report = check(log.url, Trust.of((str(Signer.generate(ORIGIN).verifier), str(stranger))))
    assert [found.place for found in report.findings] == ["checkpoint 1"]
    assert hasher_of(HashId.SHA256) == log.settings.hasher
