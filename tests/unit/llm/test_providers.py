"""Providers as data, and what a model's name becomes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import SecretStr

from babble_app.errors import ModelUnavailableError
from babble_app.llm.catalogue import Models
from babble_app.llm.credentials import Credential
from babble_app.llm.openrouter_names import routed_through_openrouter
from babble_app.llm.provider import all_providers
from babble_app.llm.target import Target, normal_address
from babble_app.settings import Settings
from tests.unit.llm.targets import make_target

PACKAGE = Path(__file__).parents[3] / "babble_app"


def make_settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue] - pydantic-settings' own


def test_every_provider_is_found_and_names_settings_that_exist():
    providers = all_providers()

    assert set(providers) == {
        "openai",
        "anthropic",
        "openrouter",
        "groq",
        "huggingface",
        "ollama",
        "custom",
        "demo",
    }
    for provider in providers.values():
        for setting in (provider.key_setting, provider.base_url_setting):
            assert not setting or setting in Settings.model_fields
        assert provider.help.endswith(".")
        assert bool(provider.key_env) == bool(provider.key_setting)


def test_the_demo_is_labelled():
    assert all_providers()["demo"].models[0].note == "Offline demo, not an AI"


@pytest.mark.parametrize("model", ["", "gpt-4o", "openai/", "nobody/x"])
def test_a_name_that_means_no_model_is_refused_in_words(model):
    with pytest.raises(ModelUnavailableError):
        Models(make_settings()).open(model, None)


def test_a_provider_without_a_key_says_what_to_set():
    with pytest.raises(ModelUnavailableError, match="OPENAI_API_KEY"):
        Models(make_settings(OPENAI_API_KEY="")).open("openai/gpt-4o-mini", None)


def test_a_server_without_an_address_says_what_to_set():
    with pytest.raises(ModelUnavailableError, match="BABBLE_CUSTOM_BASE_URL"):
        Models(make_settings(BABBLE_CUSTOM_BASE_URL="")).open("custom/llama", None)


def test_the_environment_opens_a_provider():
    models = Models(make_settings(OPENAI_API_KEY="sk-1", OPENAI_BASE_URL="http://gateway/v1"))

    client = models.open("openai/gpt-4o-mini", None)

    assert client.name == "openai/gpt-4o-mini"
    assert client.sees_images
    assert client.target.base_url == "http://gateway/v1"


@pytest.mark.parametrize(
    ("values", "provider", "given"),
    [
        ({}, "openai", False),
        ({"OPENAI_API_KEY": "sk-1"}, "openai", True),
        ({"OPENAI_BASE_URL": "http://x/v1"}, "openai", False),
        ({"OLLAMA_HOST": "127.0.0.1"}, "ollama", True),
        ({"OLLAMA_HOST": ""}, "ollama", False),
        ({}, "demo", True),
    ],
)
def test_what_the_environment_opens(values, provider, given):
    empty = dict.fromkeys(("OPENAI_API_KEY", "OPENAI_BASE_URL", "OLLAMA_HOST"), "")

    assert (
        Models(make_settings(**empty | values)).environment_credential(provider) is not None
    ) == given


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("localhost", "http://localhost:11434"),
        ("0.0.0.0:9999", "http://127.0.0.1:9999"),
        ("http://box", "http://box:11434"),
        ("https://ollama.example.org/", "https://ollama.example.org"),
        ("", ""),
    ],
)
def test_addresses_are_completed(written, meant):
    assert normal_address(written, default_port=11434) == meant


@pytest.mark.parametrize(
    ("model", "routed"),
    [
        ("anthropic/claude-haiku-4-5-20251001", "openrouter/anthropic/claude-haiku-4.5"),
        ("anthropic/claude-sonnet-5", "openrouter/anthropic/claude-sonnet-5"),
        ("openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"),
        ("groq/openai/gpt-oss-20b", "openrouter/openai/gpt-oss-20b"),
        ("huggingface/Qwen/Qwen3-32B:groq", "openrouter/qwen/qwen3-32b"),
        ("openrouter/auto", "openrouter/auto"),
        ("ollama/llama3", None),
        ("demo/based", None),
        ("nonsense", None),
    ],
)
def test_a_model_is_routed_through_openrouter_under_its_name_there(model, routed):
    assert routed_through_openrouter(model) == routed


def test_a_targets_words_hold_no_key_and_no_path():
    target = Target(
        make_target().provider, "m", "https://user:pw@host:8443/secret/v1", "sk-1234567"
    )

    assert target.address == "https://host:8443"
    assert "sk-1234567" not in repr(target)
    assert "sk-1" not in repr(Credential(SecretStr("sk-1234567")))


def test_litellm_is_imported_in_one_module_and_never_at_its_top():
    trees = {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text())
        for path in PACKAGE.rglob("*.py")
    }
    importers = [name for name, tree in trees.items() if any(map(_imports_litellm, ast.walk(tree)))]

    assert importers == ["llm/litellm_client.py"]
    assert not any(map(_imports_litellm, trees["llm/litellm_client.py"].body))


def _imports_litellm(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "litellm" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "litellm"
