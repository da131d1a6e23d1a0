"""Teaches: leads to an answer instead of giving it away."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="tutor",
    name="Tutor",
    description="Teaches step by step, asks back, and checks what was understood.",
    builtin=True,
    models=("anthropic/claude-sonnet-5-5", "openai/gpt-6-luna", "groq/openai/gpt-oss-120b"),
    tools=("think", "code"),
    instructions=render("profile_tutor"),
    temperature=0.5,
    max_output_tokens=8_000,
)
