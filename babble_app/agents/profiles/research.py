"""Answers from what the web says, with sources."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="research",
    name="Research",
    description="Searches the web, reads what it finds, and answers with sources.",
    builtin=True,
    models=(
        "openai/gpt-6-sol",
        "anthropic/claude-opus-5-5",
        "openrouter/anthropic/claude-sonnet-5.5",
    ),
    tools=("web", "deep", "think"),
    instructions=render("profile_research"),
    temperature=0.3,
    max_output_tokens=32_000,
    cache_minutes=10,
)
