"""TLS: renewed certificates, services known by theirs, tokens bound to them."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority, Pair
from refusals import refused
from service_bank import PASSWORD, running

from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import CallError, Client, Retries

ORG = ob.GetOrgRequest(name="orgs/2101")


def peer_certificate(port: int) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with plain, context.wrap_socket(plain) as secure:
        found = secure.getpeercert(binary_form=True)
        assert found
        return found


def test_tls_follows_a_renewed_certificate(copied: tuple[Path, str], tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    pair = authority.sign("server")
    tls = {"certificate": pair.certificate, "key": pair.key}
    with running(*copied, tls=tls) as bank:
        address = bank.address
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"
        first = peer_certificate(bank.server.port)
        authority.sign("server", replacing=pair)
        assert peer_certificate(bank.server.port) != first
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"
        # A file that cannot be used changes nothing.
        pair.key.unlink()
        with Client(address, authority=authority.certificate) as client:
            assert client.login("c11", PASSWORD).user == "users/c11"


def test_a_certificate_may_be_renewed_in_two_steps_while_calls_go_on(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority, stranger = Authority(tmp_path / "ca"), Authority(tmp_path / "other")
    pair, fresh = authority.sign("server"), authority.sign("fresh")
    outsider = stranger.sign("outsider")
    tls = {
        "certificate": pair.certificate, "key": pair.key, "client_authority": authority.certificate
    }  # fmt: skip

    def login(known: Pair) -> str:
        with Client(
            bank.address, authority=authority.certificate, certificate=known.certificate,
            key=known.key, retries=Retries(attempts=1),
        ) as client:  # fmt: skip
            return client.login("c11", PASSWORD).user

    with running(*copied, tls=tls) as bank:
        assert login(fresh) == "users/c11"
        # Half of the new pair is there: the old one stays in use.
        pair.certificate.write_bytes(fresh.certificate.read_bytes())
        assert login(fresh) == "users/c11"
        pair.key.write_bytes(fresh.key.read_bytes())
        assert login(fresh) == "users/c11"
        with pytest.raises(CallError) as caught:
            login(outsider)
        assert caught.value.code == "UNAVAILABLE"
        # The clients' authority is renewed like the rest.
        both = authority.certificate.read_bytes() + stranger.certificate.read_bytes()
        authority.certificate.write_bytes(both)
        assert login(outsider) == "users/c11"


def test_e26_a_service_is_known_by_its_client_certificate(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    server, core, stranger = (authority.sign(name) for name in ("server", "core", "stranger"))
    folder, url = copied
    with running(folder, url) as bank:
        request = ib.CreateUserRequest(
            user_id="core", display_name="核心", org="orgs/1000", posts=["posts/core-interface"],
            kind=ib.User.KIND_SERVICE, certificate_sha256=core.sha256, reason="x",
        )  # fmt: skip
        bank.approve(bank.as_("hq1").identity.create_user(request).change, "hq2")
        request.user_id = "core2"
        with refused("ALREADY_EXISTS"):
            bank.as_("hq1").identity.create_user(request)
        with refused("BAD_CREDENTIALS"):
            bank.sign_in("core")
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip

    def client(pair: Any) -> Client:
        return Client(
            bank.address, authority=authority.certificate, certificate=pair.certificate,
            key=pair.key, retries=Retries(attempts=1),
        )  # fmt: skip

    with running(folder, url, tls=tls) as bank:
        with client(core) as known:
            with refused("NO_PERMISSION", permission="org.read"):
                known.organization.get_org(ORG)
            assert "core" in {row.actor for row in bank.log()}
            # Methods about a session of one's own are for people.
            with refused("SESSION_EXPIRED"):
                known.session.logout(sb.LogoutRequest())
        with client(stranger) as unknown:
            with refused("CERT_UNKNOWN"):
                unknown.organization.get_org(ORG)
            assert bank.log("sealapi.v1.OrganizationService/GetOrg", "CERT_UNKNOWN")
            unknown.login("c11", PASSWORD)
            unknown.organization.get_org(ORG)
        with (
            Client(bank.address, authority=authority.certificate, retries=Retries(1)) as nobody,
            pytest.raises(CallError) as caught,
        ):
            nobody.organization.get_org(ORG)
        assert caught.value.code == "UNAVAILABLE"


def test_a44_a_token_opens_nothing_with_another_certificate(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    server, one, other = (authority.sign(name) for name in ("server", "one", "other"))
    tls = {
        "certificate": server.certificate, "key": server.key,
        "client_authority": authority.certificate,
    }  # fmt: skip

    def client(pair: Pair, token: str = "") -> Client:
        return Client(
            bank.address, authority=authority.certificate, certificate=pair.certificate,
            key=pair.key, token=token, retries=Retries(attempts=1),
        )  # fmt: skip

    with running(*copied, tls=tls) as bank:
        with client(one) as console:
            console.login("c11", PASSWORD)
            console.organization.get_org(ORG)
            with client(other, console.token) as thief, refused("SESSION_EXPIRED"):
                thief.organization.get_org(ORG)
            console.organization.get_org(ORG)
            token = console.token
        with client(one, token) as again:
            again.organization.get_org(ORG)
    # Nor where the server asks for no certificate any more.
    with (
        running(*copied) as bank,
        Client(bank.address, token=token) as bare,
        refused("SESSION_EXPIRED"),
    ):
        bare.organization.get_org(ORG)
