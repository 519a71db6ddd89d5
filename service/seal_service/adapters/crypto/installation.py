"""What is keyed or sealed with the installation's key, under one cryptographic profile or another.

The algorithm's id is stored with every value, so what was made under one profile is still good
after the bank has moved to the other (E29).
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from seal_service.adapters.crypto.keys import KeyFileError
from seal_service.adapters.crypto.suites import NONCE_BYTES, Profile, Suite, suite_of
from seal_service.application.digests import parted, written
from seal_service.audit.errors import AlgorithmUnavailableError


class InstallationSecrets:
    """`ports.Secrets` under one key: new values by one profile, old ones by their own.

    Raises
    ------
    AlgorithmUnavailableError
        This machine lacks an algorithm of the profile.
    """

    def __init__(self, key: bytes, profile: Profile) -> None:
        self._suite = suite_of(profile, key)
        self._known: list[Suite] = [self._suite]
        other: Profile = "sm" if profile == "international" else "international"
        with suppress(AlgorithmUnavailableError):  # What it made elsewhere is told as such later.
            self._known.append(suite_of(other, key))

    def mac(self, data: bytes) -> bytes:
        """Return a keyed hash of 32 bytes that is not stored: it ends with the profile."""
        return self._suite.mac(data)

    def tag(self, data: bytes) -> str:
        """Return a keyed hash to store or to give out, with its algorithm's name."""
        return written(self._suite.mac_name, self._suite.mac(data))

    def is_tag(self, tag: str, data: bytes) -> bool:
        """Tell whether `tag` made this of the data, under whichever profile."""
        try:
            name, value = parted(tag)
        except ValueError:
            return False
        return any(
            suite.mac_name == name and hmac.compare_digest(suite.mac(data), value)
            for suite in self._known
        )

    def seal(self, data: bytes, context: bytes) -> bytes:
        """Encrypt data; it can be opened with the same context only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return bytes([self._suite.cipher_id]) + nonce + self._suite.seal(nonce, data, context)

    def unseal(self, data: bytes, context: bytes) -> bytes:
        """Open what `seal` made, under whichever profile.

        Raises
        ------
        KeyFileError
            It was made with another key or context, changed, or with an algorithm that this
            machine does not have.
        """
        nonce, sealed = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
        for suite in self._known:
            if data[:1] == bytes([suite.cipher_id]) and len(nonce) == NONCE_BYTES:
                try:
                    return suite.unseal(nonce, sealed, context)
                except InvalidTag as error:
                    message = "a kept answer was not sealed with this installation's key"
                    raise KeyFileError(message) from error
        message = f"cipher {data[:1].hex() or 'none'} of a kept answer is not known on this machine"
        raise KeyFileError(message)
