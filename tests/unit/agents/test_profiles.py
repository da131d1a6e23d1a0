"""The profiles that come with Babble are complete, and name models that its providers know."""

from __future__ import annotations

from pathlib import Path

import pytest

import babble_app.agents
from babble_app.agents.profile import all_profiles
from babble_app.llm.provider import all_providers

NAMES = ["analyst", "assistant", "chatbot", "coder", "image_gen", "research", "tutor", "video_gen"]
PROMPTS = Path(babble_app.agents.__path__[0]) / "prompts"


def test_every_kind_of_work_has_its_profile() -> None:
    assert list(all_profiles()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_complete(name: str) -> None:
    profile = all_profiles()[name]

    assert profile.builtin
    assert profile.description
    assert profile.instructions
    assert profile.instructions in (PROMPTS / f"profile_{name}.md").read_text()
    assert "<!--" not in profile.instructions
    assert (profile.makes == "text") == (name not in {"image_gen", "video_gen"})


@pytest.mark.parametrize("name", NAMES)
def test_preferred_models_are_known_to_their_providers(name: str) -> None:
    profile, providers = all_profiles()[name], all_providers()

    assert profile.models
    for model in profile.models:
        provider, _, model_name = model.partition("/")
        assert provider in providers
        assert profile.makes != "text" or providers[provider].entry(model_name), model
