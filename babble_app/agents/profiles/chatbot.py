"""Talks: short answers from a quick and cheap model, without tools."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="chatbot",
    name="Chatbot",
    description="Talks with people: short, friendly answers from a quick model.",
    builtin=True,
    models=("openai/gpt-5.4-mini", "anthropic/claude-haiku-4-5", "groq/openai/gpt-oss-20b"),
    instructions=render("profile_chatbot"),
    temperature=0.7,
    max_output_tokens=8_000,
    hedging=True,
)
