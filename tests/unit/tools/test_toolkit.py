"""Functions become tools by their signatures."""

from __future__ import annotations

import pytest

from babble_app.tools.toolkit import ToolContext, ToolError, all_tools, tool


@tool
async def repeat(context: ToolContext, word: str, times: int = 2) -> str:
    """Say a word several times."""
    return " ".join([word] * times)


def test_the_signature_is_the_schema() -> None:
    spec = repeat.spec

    assert (spec.name, spec.description) == ("repeat", "Say a word several times.")
    assert spec.parameters["required"] == ["word"]
    assert set(spec.parameters["properties"]) == {"word", "times"}
    assert spec.parameters["additionalProperties"] is False


async def test_arguments_are_checked_before_the_call() -> None:
    assert await repeat.run(ToolContext(), {"word": "hi", "times": 3}) == "hi hi hi"
    with pytest.raises(ToolError, match="word"):
        await repeat.run(ToolContext(), {})
    with pytest.raises(ToolError, match="loud"):
        await repeat.run(ToolContext(), {"word": "hi", "loud": True})


def test_every_tool_of_the_package_is_found() -> None:
    assert {"search_files", "read_file"} <= set(all_tools())
    assert all(one.description for one in all_tools().values())
