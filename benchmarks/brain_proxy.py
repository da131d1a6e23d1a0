"""The LiteLLM proxy as a peer, where somebody has installed `litellm[proxy]`; nothing is ever installed for it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

START_SECONDS = 90
# It listens on this machine only, for as long as it is measured; and it must not download its table of prices.
VARIABLES = {
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}
EXTRAS = "import litellm, uvicorn, fastapi, backoff, apscheduler"


@asynccontextmanager
async def litellm_proxy(python: str, upstream: str) -> AsyncGenerator[str]:
    """Run the proxy with one worker before `upstream`; yield its base address, empty where its extras are missing."""
    if await _status(python, "-c", EXTRAS) != 0:
        yield ""
        return
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    parameters = {"model": "openai/short", "api_base": upstream, "api_key": "sk-bench"}
    config = {"model_list": [{"model_name": "short", "litellm_params": parameters}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(config, file)  # JSON is YAML
        file.flush()
        script = str(Path(python).with_name("litellm"))
        proxy = await asyncio.create_subprocess_exec(
            python, script, "--config", file.name, "--host", "127.0.0.1", "--port", str(port),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env={**os.environ, **VARIABLES},
        )  # fmt: skip
        try:
            await _wait(f"http://127.0.0.1:{port}/health/liveliness")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            if proxy.returncode is None:
                proxy.terminate()
            await proxy.wait()


async def _status(*command: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def _wait(url: str) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.5)
