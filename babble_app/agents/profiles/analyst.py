"""Works with figures and tables: calculates instead of guessing, and says what rests on what."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="analyst",
    name="Analyst",
    description="Works with figures and tables, and calculates instead of guessing.",
    builtin=True,
    models=("openai/gpt-6-sol", "anthropic/claude-sonnet-5-5", "groq/openai/gpt-oss-120b"),
    tools=("code", "think", "web"),
    instructions=render("profile_analyst"),
    temperature=0.2,
    max_output_tokens=16_000,
)
