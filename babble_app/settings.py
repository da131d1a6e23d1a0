"""Everything that is configured from outside: environment variables and `.env`, read here only."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

VERSION = "0.1.0"


class Settings(BaseSettings):
    """The server's configuration; `.env.example` describes each variable."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    port: int = Field(default=8000, validation_alias="BABBLE_PORT", ge=1, le=65535)
    host: str = Field(default="127.0.0.1", validation_alias="BABBLE_HOST")
    data_dir: Path = Field(default=Path("data"), validation_alias="BABBLE_DATA_DIR")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    redis_url: str = Field(default="", validation_alias="REDIS_URL")
    public_url: str = Field(default="", validation_alias="BABBLE_PUBLIC_URL")
    allowed_origins: str = Field(default="", validation_alias="BABBLE_ALLOWED_ORIGINS")
    trusted_proxies: str = Field(default="", validation_alias="BABBLE_TRUSTED_PROXIES")
    registration: Literal["open", "invite", "closed"] = Field(
        default="open", validation_alias="BABBLE_REGISTRATION"
    )
    admin_email: str = Field(default="", validation_alias="BABBLE_ADMIN_EMAIL")
    admin_key: SecretStr = Field(default=SecretStr(""), validation_alias="BABBLE_ADMIN_KEY")
    secret_key: SecretStr = Field(default=SecretStr(""), validation_alias="BABBLE_SECRET_KEY")
    master_key: SecretStr = Field(default=SecretStr(""), validation_alias="BABBLE_MASTER_KEY")
    default_model: str = Field(default="", validation_alias="BABBLE_DEFAULT_MODEL")
    prices_file: str = Field(default="", validation_alias="BABBLE_PRICES_FILE")
    """Path of a file with prices that go before those of the table that comes with LiteLLM."""
    demo_pace: float = Field(default=120.0, validation_alias="BABBLE_DEMO_PACE", ge=0)
    """Pieces a second that the demo model streams: lively, and still to be followed by the eye; 0: all at once."""
    max_upload_mb: int = Field(default=25, validation_alias="BABBLE_MAX_UPLOAD_MB", ge=1)
    workspace_quota_mb: int = Field(default=500, validation_alias="BABBLE_WORKSPACE_QUOTA_MB", ge=1)
    allowed_private_hosts: str = Field(default="", validation_alias="BABBLE_ALLOWED_PRIVATE_HOSTS")
    search_engine: Literal["", "duckduckgo", "searxng", "brave", "tavily"] = Field(
        default="", validation_alias="BABBLE_SEARCH_ENGINE"
    )
    search_url: str = Field(default="", validation_alias="BABBLE_SEARCH_URL")
    searxng_url: str = Field(default="", validation_alias="BABBLE_SEARXNG_URL")
    brave_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="BRAVE_API_KEY")
    tavily_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="TAVILY_API_KEY")
    log_level: str = Field(default="INFO", validation_alias="BABBLE_LOG_LEVEL")

    first_token_timeout_seconds: float = Field(
        default=60.0, validation_alias="BABBLE_FIRST_TOKEN_TIMEOUT", gt=0
    )
    idle_timeout_seconds: float = Field(default=30.0, validation_alias="BABBLE_IDLE_TIMEOUT", gt=0)
    total_timeout_seconds: float = Field(
        default=600.0, validation_alias="BABBLE_TOTAL_TIMEOUT", gt=0
    )
    run_timeout_seconds: float = Field(default=1800.0, validation_alias="BABBLE_RUN_TIMEOUT", gt=0)
    max_run_chars: int = Field(default=2_000_000, validation_alias="BABBLE_MAX_RUN_CHARS", gt=0)
    max_answer_chars: int = Field(default=400_000, validation_alias="BABBLE_MAX_ANSWER_CHARS", gt=0)

    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    anthropic_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="ANTHROPIC_API_KEY"
    )
    anthropic_base_url: str = Field(default="", validation_alias="ANTHROPIC_BASE_URL")
    openrouter_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="OPENROUTER_API_KEY"
    )
    openrouter_base_url: str = Field(default="", validation_alias="OPENROUTER_BASE_URL")
    groq_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="GROQ_API_KEY")
    groq_base_url: str = Field(default="", validation_alias="GROQ_BASE_URL")
    hf_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("HF_TOKEN", "HUGGINGFACE_API_KEY")
    )
    hf_base_url: str = Field(default="", validation_alias="HF_BASE_URL")
    custom_base_url: str = Field(default="", validation_alias="BABBLE_CUSTOM_BASE_URL")
    custom_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="BABBLE_CUSTOM_API_KEY"
    )
    ollama_host: str = Field(default="", validation_alias="OLLAMA_HOST")

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address: SQLite in the data directory unless DATABASE_URL says otherwise."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'babble.db').resolve()}"
        scheme, separator, rest = self.database_url.partition("://")
        if separator and scheme in {"postgres", "postgresql", "postgresql+asyncpg"}:
            return f"postgresql+psycopg://{rest}"
        if scheme == "sqlite+aiosqlite":
            return f"sqlite://{rest}"
        return self.database_url

    @property
    def own_origins(self) -> tuple[str, ...]:
        """Origins whose pages may call this server: its own addresses, never `*`."""
        configured = [self.public_url, *self.allowed_origins.split(",")]
        local = [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]
        trimmed = (origin.strip().rstrip("/") for origin in [*configured, *local])
        return tuple(dict.fromkeys(origin for origin in trimmed if origin and origin != "*"))

    @property
    def private_hosts(self) -> tuple[str, ...]:
        """Hosts at private addresses that agents of workspaces which allow them may call."""
        names = (name.strip().lower() for name in self.allowed_private_hosts.split(","))
        return tuple(name for name in names if name)

    @property
    def max_upload_bytes(self) -> int:
        """Largest accepted file."""
        return self.max_upload_mb * 1024 * 1024

    @property
    def workspace_quota_bytes(self) -> int:
        """Most bytes that a workspace's files may take together."""
        return self.workspace_quota_mb * 1024 * 1024

    def secret(self, name: Literal["secret_key", "master_key"]) -> bytes:
        """Return the configured secret, or the one generated once into the data directory (0600)."""
        configured: SecretStr = getattr(self, name)
        if configured.get_secret_value():
            return configured.get_secret_value().encode()
        return _generated_secret(self.data_dir / "secrets" / name)


def _generated_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _is_written(path):
        # Whole or not at all: a crash in between must not leave an empty secret, with which anybody could sign.
        handle, draft = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)  # 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(handle)
        if path.exists() and not _is_written(path):
            path.unlink()
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_bytes().strip()


def _is_written(path: Path) -> bool:
    return path.exists() and bool(path.read_bytes().strip())


@cache
def get_settings() -> Settings:
    """Read the environment once."""
    return Settings()
