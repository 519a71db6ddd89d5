"""Structured logs on the error stream: one JSON object a line, or coloured text for a person.

What libraries and the audit log say through the standard library's `logging` goes the same way.
A traceback shows places, never the values of variables: one of them may be a password.
"""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from seal_service.config import Settings

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(settings: Settings) -> None:
    """Set logging up for this process."""
    last = _for_programs() if settings.log_format == "json" else _for_people()
    structlog.configure(
        processors=[*_SHARED, *last],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        # One write a line: workers share the stream.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    # Of libraries only what matters; of ourselves what was asked for.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("seal_service").setLevel(_LEVELS[settings.log_level])


def _for_programs() -> list[Processor]:
    return [
        ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _for_people() -> list[Processor]:
    # Its own choice of a traceback would show the variables.
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
