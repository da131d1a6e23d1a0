"""Every expected failure: a stable code, an HTTP status, and a sentence the user can act on."""

from __future__ import annotations


class BabbleError(Exception):
    """Base of all expected failures; the message is shown to the user as it is."""

    code = "internal"
    status = 500
    retryable = False


class NotFoundError(BabbleError):
    """The thing does not exist, or is not the caller's: both look alike."""

    code = "not_found"
    status = 404


class ValidationFailedError(BabbleError):
    """The caller sent something that cannot be used; the message says what would be right."""

    code = "validation_failed"
    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Keep the field's name, so that a form can show the message beside it."""
        super().__init__(message)
        self.field = field


class UnauthenticatedError(BabbleError):
    """No valid login, token or key came with the call."""

    code = "invalid_token"
    status = 401


class AppPausedError(BabbleError):
    """The owner has paused the app."""

    code = "app_paused"
    status = 403


class InvalidCredentialsError(BabbleError):
    """Email and password do not belong together (or the email is unknown: the same answer)."""

    code = "invalid_credentials"
    status = 401


class AccountSuspendedError(BabbleError):
    """The account was suspended by an administrator."""

    code = "account_suspended"
    status = 403


class PermissionDeniedError(BabbleError):
    """The caller is known, but this act needs another role."""

    code = "permission_denied"
    status = 403


class OriginNotAllowedError(BabbleError):
    """A browser sent the call from a page of another site."""

    code = "origin_not_allowed"
    status = 403


class RegistrationClosedError(BabbleError):
    """New accounts are not accepted here (BABBLE_REGISTRATION)."""

    code = "registration_closed"
    status = 403


class EmailTakenError(BabbleError):
    """An account with this email exists."""

    code = "email_taken"
    status = 409


class ConflictError(BabbleError):
    """Somebody else changed the thing first; `head` names what it is now."""

    code = "conflict"
    status = 409

    def __init__(self, message: str, *, head: str | None = None) -> None:
        """Keep the id of the current state, so that the caller can compare."""
        super().__init__(message)
        self.head = head


class GateClosedError(ConflictError):
    """The agent is gated and its chosen tests do not pass: the version does not go live."""

    code = "tests_failing"


class IdempotencyConflictError(BabbleError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_conflict"
    status = 409


class RateLimitedError(BabbleError):
    """Too many calls; `retry_after_seconds` says when the next may succeed."""

    code = "rate_limited"
    status = 429
    retryable = True

    def __init__(
        self, message: str, *, retry_after_seconds: int, limit: int = 0, remaining: int = 0
    ) -> None:
        """Keep the figures of the limit for the response's headers."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.limit = limit
        self.remaining = remaining


class FileTooLargeError(BabbleError):
    """A file or a request body is over its size limit."""

    code = "file_too_large"
    status = 413


class QuotaExceededError(BabbleError):
    """The workspace has no room left for the file."""

    code = "quota_exceeded"
    status = 413


class UnsupportedFileError(BabbleError):
    """The file's type (by name or by content) is not among the accepted ones."""

    code = "unsupported_file_type"
    status = 415


class ContextTooLargeError(BabbleError):
    """The conversation with its files does not fit into the model's context window."""

    code = "context_too_large"
    status = 413


class BudgetExhaustedError(BabbleError):
    """A money cap is reached: the call was not made, and nothing was spent."""

    code = "budget_exhausted"
    status = 402

    def __init__(self, message: str, *, retry_after_seconds: int | None = None) -> None:
        """Keep when the period ends, in seconds from now."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class PriceUnknownError(BudgetExhaustedError):
    """A money cap applies, and nobody knows what the model costs: the call was not made."""

    code = "price_unknown"


class ModelUnavailableError(BabbleError):
    """The named model is unknown, or its provider has no key here."""

    code = "model_unavailable"
    status = 503


class ProviderUnavailableError(BabbleError):
    """The model provider refused the connection, failed or is down."""

    code = "provider_unavailable"
    status = 503
    retryable = True


class ProviderRateLimitedError(BabbleError):
    """The model provider answered 429."""

    code = "provider_rate_limited"
    status = 503
    retryable = True

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        """Keep the provider's own waiting time, in seconds, if it named one."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ProviderKeyRefusedError(BabbleError):
    """The model provider does not accept the key (401 or 403)."""

    code = "provider_key_refused"
    status = 502


class ModelTimeoutError(BabbleError):
    """The model sent nothing for too long, or took too long altogether."""

    code = "model_timeout"
    status = 504
    retryable = True


class ModelAnswerInvalidError(BabbleError):
    """The model's answer is empty, cut off, garbled or too long to be used."""

    code = "model_answer_invalid"
    status = 502
    retryable = True


class AgentNotValidError(BabbleError):
    """After all repair rounds the model's program or diff was still not usable; nothing was saved."""

    code = "agent_not_valid"
    status = 422
    retryable = True

    def __init__(self, message: str, *, raw: str = "") -> None:
        """Keep the model's last answer as it came; it is stored with the message."""
        super().__init__(message)
        self.raw = raw


class RunInterruptedError(BabbleError):
    """The server stopped in the middle of the run; what had arrived was kept."""

    code = "interrupted"
    status = 503
    retryable = True


class NotReadyError(BabbleError):
    """The server is starting or ending."""

    code = "not_ready"
    status = 503
    retryable = True


class DatabaseUnavailableError(BabbleError):
    """The database does not answer."""

    code = "database_unavailable"
    status = 503
    retryable = True


class DiskFullError(BabbleError):
    """Nothing more can be stored; reading goes on."""

    code = "disk_full"
    status = 507
