"""gRPC calls as prebuilt bytes, begun at a steady rate whether or not earlier ones have ended.

A client library takes as long for a small call as the server does, and here both share two
processors. So a call's two frames (headers, data) are put together once, and of an answer only its
end is looked for, and whether its message is the expected one. HTTP/2 as of RFC 9113, headers as
literals without the table (RFC 7541, 6.2.2).
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _AWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_ACK = _END_STREAM = 1
_END_HEADERS = 4
_WIDE = 1 << 30
"""More than all answers together: the receiver never has to widen its window."""


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    """Return an HTTP/2 frame."""
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def header(name: str, value: str) -> bytes:
    """Return a header as a literal that is not indexed."""
    return b"\x00" + _text(name.encode()) + _text(value.encode())


def _text(data: bytes) -> bytes:
    if len(data) < 127:
        return bytes((len(data),)) + data
    rest, out = len(data) - 127, b"\x7f"
    while rest >= 128:
        out += bytes((rest % 128 + 128,))
        rest //= 128
    return out + bytes((rest,)) + data


@dataclass(slots=True)
class _Line:
    """One connection."""

    socket: socket.socket
    next_stream: int = 1
    unread: bytes = b""
    begun: dict[int, float] = field(default_factory=dict)
    messages: dict[int, bytes] = field(default_factory=dict)


class Calls:
    """One call, to be repeated over a few connections.

    Parameters
    ----------
    address
        `host:port`, without TLS.
    path
        The method's path.
    message
        The request's bytes.
    metadata
        What is sent with it.
    connections
        How many callers there seem to be.
    """

    def __init__(
        self,
        address: str,
        path: str,
        message: bytes,
        *,
        metadata: Sequence[tuple[str, str]] = (),
        connections: int = 8,
    ) -> None:
        host, _, port = address.rpartition(":")
        self._head = b"".join(
            header(name, value)
            for name, value in (
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", address),
                ("te", "trailers"), ("content-type", "application/grpc"), *metadata,
            )
        )  # fmt: skip
        self._body = b"\x00" + struct.pack(">I", len(message)) + message
        self._lines = [self._line(host, int(port)) for _ in range(connections)]
        self._answer: bytes | None = None

    @staticmethod
    def _line(host: str, port: int) -> _Line:
        line = _Line(socket.create_connection((host, port), timeout=10))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        settings = struct.pack(">HI", 4, _WIDE)  # SETTINGS_INITIAL_WINDOW_SIZE
        wide = frame(_WINDOW, 0, 0, struct.pack(">I", _WIDE))
        line.socket.sendall(_PREFACE + frame(_SETTINGS, 0, 0, settings) + wide)
        return line

    def close(self) -> None:
        """Close the connections."""
        for line in self._lines:
            line.socket.close()

    def at_rate(self, rate: float, seconds: float, *, warm_up_s: float = 1.0) -> list[float]:
        """Begin calls at a steady rate; return how long each took after the warm-up, in seconds.

        The time is from when a call was due, so one that had to wait for its turn to be sent has
        waited. Every answer must be the first one's, byte for byte.

        Raises
        ------
        TimeoutError
            A minute after the last call was due some have no answer.
        """
        count = int(rate * (seconds + warm_up_s))
        start = time.perf_counter() + 0.05
        until = start + count / rate + 60
        took: list[tuple[float, float]] = []
        sent = 0
        while len(took) < count:
            now = time.perf_counter()
            if now > until:
                message = f"{count - len(took)} of {count} calls have no answer"
                raise TimeoutError(message)
            while sent < count and start + sent / rate <= now:
                self._send(self._lines[sent % len(self._lines)], start + sent / rate)
                sent += 1
            wait_s = start + sent / rate - time.perf_counter() if sent < count else 1.0
            sockets = {line.socket: line for line in self._lines}
            for ready in select.select(list(sockets), (), (), max(0.0, wait_s))[0]:
                took += self._read(sockets[ready])
        return [took_s for due, took_s in took if due >= start + warm_up_s]

    def _send(self, line: _Line, due: float) -> None:
        stream = line.next_stream
        line.next_stream += 2
        line.begun[stream] = due
        line.socket.sendall(
            frame(_HEADERS, _END_HEADERS, stream, self._head)
            + frame(_DATA, _END_STREAM, stream, self._body)
        )

    def _read(self, line: _Line) -> list[tuple[float, float]]:
        """Read what has come; return when each call that has ended was due, and its time."""
        came = line.socket.recv(1 << 16)
        assert came, "the server has closed the connection"
        data = line.unread + came
        ended, at = [], 0
        while len(data) - at >= 9:
            size = int.from_bytes(data[at : at + 3], "big")
            if len(data) - at < 9 + size:
                break
            kind, flags, stream = struct.unpack_from(">BBI", data, at + 3)
            body = data[at + 9 : at + 9 + size]
            at += 9 + size
            if kind == _DATA:
                line.messages[stream] = line.messages.get(stream, b"") + body
            elif kind == _HEADERS and flags & _END_STREAM:
                self._check(line.messages.pop(stream, b""))
                due = line.begun.pop(stream)
                ended.append((due, time.perf_counter() - due))
            elif kind in {_SETTINGS, _PING} and not flags & _ACK:
                line.socket.sendall(frame(kind, _ACK, 0, body if kind == _PING else b""))
            assert kind not in {_RESET, _AWAY}, f"the server has ended a call: {body!r}"
        line.unread = data[at:]
        return ended

    def _check(self, answer: bytes) -> None:
        if self._answer is None:
            self._answer = answer
        # A refused call has no message at all.
        assert answer == self._answer != b"", answer
