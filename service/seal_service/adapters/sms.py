"""One-time codes by text message (E26), through the bank's own gateway.

A code is a keyed hash of the user and the present two minutes, so none is stored; the one of the
two minutes before is good as well. That each works once, is sent once, and that wrong ones are
counted, is the caller's to see to, in the database: several processes serve one bank.
"""

from __future__ import annotations

import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPException

from seal_service.domain.reasons import Reason, Refusal

STEP_S = 120
TIMEOUT_S = 5.0
_DIGITS = 6


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer that points elsewhere is an error.

    urllib would go there without the message, and show the bank's token to whoever is there.
    """

    def redirect_request(self, *_: object) -> None:
        """Go nowhere."""


_OPENER = urllib.request.build_opener(_NoRedirects)


class SmsCodes:
    """Codes by text message.

    Parameters
    ----------
    gateway
        Where a message is posted to, as JSON ``{"to": …, "text": …}``; any 2xx takes it.
    token
        What the gateway knows this service by (``Authorization: Bearer``).
    mac
        A keyed hash under the installation's key.
    clock
        The present instant.
    """

    def __init__(
        self,
        gateway: str,
        token: str,
        *,
        mac: Callable[[bytes], bytes],
        clock: Callable[[], datetime],
    ) -> None:
        self._gateway = gateway
        self._token = token
        self._mac = mac
        self._clock = clock

    def present(self, user_id: str) -> tuple[str, datetime, datetime]:
        """Return the name under which sending the present code is noted, its instant, its end."""
        at = self._clock()
        return f"sent/{user_id}/{_step(at)}", at, _end(_step(at))

    def send(self, user_id: str, mobile: str, at: datetime) -> None:
        """Send the code of an instant.

        Raises
        ------
        Refusal
            CODE_NOT_SENT: the gateway did not take it.
        """
        try:
            self._post(mobile, self._code(user_id, _step(at)))
        except (OSError, HTTPException) as error:
            raise Refusal(Reason.CODE_NOT_SENT, retry_after_s=1.0) from error

    def check(self, user_id: str, code: str, at: datetime) -> tuple[str, datetime] | None:
        """Return the name of a code, under which it is used up, and when it ends; None: wrong."""
        now = _step(at)
        for step in (now, now - 1):
            if hmac.compare_digest(code, self._code(user_id, step)):
                return f"code/{user_id}/{step}", _end(step)
        return None

    def _code(self, user_id: str, step: int) -> str:
        digest = self._mac(f"sms code|{user_id}|{step}".encode())
        return f"{int.from_bytes(digest, 'big') % 10**_DIGITS:0{_DIGITS}}"

    def _post(self, mobile: str, code: str) -> None:
        minutes = STEP_S // 60
        text = f"验证码 {code},{minutes}分钟内有效。Code {code}, good for {minutes} minutes."
        request = urllib.request.Request(  # noqa: S310  # the configuration has checked the scheme
            self._gateway,
            data=json.dumps({"to": mobile, "text": text}, ensure_ascii=False).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        try:
            _OPENER.open(request, timeout=TIMEOUT_S).close()
        except urllib.error.HTTPError as error:
            error.close()  # Else its connection stays open until somebody collects it.
            raise


def _end(step: int) -> datetime:
    return datetime.fromtimestamp((step + 2) * STEP_S, UTC)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_S
