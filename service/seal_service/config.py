"""Configuration: a TOML file, over it environment variables ``SEALMATCH_…``, over both options."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from seal_service.audit import Verifier
from seal_service.audit.errors import AuditError

DataClass = Annotated[int, Field(ge=1, le=5)]
Port = Annotated[int, Field(ge=0, le=65_535)]
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_FILE: ContextVar[Path | None] = ContextVar("file", default=None)


class Tls(BaseModel, extra="forbid"):
    """Certificates of the server and, for mutual TLS, the authority of its clients."""

    certificate: Path | None = None
    key: Path | None = None
    client_authority: Path | None = None
    """Given, every client must show a certificate of this authority (mutual TLS)."""

    @model_validator(mode="after")
    def _together(self) -> Tls:
        if (self.certificate is None) != (self.key is None):
            message = "certificate and key are given together"
            raise ValueError(message)
        if self.client_authority is not None and self.certificate is None:
            message = "client_authority needs certificate and key"
            raise ValueError(message)
        for path in (self.certificate, self.key, self.client_authority):
            if path is not None and not path.is_file():
                message = f"{path} is not a file"
                raise ValueError(message)
        return self


class Passwords(BaseModel, extra="forbid"):
    """Rules for passwords (A45). Without `initial`, each user gets a random one-time password."""

    min_length: Annotated[int, Field(ge=6, le=64)] = 8
    history: Annotated[int, Field(ge=0, le=24)] = 5
    initial: SecretStr | None = None


class Sessions(BaseModel, extra="forbid"):
    """How long sessions live (A47)."""

    idle_limit_s: Annotated[int, Field(ge=10, le=28_800)] = 900
    lifetime_s: Annotated[int, Field(ge=60, le=86_400)] = 43_200
    step_up_s: Annotated[int, Field(ge=10, le=3_600)] = 300


class Quota(BaseModel, extra="forbid"):
    """Calls a second that one caller may make, and how many at once after a pause."""

    per_s: Annotated[float, Field(gt=0)] = 200.0
    burst: Annotated[int, Field(ge=1)] = 400
    anonymous_per_s: Annotated[float, Field(gt=0)] = 20.0
    anonymous_burst: Annotated[int, Field(ge=1)] = 60


class Sso(BaseModel, extra="forbid"):
    """The core system's signature on single sign-on tickets (A44)."""

    public_key: Path
    issuer: str = "core"
    audience: str = "sealmatch"


class Sms(BaseModel, extra="forbid"):
    """The bank's gateway for text messages: users with a telephone number need a code as well."""

    gateway: Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$")]
    token: SecretStr


class Crypto(BaseModel, extra="forbid"):
    """Which algorithms new hashes, signatures and ciphertexts are made with (E29)."""

    profile: Literal["international", "sm"] = "international"
    """SHA-256, Ed25519, AES-GCM and argon2id, or SM3, SM2, SM4-GCM and PBKDF2 with SM3. What was
    made under the other one is still good; a log that has begun keeps its hash and its key."""


class DataClasses(BaseModel, extra="forbid", validate_default=True):
    """What is asked of data by its class, 1 (open) to 5 (images of seals) (E28)."""

    encrypted_from: Annotated[int, Field(ge=1, le=3)] = 2
    """From this class on nothing is served unencrypted to another machine."""
    persons_from: Annotated[int, Field(ge=2, le=4)] = 4
    """From this class on only persons are served, no services."""
    answers_kept_days: dict[DataClass, Annotated[int, Field(ge=1, le=7)]] = {}
    """Days for which first answers to request ids are kept: without a word 1 for classes 4 and 5,
    which hold passwords and tokens, and 7 for the others."""
    log_kept_days: dict[DataClass, Annotated[int, Field(ge=183)]] = {}
    """Most days for which the log's payloads about a class are kept, whatever their kind."""

    @field_validator("answers_kept_days")
    @classmethod
    def _short_for_secrets(cls, value: dict[int, int]) -> dict[int, int]:
        return {4: 1, 5: 1, **value}


class Audit(BaseModel, extra="forbid"):
    """The tamper-evident log (docs/audit.md)."""

    name: Annotated[str, Field(max_length=200, pattern=r"^[^\s+]*$")] = ""
    """Name of a new log, such as bank.example/audit; without it a random one."""
    key_file: Path | None = None
    publish_to: Path | None = None
    """Folder of the public copy."""
    witnesses: tuple[str, ...] = ()
    """Public keys of the witnesses whose signatures the log keeps."""
    retention: dict[
        Literal["ACCOUNT", "BUSINESS", "DOCUMENT", "LOGIN", "ORG_STAFF"],
        Annotated[int, Field(ge=183)],
    ] = {}
    """Days for which payloads of a kind are kept; of a kind that is not named, for ever."""
    export_to: Path | None = None
    """Folder of the daily exports."""

    @field_validator("witnesses")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            try:
                Verifier.parse(text)
            except AuditError as error:
                raise ValueError(str(error)) from error
        return value


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="SEALMATCH_", env_nested_delimiter="__", extra="forbid", validate_default=True
    )

    data_dir: Path = Path("sealmatch-data")
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Port = 7443
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=2, le=256)] = 16
    tls: Tls = Tls()
    allow_plaintext: bool = False
    reflection: bool = False
    metrics_host: str = "127.0.0.1"
    metrics_port: Port | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    time_zone: str = "Asia/Shanghai"
    day_starts_h: Annotated[int, Field(ge=0, le=23)] = 0
    key_file: Path | None = None
    change_lifetime_days: Annotated[int, Field(ge=1, le=60)] = 5
    maintenance_notice_h: Annotated[int, Field(ge=1, le=720)] = 24
    drain_s: Annotated[float, Field(ge=0, le=600)] = 30.0
    max_message_mib: Annotated[int, Field(ge=1, le=64)] = 12
    passwords: Passwords = Passwords()
    sessions: Sessions = Sessions()
    quota: Quota = Quota()
    sso: Sso | None = None
    sms: Sms | None = None
    audit: Audit = Audit()
    crypto: Crypto = Crypto()
    data_classes: DataClasses = DataClasses()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_database(value.get_secret_value()):
            message = "give sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
            raise ValueError(message)
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"{value} is no time zone"
            raise ValueError(message) from error
        return value

    @model_validator(mode="after")
    def _sensible(self) -> Settings:
        plaintext = self.tls.certificate is None
        if plaintext and self.host not in LOOPBACK and not self.allow_plaintext:
            message = (
                f"{self.host} can be reached by others: give tls.certificate and tls.key, or "
                "allow_plaintext where a proxy on this machine ends TLS"
            )
            raise ValueError(message)
        if self.workers > 1 and self.port == 0:
            message = "several workers share one port: name it"
            raise ValueError(message)
        return self

    @property
    def url(self) -> str:
        """The database's address; by default a file in the data directory."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'sealmatch.sqlite').absolute()}"

    @property
    def audit_key(self) -> Path:
        """Where the audit log's signing key is."""
        return self.audit.key_file or self.data_dir / "audit.key"

    @property
    def published_log(self) -> Path:
        """Where the audit log's public copy is."""
        return self.audit.publish_to or self.data_dir / "audit"

    @property
    def exports(self) -> Path:
        """Where each day's export of the audit log goes."""
        return self.audit.export_to or self.data_dir / "audit-exports"

    @property
    def keys(self) -> Path:
        """Where the installation's key is."""
        return self.key_file or self.data_dir / "sealmatch.key"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options win over the environment, the environment over the file."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=_FILE.get()),
        )


def _is_database(text: str) -> bool:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        return False
    if url.drivername == "sqlite":
        return url.database not in {None, "", ":memory:"}
    return url.drivername == "postgresql+psycopg"


def load(file: Path | None, **options: Any) -> Settings:
    """Read the configuration.

    Parameters
    ----------
    file
        A TOML file; None for none.
    options
        What the command line says; None counts as not said.

    Raises
    ------
    pydantic.ValidationError, tomllib.TOMLDecodeError, OSError
    """
    if file is not None:
        file.read_bytes()  # a file that was named must exist

    given = {key: value for key, value in options.items() if value is not None}
    before = _FILE.set(file)
    try:
        return Settings(**given)
    finally:
        _FILE.reset(before)
