"""Writes and explains code."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="coder",
    name="Coder",
    description="Writes, reviews and explains code.",
    builtin=True,
    models=("anthropic/claude-sonnet-5-5", "openai/gpt-6-sol", "groq/openai/gpt-oss-120b"),
    tools=("code", "think", "web"),
    instructions=render("profile_coder"),
    temperature=0.2,
    max_output_tokens=32_000,
)
