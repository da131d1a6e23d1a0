"""Turns what providers and networks answer into our errors, in words that name what to do."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, cast

import orjson

from babble_app.errors import (
    BabbleError,
    ContextTooLargeError,
    ModelAnswerInvalidError,
    ModelUnavailableError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm.redact import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babble_app.llm.target import Target

logger = logging.getLogger(__name__)

LOGGED_CHARS = 500
_TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|prompt is too long|too many (input )?tokens"
    r"|input is too long|exceeds? the (model'?s )?(context|maximum)|reduce the length",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(
    r"insufficient_quota|insufficient.{0,20}(credit|balance|funds)|credit balance is too low"
    r"|exceeded your current quota",
    re.IGNORECASE,
)
_UNKNOWN_MODEL = re.compile(
    r"model_not_found|model.{0,80}(not found|does not exist|not exist|not a valid|unknown|decommissioned|not supported)"
    r"|(invalid|unknown|no such) model|not_found_error|no endpoints found",
    re.IGNORECASE | re.DOTALL,
)
_FILTERED = re.compile(
    r"content_policy|content.?filter|moderation_blocked|safety (system|filter|setting)|content (rules|management policy)",
    re.IGNORECASE,
)


def refusal(
    target: Target, status: int, body: str, headers: Mapping[str, str] | None = None
) -> BabbleError:
    """Translate an HTTP answer that is not a success; `body` is logged without the key, never shown."""
    title = target.provider.title
    detail = redact(body[: LOGGED_CHARS * 4], target.api_key)
    logger.warning("%s answered %d: %.500s", target.provider.id, status, detail)
    if status == 402 or _NO_CREDIT.search(detail):
        return ProviderKeyRefusedError(
            f"The account behind your {title} key has no credit left. Add credit there, or choose another model."
        )
    if status in {401, 403}:
        return ProviderKeyRefusedError(f"{title} refused the key. {_mend_key(target)}")
    if status == 429:
        return ProviderRateLimitedError(
            f"{title} is limiting how often this key may ask. Wait a moment and try again, or choose another model.",
            retry_after_seconds=retry_after(headers or {}),
        )
    if status == 408 or status >= 500:
        return ProviderUnavailableError(
            f"{title} has a problem of its own at the moment ({status}). Try again, or choose another model."
        )
    return _wrong_request(target, status, detail)


def _wrong_request(target: Target, status: int, detail: str) -> BabbleError:
    title, model = target.provider.title, target.model
    if _FILTERED.search(detail):
        return filtered(target)
    if status == 413 or _TOO_LONG.search(detail):
        return ContextTooLargeError(
            f"This conversation with its files is too long for {model}. Take files out of the chat, "
            "begin a new chat, or choose a model with a larger context."
        )
    if status in {400, 404, 422} and _UNKNOWN_MODEL.search(detail):
        return ModelUnavailableError(_unknown_model(target))
    if status in {404, 405} or 300 <= status < 400:
        return ProviderUnavailableError(
            f"No model answers at {target.address} under the configured path ({status}). {_mend_address(target)}"
        )
    return RequestRefusedError(
        f"{title} did not accept the request for {model} ({status}). "
        "The model may lack something it was asked for, such as images or tools: choose another model."
    )


class RequestRefusedError(ModelUnavailableError):
    """The model is there, but its provider found fault with the request."""


class FilteredError(ModelAnswerInvalidError):
    """The provider's rules forbid the request or the answer; that says nothing about the model."""


def filtered(target: Target) -> FilteredError:
    """Say that the provider's rules forbid the request or the answer."""
    return FilteredError(
        f"The content filter of {target.provider.title} stopped this. Ask in other words."
    )


def error_event(target: Target, error: object) -> BabbleError:
    """Translate an error that came as data inside a 200 answer."""
    fields = cast("dict[str, Any]", error) if isinstance(error, dict) else {}
    code = fields.get("code") or fields.get("status") or fields.get("status_code")
    text = orjson.dumps(error, default=str).decode()
    if not isinstance(code, int) or not 400 <= code < 600:
        code = _status_of_words(text)
    return refusal(target, code, text)


def _status_of_words(text: str) -> int:
    words = text.lower()
    if "rate_limit" in words or "rate limit" in words:
        return 429
    if "authentication" in words or "invalid_api_key" in words:
        return 401
    if _FILTERED.search(text):
        return 400
    return 400 if _TOO_LONG.search(text) or _UNKNOWN_MODEL.search(text) else 500


def unreachable(target: Target) -> ProviderUnavailableError:
    """Say that no connection could be made."""
    return ProviderUnavailableError(
        f"Cannot reach {target.provider.title} at {target.address}. {_mend_address(target)}"
    )


def dropped(target: Target) -> ProviderUnavailableError:
    """Say that the connection was lost before or during the answer."""
    return ProviderUnavailableError(
        f"{target.provider.title} closed the connection without a whole answer. Try again."
    )


def cut_off(target: Target) -> ModelAnswerInvalidError:
    """Say that the answer stopped before its end."""
    return ModelAnswerInvalidError(
        f"The answer of {target.provider.title} stopped in the middle. What arrived is kept; try again."
    )


def empty(target: Target) -> ModelAnswerInvalidError:
    """Say that the answer holds nothing."""
    return ModelAnswerInvalidError(
        f"{target.provider.title} sent an empty answer. Try again, or choose another model."
    )


def garbled(target: Target) -> ModelAnswerInvalidError:
    """Say that what came is not an answer of the expected form."""
    return ModelAnswerInvalidError(
        f"{target.provider.title} sent something that is not a model's answer. "
        f"Try again; if it stays, {_lower_first(_mend_address(target))}"
    )


def web_page(target: Target) -> ModelAnswerInvalidError:
    """Say that the address belongs to a web site."""
    return ModelAnswerInvalidError(
        f"{target.address} answered with a web page, not with a model's answer. {_mend_address(target)}"
    )


def too_long(target: Target, limit: int) -> ModelAnswerInvalidError:
    """Say that the answer was stopped at the size cap of `limit` bytes or characters."""
    return ModelAnswerInvalidError(
        f"The answer of {target.provider.title} grew past its limit of {limit:,} and was stopped. "
        "Ask for less at once, or choose another model."
    )


def too_large(target: Target, max_bytes: int) -> ModelAnswerInvalidError:
    """Say that a picture or a video was stopped at its size cap."""
    return ModelAnswerInvalidError(
        f"What {target.provider.title} sent is larger than {max_bytes // 2**20} MB and was stopped. "
        "Ask for something smaller, or choose another model."
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in seconds; dates and nonsense count as absent."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def no_key(target: Target) -> ModelUnavailableError:
    """Say that nothing opens the provider."""
    return ModelUnavailableError(
        f"There is no key for {target.provider.title}. {_mend_key(target)}"
    )


def no_address(target: Target) -> ModelUnavailableError:
    """Say that nobody named the server."""
    return ModelUnavailableError(
        f"{target.provider.title} has no address. "
        f"Set {target.provider.base_url_env}, or enter one in Settings → Providers."
    )


def _mend_key(target: Target) -> str:
    if not target.provider.key_env:
        return "Check the server's access rules."
    return f"Set {target.provider.key_env}, or enter a key in Settings → Providers."


def _mend_address(target: Target) -> str:
    provider = target.provider
    if provider.id == "ollama":
        return "Check that Ollama runs there and that OLLAMA_HOST names its address."
    if provider.takes_base_url or (
        provider.base_url_env and target.base_url.rstrip("/") != provider.base_url
    ):
        return f"Check the address in Settings → Providers or in {provider.base_url_env}."
    return "Check this machine's network and try again."


def _unknown_model(target: Target) -> str:
    if target.provider.id == "ollama":
        return f"Ollama does not have the model {target.model}. Run `ollama pull {target.model}`, or choose another."
    return f"{target.provider.title} does not offer the model {target.model} to this key. Choose another model."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
