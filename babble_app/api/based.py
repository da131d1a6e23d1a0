"""The Based language: checking a program."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import StringConstraints

from babble_app.api._bodies import Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.findings import Finding
from babble_app.services import checks, limits

router = APIRouter(prefix="/api/based", tags=["based"])


class ProgramBody(Schema):
    """A Based program."""

    model_config = example(code='say("Hello!")\n')

    code: Annotated[Text, StringConstraints(max_length=400_000)]


class ValidProgram(Schema):
    """The program has no errors."""

    status: Literal["success"] = "success"
    converted_code: str
    """The program as Python: `while True:` with `if result["next"] == "...":` for each exit."""
    findings: tuple[Finding, ...] = ()
    """Warnings."""


class InvalidProgram(Schema):
    """The program has errors."""

    status: Literal["error"] = "error"
    error: str
    """The first error in one line."""
    findings: tuple[Finding, ...]


@router.post("/validate")
async def validate_program(rt: Rt, me: Me, body: ProgramBody) -> ValidProgram | InvalidProgram:
    """Check a program. The answer is 200 either way; `status` tells."""
    await limits.hit(rt, "check", me.id)
    result = await checks.check(body.code)
    if result.ok:
        converted = await checks.translate(body.code)
        return ValidProgram(converted_code=converted, findings=tuple(result.findings))
    first = next(finding for finding in result.findings if finding.severity == "error")
    return InvalidProgram(
        error=f"line {first.line}: {first.message} [{first.code}]",
        findings=tuple(result.findings),
    )
