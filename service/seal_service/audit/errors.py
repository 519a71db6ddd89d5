"""The ways in which the audit log can refuse, each with its own type and its numbers."""

from __future__ import annotations


class AuditError(Exception):
    """What every error of the audit log derives from."""


class InvalidEventError(AuditError):
    """An event cannot be written as an entry: `field` says which part, the text says why."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"audit event: {field} {problem}")
        self.field = field


class MalformedEntryError(AuditError):
    """Bytes are not the canonical form of an entry; `offset` is where the parser gave up."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"audit entry at byte {offset}: {problem}")
        self.offset = offset


class MalformedNoteError(AuditError):
    """Text is not a signed note, a checkpoint or a key."""


class BadSignatureError(AuditError):
    """A signature by a known key does not verify, or no known key signed."""


class InvalidProofError(AuditError):
    """An inclusion, consistency or range proof does not prove what it claims."""


class AlgorithmUnavailableError(AuditError):
    """A library for an algorithm is missing; the text names the package to install."""


class SigningFailedError(AuditError):
    """A fresh signature did not verify with its own key; it was not released."""


class ProfileMismatchError(AuditError):
    """The log was begun with another origin or hash algorithm than the one configured."""


class LogDamagedError(AuditError):
    """What is stored contradicts itself, so nothing may be appended before a person has looked.

    `sealmatch audit verify` says precisely what is wrong.
    """


class LogRolledBackError(LogDamagedError):
    """The database holds less than what was published before, as after an old backup's return."""

    def __init__(self, stored_size: int, published_size: int) -> None:
        super().__init__(
            f"the database holds {stored_size} events but a checkpoint over {published_size} "
            "was published; restore the newer database, nothing is appended to this one"
        )
        self.stored_size = stored_size
        self.published_size = published_size


class UnsupportedDatabaseError(AuditError):
    """The log is kept in SQLite or PostgreSQL, nowhere else."""


class AppenderBusyError(AuditError):
    """Another process is this log's single appender."""


class NotDurableError(AuditError):
    """The commit of a group failed, so none of its events may be acknowledged."""


class RetentionError(AuditError):
    """A prune was asked for that the rules of retention forbid."""


class PublishError(AuditError):
    """The public copy of the tiles could not be written; the log itself is unharmed."""


class InconsistentLogError(AuditError):
    """A witness was shown a log that does not continue the one it saw before."""
