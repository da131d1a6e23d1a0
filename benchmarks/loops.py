"""Whether builder and iterator recover from the mistakes that models make, through the scripted server on a real socket.

    .venv/bin/python benchmarks/loops.py

Prints for each kind of mistake how many retries it took, and how many kinds were recovered within 2 (the bar of the two loops).
The mistakes are those of `tests/fakes/defects.py`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

from pydantic import SecretStr

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.llm.catalogue import Models  # noqa: E402
from babble_app.llm.credentials import Credential  # noqa: E402
from babble_app.settings import Settings  # noqa: E402
from tests.fakes.defects import DEFECTS  # noqa: E402
from tests.fakes.model_server import ModelServer  # noqa: E402
from tests.fakes.recovery import recover  # noqa: E402

WITHIN = 2


async def measure() -> bool:
    """Run every kind; true when all were recovered."""
    models = Models(Settings(_env_file=None))  # pyright: ignore[reportCallIssue] - pydantic-settings' own argument
    retries: Counter[int] = Counter()
    try:
        with ModelServer() as server:
            client = models.open(
                "custom/fake-model", Credential(SecretStr("sk-none"), server.openai_url)
            )
            for defect in DEFECTS:
                began = time.perf_counter()
                recovery = await recover(defect, client, server)
                took = (time.perf_counter() - began) * 1000
                good = recovery.program == defect.program and recovery.retries <= WITHIN
                retries[recovery.retries if good else -1] += 1
                words = f"{recovery.retries} retries" if good else "NOT RECOVERED"
                print(f"{defect.agent:7}{defect.kind:42}{words:15}{took:6.0f} ms")
    finally:
        await models.close()
    recovered = len(DEFECTS) - retries[-1]
    spread = ", ".join(f"{retries[n]} after {n}" for n in range(WITHIN + 1))
    print(
        f"recovered {recovered} of {len(DEFECTS)} defect kinds, within {WITHIN} retries ({spread})"
    )
    return recovered == len(DEFECTS)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(measure()) else 1)
