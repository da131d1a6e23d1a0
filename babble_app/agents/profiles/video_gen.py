"""Makes short videos from words."""

from babble_app.agents.prompt_texts import render
from babble_app.schemas.profiles import Profile

PROFILE = Profile(
    id="video_gen",
    name="Videos",
    description="Makes a short video from a description.",
    builtin=True,
    makes="video",
    models=("openai/sora-2",),
    instructions=render("profile_video_gen"),
    cache_minutes=0,
)
