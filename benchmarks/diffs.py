"""What the diff engine makes of models' diffs: exact, refused or wrong, by kind of mistake, beside patch and git apply.

    .venv/bin/python benchmarks/diffs.py [--seed 1] [--count 2000] [--source programs|commits|large] [--rivals 200] [--show 3]

Builds its own corpus (`diff_corpus/`): Based programs with seeded edits, or the commits of a git repository (`--repository`), rendered
as diffs with the mistakes that models make, alone and in combinations; and answers that must not be applied at all. "Open" cases may
be refused (what they mean is not certain); a wrong text is wrong everywhere.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from difflib import unified_diff
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.diffs.apply import apply  # noqa: E402
from babble_app.diffs.errors import DiffError  # noqa: E402
from benchmarks.diff_corpus import commits  # noqa: E402
from benchmarks.diff_corpus.cases import make_case  # noqa: E402
from benchmarks.diff_corpus.fuzz import huge, make_input  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.diff_corpus.cases import Case

Engine = "Callable[[str, str], tuple[str | None, str]]"


def ours(text: str, answer: str) -> tuple[str | None, str]:
    """Return the new text, or nothing and the code of the refusal."""
    try:
        return apply(text, answer, may_shrink=True).text, ""
    except DiffError as error:
        return None, error.code


def rival(*command: str) -> Callable[[str, str], tuple[str | None, str]]:
    """Return an engine that runs another program in a folder of its own, with the fence taken off the diff."""

    def run(text: str, answer: str) -> tuple[str | None, str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "agent.based")
            file.write_bytes(text.encode())
            lines = answer.split("\n")
            start = next(
                (at for at, line in enumerate(lines) if line.startswith(("@@", "--- "))), 0
            )
            body = "\n".join(line for line in lines[start:] if not line.startswith(("```", "~~~~")))
            if not body.startswith("---"):
                body = f"--- a/agent.based\n+++ b/agent.based\n{body}"
            Path(folder, "it.diff").write_bytes(body.encode("utf-8", "replace") + b"\n")
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            return (
                file.read_bytes().decode("utf-8", "replace") if done.returncode == 0 else None
            ), ""

    return run


PATCH = rival(
    "patch",
    "-p1",
    "--batch",
    "--forward",
    "--silent",
    "--no-backup-if-mismatch",
    "agent.based",
    "it.diff",
)
GIT = rival("git", "apply", "--recount", "--unidiff-zero", "--whitespace=nowarn", "it.diff")


def outcome(case: Case, result: str | None) -> str:
    """Return the column in which a result is counted."""
    if result is None:
        if case.expected is None:
            return "rightly refused"
        return "open refused" if case.open else "refused"
    if case.expected is None:
        return "impossible applied"
    if result == case.expected:
        return "open exact" if case.open else "exact"
    return "open wrong" if case.open else "wrong"


COLUMNS = (
    "exact",
    "refused",
    "wrong",
    "open exact",
    "open refused",
    "open wrong",
    "rightly refused",
    "impossible applied",
)
FAULTS = ("refused", "wrong", "open wrong", "impossible applied")


def main() -> int:
    """Print the figures; fail when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--source", choices=("programs", "commits", "large"), default="programs")
    parser.add_argument("--repository", type=Path, default=ROOT)
    parser.add_argument(
        "--rivals", type=int, default=0, help="how many of the cases patch and git apply get too"
    )
    parser.add_argument("--show", type=int, default=0, help="how many faults of each sort to print")
    parser.add_argument("--only", default="", help="count only cases with this kind")
    parser.add_argument(
        "--fuzz", type=int, default=0, help="throw so many inputs at it that nobody would write"
    )
    options = parser.parse_args()
    if options.fuzz:
        return _fuzz(options.fuzz, options.seed)
    commits.repository = options.repository
    rng = Random(options.seed)  # noqa: S311
    kinds: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    total: defaultdict[str, int] = defaultdict(int)
    others = {name: defaultdict(int) for name in ("patch", "git apply")}
    times: list[float] = []
    shown: defaultdict[str, int] = defaultdict(int)
    for number in range(options.count):
        case = make_case(Random(rng.random()), options.source)  # noqa: S311
        if options.only and options.only not in case.kinds:
            continue
        started = time.process_time()
        result, code = ours(case.text, case.answer)
        times.append(time.process_time() - started)
        column = outcome(case, result)
        total[column] += 1
        for kind in case.kinds if len(case.kinds) < 3 else (*case.kinds, "(three together)"):
            kinds[kind][column] += 1
        if column in FAULTS and shown[column] < options.show:
            shown[column] += 1
            _show(number, case, result, column, code)
        if number < options.rivals:
            others["patch"][outcome(case, PATCH(case.text, case.answer)[0])] += 1
            others["git apply"][outcome(case, GIT(case.text, case.answer)[0])] += 1
    _table(kinds)
    _summary("engine", total)
    for name, counted in others.items():
        if counted:
            _summary(f"{name} (first {options.rivals})", counted)
    times.sort()
    print(
        f"seconds a case: p50 {times[len(times) // 2]:.4f}  p95 {times[int(len(times) * 0.95)]:.4f}  max {times[-1]:.4f}"
    )
    sure = total["exact"] + total["refused"] + total["wrong"]
    good = (
        total["exact"] >= 0.97 * sure
        and total["wrong"] + total["open wrong"] <= 0.001 * options.count
    )
    return 0 if good and not total["impossible applied"] else 1


def _fuzz(count: int, seed: int) -> int:
    """Print how inputs that nobody would write are answered; an exception that is no refusal ends it."""
    codes: defaultdict[str, int] = defaultdict(int)
    times: list[float] = []
    inputs = [*huge(), *(make_input(Random(seed * 1_000_003 + n)) for n in range(count))]  # noqa: S311
    for text, answer in inputs:
        started = time.process_time()
        result, code = ours(text, answer)
        times.append(time.process_time() - started)
        codes["applied" if result is not None else code] += 1
    print(f"{len(inputs)} inputs: " + ", ".join(f"{code} {n}" for code, n in sorted(codes.items())))
    times.sort()
    print(
        f"CPU seconds: sum {sum(times):.1f}  p99 {times[int(len(times) * 0.99)]:.4f}  max {times[-1]:.2f}"
    )
    return 0


def _table(kinds: dict[str, defaultdict[str, int]]) -> None:
    print(f"{'kind':24}" + "".join(f"{column:>19}" for column in COLUMNS))
    for kind, counted in sorted(
        kinds.items(), key=lambda item: item[1]["exact"] / (1 + sum(item[1].values()))
    ):
        print(f"{kind:24}" + "".join(f"{counted[column] or '':>19}" for column in COLUMNS))


def _summary(name: str, total: dict[str, int]) -> None:
    sure = sum(total.get(column, 0) for column in ("exact", "refused", "wrong")) or 1
    open_ = sum(total.get(column, 0) for column in COLUMNS[3:6]) or 1
    none = sum(total.get(column, 0) for column in COLUMNS[6:]) or 1
    shares = " ".join(f"{column} {total.get(column, 0) / sure:.2%}" for column in COLUMNS[:3])
    print(
        f"{name}: {shares} of {sure}"
        f" | open: exact {total.get('open exact', 0) / open_:.1%} wrong {total.get('open wrong', 0)} of {open_}"
        f" | impossible applied {total.get('impossible applied', 0)} of {none}"
    )


def _show(number: int, case: Case, result: str | None, column: str, code: str) -> None:
    print(
        f"=== case {number}: {column} {code} {case.kinds}\n{case.answer}\n--- expected against text"
    )
    if case.expected is not None:
        print(
            "\n".join(
                unified_diff(case.text.split("\n"), case.expected.split("\n"), lineterm="", n=2)
            )
        )
    if result is not None:
        print("--- result against what was expected (or the text)")
        print(
            "\n".join(
                unified_diff(
                    (case.expected or case.text).split("\n"), result.split("\n"), lineterm="", n=2
                )
            )
        )


if __name__ == "__main__":
    sys.exit(main())
