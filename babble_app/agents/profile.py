"""Finds the task profiles that come with Babble: data, so that a new one is one file in `agents/profiles/`."""

from __future__ import annotations

from functools import cache

from babble_app.agents import profiles
from babble_app.discovery import declared_by_id
from babble_app.schemas.profiles import Profile


@cache
def all_profiles() -> dict[str, Profile]:
    """Return the built-in profiles by their ids, in the order of their files.

    Raises:
        ValueError: two files declare the same id.
    """
    return declared_by_id(profiles, "PROFILE", Profile)
