"""Keys never reach a log or a screen."""

from __future__ import annotations

import io
import logging

import pytest

from babble_app.llm.redact import HIDDEN, redact, redact_logs


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcDEF0123456789",
        "sk-ant-api03-abc_DEF-0123",
        "sk-or-v1-0123456789abcdef",
        "gsk_0123456789abcdef",
        "hf_0123456789abcdef",
        "bb_0123456789abcdefghijABCDEFGHIJ012345",
        "bbk_0123456789abcdefghijABCDEFGHIJ012345",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_a_secret_is_hidden(secret):
    text = redact(f"Incorrect API key provided: {secret}. Find yours elsewhere.")

    assert secret not in text
    assert text == f"Incorrect API key provided: {HIDDEN}. Find yours elsewhere."


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdef123456",
        "{'x-api-key': 'abcdef123456'}",
        '{"api_key": "abcdef123456"}',
    ],
)
def test_what_a_header_carries_is_hidden(text):
    assert "abcdef123456" not in redact(text)
    assert redact(text)[:5] == text[:5]


def test_a_known_key_of_any_form_is_hidden():
    assert redact("key=plainpassword!", "plainpassword!") == f"key={HIDDEN}"


def test_ordinary_words_stay():
    text = "The task-list and risk-free desk-job use ask_bb and disk-usage; a masked word."

    assert redact(text) == text


def test_log_lines_and_tracebacks_are_cleaned():
    written = io.StringIO()
    logger = logging.Logger("cleaned")  # noqa: LOG001 - not among the process's loggers
    logger.addHandler(logging.StreamHandler(written))
    redact_logs(logger)
    redact_logs(logger)

    try:
        raise ValueError("refused sk-canary-0123456789")
    except ValueError:
        logger.exception("calling with %s", "Bearer canary0123456789")

    assert "calling with Bearer" in written.getvalue()
    assert "canary" not in written.getvalue()
    assert len(logger.handlers[0].filters) == 1


def test_no_caller_can_write_a_log_line_of_his_own():
    written = io.StringIO()
    logger = logging.Logger("cleaned")  # noqa: LOG001 - not among the process's loggers
    logger.addHandler(logging.StreamHandler(written))
    redact_logs(logger)

    logger.warning("refused %s", "x\n2026-11-21 INFO all is well\x1b[2J\r\u2028" + "y" * 100_000)

    assert len(written.getvalue().splitlines()) == 1
    assert "\x1b" not in written.getvalue()
    assert len(written.getvalue()) < 5_000


def test_handlers_of_libraries_are_cleaned_too():
    handler = logging.StreamHandler(io.StringIO())
    library = logging.getLogger("tests.some_library")
    library.addHandler(handler)
    try:
        redact_logs()

        assert handler.filters
    finally:
        library.removeHandler(handler)


def test_an_event_in_a_log_shows_its_name_only():
    written = io.StringIO()
    logger = logging.Logger("cleaned")  # noqa: LOG001 - not among the process's loggers
    logger.addHandler(logging.StreamHandler(written))
    redact_logs(logger)
    headers = "{'cookie': 'babble_session=canary-cookie'}"

    logger.warning(
        "no handler for Event(name='a.b.save', router_data=%s, payload={'p': 'canary'})", headers
    )
    logger.warning("headers %s", headers)

    assert "a.b.save" in written.getvalue()
    assert "canary" not in written.getvalue()
