"""What a semantic cache would answer wrongly: questions that look alike and have different answers, against rewordings.

    .venv/bin/python -m benchmarks.semantic_cache
    .venv/bin/python -m benchmarks.semantic_cache --minilm FOLDER

The first compares by the words of our own search. The second also by all-MiniLM-L6-v2, the model that semantic caches
commonly use: FOLDER holds its `model.safetensors` and `tokenizer.json`; it needs numpy and tokenizers. Both print, for each
threshold, how many wrong answers are given and how many of the rewordings are found (`decisions/0016-no-semantic-cache.md`).
"""

from __future__ import annotations

import argparse
import json
import math
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babble_app.retrieval.search import tokens

DIFFERENT = (
    ("What is the price of the small cake?", "What is the price of the large cake?"),
    ("Can I return a cake after 3 days?", "Can I return a cake after 30 days?"),
    ("Is the chocolate cake free of nuts?", "Is the chocolate cake not free of nuts?"),
    ("Are you open on Saturday?", "Are you open on Sunday?"),
    ("What is Anna's phone number?", "What is Anne's phone number?"),
    ("How do I turn notifications on?", "How do I turn notifications off?"),
    ("How many grams are 5 ounces?", "How many ounces are 5 grams?"),
    ("What is 17 times 23?", "What is 17 times 32?"),
    (
        "How do I get from Berlin to Munich by train?",
        "How do I get from Munich to Berlin by train?",
    ),
    ("Which cakes contain milk?", "Which cakes do not contain milk?"),
    ("What did we sell in May 2025?", "What did we sell in May 2026?"),
    ("Delete the first row of the table.", "Delete the last row of the table."),
    ("Convert 100 euros to dollars.", "Convert 100 dollars to euros."),
    ("Is order 4711 paid?", "Is order 4717 paid?"),
    ("What may a child of 6 years take?", "What may a child of 16 years take?"),
    ("Who beat Spain in the final?", "Whom did Spain beat in the final?"),
    ("Can I take ibuprofen with alcohol?", "Can I take ibuprofen without alcohol?"),
    ("When does the morning shift begin?", "When does the morning shift end?"),
    ("What is the capital of Austria?", "What is the capital of Australia?"),
    ("Summarize the contract's first chapter.", "Summarize the contract's third chapter."),
    ("Was kostet der Versand nach Österreich?", "Was kostet der Versand nach Frankreich?"),
    ("List the customers who have paid.", "List the customers who have not paid."),
    ("How do I upgrade from version 2 to 3?", "How do I downgrade from version 3 to 2?"),
    ("What is the maximum file size?", "What is the minimum file size?"),
)
"""Each differs in a number, a name, a negation or an order: another answer."""
SAME = (
    ("What is the price of the small cake?", "How much does the little cake cost?"),
    ("Can I return a cake after 3 days?", "Is it possible to give a cake back three days later?"),
    ("Is the chocolate cake free of nuts?", "Does the chocolate cake have any nuts in it?"),
    ("Are you open on Saturday?", "Is the shop open Saturdays?"),
    ("What is Anna's phone number?", "How can I call Anna?"),
    ("How do I turn notifications on?", "Where can I enable notifications?"),
    ("How many grams are 5 ounces?", "Convert five ounces to grams."),
    ("What is 17 times 23?", "Multiply 17 by 23."),
    ("How do I get from Berlin to Munich by train?", "Which train goes from Berlin to Munich?"),
    ("Which cakes contain milk?", "In which of the cakes is milk?"),
    ("What did we sell in May 2025?", "Show the sales of May 2025."),
    ("Delete the first row of the table.", "Remove the top row from the table."),
    ("Convert 100 euros to dollars.", "How many dollars are 100 euros?"),
    ("Is order 4711 paid?", "Has order 4711 been paid for?"),
    ("What may a child of 6 years take?", "Which dose is right for a six-year-old?"),
    ("Who beat Spain in the final?", "Which team won the final against Spain?"),
    ("Can I take ibuprofen with alcohol?", "Is it safe to drink alcohol when taking ibuprofen?"),
    ("When does the morning shift begin?", "At what time does the early shift start?"),
    ("What is the capital of Austria?", "Name Austria's capital city."),
    ("Summarize the contract's first chapter.", "Give me a summary of chapter one of the contract."),
    ("Was kostet der Versand nach Österreich?", "Wie teuer ist es, nach Österreich zu liefern?"),
    ("List the customers who have paid.", "Which customers paid already?"),
    ("How do I upgrade from version 2 to 3?", "What are the steps to move from version 2 to version 3?"),
    ("What is the maximum file size?", "How large may a file be?"),
)  # fmt: skip
"""Rewordings: the same answer."""
THRESHOLDS = (0.70, 0.80, 0.85, 0.90, 0.95, 0.97, 0.99)

Likeness = Callable[[str, str], float]


def by_words(one: str, two: str) -> float:
    """Compare by the cosine of the words' counts."""
    left, right = Counter(tokens(one)), Counter(tokens(two))
    shared = sum(left[word] * right[word] for word in left)
    return shared / math.sqrt(
        sum(n * n for n in left.values()) * sum(n * n for n in right.values())
    )


def by_minilm(folder: Path) -> Likeness:
    """Compare by the cosine of the model's sentence vectors."""
    import numpy as np  # noqa: PLC0415 - no package of Babble's
    from tokenizers import Tokenizer  # noqa: PLC0415

    weights = _read_safetensors(folder / "model.safetensors")
    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.no_padding()

    def dense(x: Any, name: str) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x: Any) -> Any:
        return x.reshape(len(x), 12, -1).transpose(1, 0, 2)

    def vector(text: str) -> Any:
        ids = words.encode(text).ids
        e = "embeddings"
        x = weights[f"{e}.word_embeddings.weight"][ids]
        x = x + weights[f"{e}.position_embeddings.weight"][: len(ids)]
        x = norm(x + weights[f"{e}.token_type_embeddings.weight"][0], f"{e}.LayerNorm")
        for number in range(6):
            layer = f"encoder.layer.{number}"
            q, k, v = (
                heads(dense(x, f"{layer}.attention.self.{n}")) for n in ("query", "key", "value")
            )
            scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (shares / shares.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(x.shape)
            x = norm(
                x + dense(mixed, f"{layer}.attention.output.dense"),
                f"{layer}.attention.output.LayerNorm",
            )
            inner = dense(x, f"{layer}.intermediate.dense")
            # GELU needs the error function, which numpy lacks.
            inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
            x = norm(x + dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean = x.mean(0)
        return mean / np.linalg.norm(mean)

    return lambda one, two: float(vector(one) @ vector(two))


def _read_safetensors(path: Path) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 - no package of Babble's

    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length :]
    kinds = {"F32": np.float32, "I64": np.int64}
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(
            entry["shape"]
        )
        for name, entry in header.items()
    }


def report(title: str, likeness: Likeness) -> None:
    """Print what a cache with this measure would do."""
    different = [likeness(*pair) for pair in DIFFERENT]
    same = [likeness(*pair) for pair in SAME]
    print(f"{title}: different answers {_spread(different)}; rewordings {_spread(same)}")
    for threshold in THRESHOLDS:
        wrong = sum(value >= threshold for value in different)
        found = sum(value >= threshold for value in same)
        print(
            f"  from {threshold:.2f}: {wrong:2} of {len(different)} answered wrongly, "
            f"{found:2} of {len(same)} rewordings found"
        )
    safe = max(different)
    found = sum(value > safe for value in same)
    print(f"  without a wrong answer (above {safe:.3f}): {found} of {len(same)} rewordings found")


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[0]:.2f} to {ordered[-1]:.2f}, median {ordered[len(ordered) // 2]:.2f}"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description="What a semantic cache would answer wrongly")
    parser.add_argument("--minilm", type=Path)
    options = parser.parse_args()
    report("words", by_words)
    if options.minilm:
        report("all-MiniLM-L6-v2", by_minilm(options.minilm))


if __name__ == "__main__":
    main()
