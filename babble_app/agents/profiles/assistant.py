"""Helps with whatever comes: the one that has every tool but the slow one."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="assistant",
    name="Assistant",
    description="Helps with whatever comes, with a calculator and the web at hand.",
    builtin=True,
    models=("anthropic/claude-sonnet-5-5", "openai/gpt-6-luna", "groq/openai/gpt-oss-120b"),
    tools=("think", "code", "web"),
    instructions=render("profile_assistant"),
    max_output_tokens=16_000,
)
