"""The illustrator: what it asks for, and what it hands to the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from babble_app.agents import orchestrator
from babble_app.errors import ModelUnavailableError
from babble_app.llm.media import VIDEO_SECONDS, Made
from babble_app.schemas.events import FileMade, StateChanged, UsageCounted
from babble_app.schemas.profiles import Profile
from babble_app.schemas.usage import Usage
from tests.fakes.scripted_client import ScriptedClient
from tests.unit.agents.agent_requests import events_of, make_request, only


@dataclass
class Painter:
    """Makes the same thing whatever it is asked for, and remembers that."""

    made: Made
    name: str = "openai/gpt-image-2"
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return it."""
        self.asked.append(("image", prompt))
        del size
        return self.made

    async def generate_video(
        self, prompt: str, size: str = "", seconds: int = VIDEO_SECONDS[0]
    ) -> Made:
        """Return it."""
        self.asked.append((f"video {seconds}", prompt))
        del size
        return self.made


PICTURES = Profile(id="image_gen", name="Pictures", makes="image", instructions="In watercolours.")
VIDEOS = Profile(id="video_gen", name="Videos", makes="video")


async def test_a_message_of_a_chat_for_pictures_becomes_one():
    made = Made(b"png", "image/png", Usage(output_tokens=7), model="a/b", why="b: the first")
    painter = Painter(made)
    request = make_request("A red fox, in snow!", profile=PICTURES, media=painter)

    events = await events_of(orchestrator.run(ScriptedClient(), request))

    assert painter.asked == [("image", "In watercolours.\n\nA red fox, in snow!")]
    assert events == [
        StateChanged(name="drawing"),
        UsageCounted(usage=Usage(output_tokens=7), model="a/b", why="b: the first"),
        FileMade(
            name="a-red-fox-in-snow.png",
            media_type="image/png",
            data=b"png",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ein Fuchs fällt", "ein-fuchs-fällt.mp4"),
        ("???", "video.mp4"),
        ("../../etc/passwd]", "etc-passwd.mp4"),
        ("long " * 40, "long-long-long-long-long-long-long-long-long-lon.mp4"),
    ],
)
async def test_a_video_is_named_after_the_words(text: str, name: str):
    painter = Painter(Made(b"mp4", "video/mp4"))
    request = make_request(text, profile=VIDEOS, media=painter)

    events = await events_of(orchestrator.run(ScriptedClient(), request))

    assert [one.name for one in only(FileMade, events)] == [name]
    assert painter.asked == [("video 4", text)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("A fox runs for 8 seconds", 8),
        ("a 5-second clip of a fox", 8),
        ("9 sec of rain", 12),
        ("600 seconds of rain", 12),
        ("0 seconds", 4),
        ("a fox of the 60s, second to none, in 1990", 4),
    ],
)
async def test_a_video_is_as_long_as_the_words_ask_and_never_too_long(text: str, seconds: int):
    painter = Painter(Made(b"mp4", "video/mp4"))

    await events_of(
        orchestrator.run(ScriptedClient(), make_request(text, profile=VIDEOS, media=painter))
    )

    assert painter.asked == [(f"video {seconds}", text)]


async def test_without_anybody_who_makes_pictures_it_says_so():
    with pytest.raises(ModelUnavailableError, match="makes images"):
        await events_of(orchestrator.run(ScriptedClient(), make_request(profile=PICTURES)))
