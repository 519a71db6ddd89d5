"""The two servers under test, each with the same blocking handler."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import grpc.aio

SERVICE = "bench.Rpc"
OPTIONS = [("grpc.max_receive_message_length", 16 << 20), ("grpc.so_reuseport", 0)]
WORK = b"\0" * (4 << 20)
"""Hashing this takes about the time of one verification and holds no GIL."""


class Handler:
    """One call's work: `echo` nothing, `commit` a row, `engine` then a row."""

    def __init__(self, folder: Path) -> None:
        """Open the database that commits go to, made anew."""
        self._path = folder / "bench.sqlite"
        self._local = threading.local()
        self._gate = threading.Lock()
        with self._connection() as db:
            db.execute("create table if not exists row (size integer)")

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=full")
            self._local.db = db
        return db

    def __call__(self, kind: str, request: bytes) -> bytes:
        """Do the work of `kind` for a request; the reply is its size."""
        if kind == "engine":
            hashlib.sha256(WORK).digest()
        if kind != "echo":
            db = self._connection()
            with self._gate:
                db.execute("begin immediate")
                db.execute("insert into row values (?)", (len(request),))
                db.execute("commit")
        return str(len(request)).encode()


def serve_threads(address: str, folder: Path, workers: int) -> None:
    """Serve with the thread-pool server until the process is ended."""
    handler = Handler(folder)
    server = grpc.server(ThreadPoolExecutor(workers), options=OPTIONS)
    methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        kind: grpc.unary_unary_rpc_method_handler(
            lambda request, _context, kind=kind: handler(kind, request)
        )
        for kind in ("echo", "commit", "engine")
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, methods)])
    server.add_insecure_port(address)
    server.start()
    server.wait_for_termination()


def serve_aio(address: str, folder: Path, workers: int) -> None:
    """Serve with the asyncio server; blocking work goes to a pool of the same size."""
    asyncio.run(_serve_aio(address, Handler(folder), workers))


async def _serve_aio(address: str, handler: Handler, workers: int) -> None:
    pool = ThreadPoolExecutor(workers)
    loop = asyncio.get_running_loop()

    async def call(kind: str, request: bytes) -> bytes:
        if kind == "echo":
            return handler(kind, request)
        return await loop.run_in_executor(pool, handler, kind, request)

    def method(kind: str) -> grpc.RpcMethodHandler[bytes, bytes]:
        async def behaviour(request: bytes, _context: object) -> bytes:
            return await call(kind, request)

        return grpc.unary_unary_rpc_method_handler(behaviour)

    server = grpc.aio.server(options=OPTIONS)
    methods = {kind: method(kind) for kind in ("echo", "commit", "engine")}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, methods)])
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()
