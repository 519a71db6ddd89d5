"""Why a backup could not be made or restored."""


class BackupError(Exception):
    """The text says what is wrong, and what to do."""
