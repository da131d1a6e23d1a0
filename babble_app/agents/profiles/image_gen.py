"""Makes pictures from words."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="image_gen",
    name="Pictures",
    description="Makes a picture from a description.",
    builtin=True,
    makes="image",
    models=("openai/gpt-image-2", "openai/gpt-image-1-mini"),
    instructions=render("profile_image_gen"),
    cache_minutes=0,
)
