// What a difference looks like line by line: rows of a hunk, the words that differ in them, and Based's colours.
import { presentableDiff } from "@codemirror/merge";
import { highlightTree } from "@lezer/highlight";
import { basedLanguage, colours } from "$/public/external/babble_app/components/based_language/based_language.js";

const LIMITS = { scanLimit: 500, timeout: 100 };
const MOST_REWRITTEN = 0.7; // a line of which more is new is marked as a whole only
const MOST_COLOURED = 200_000; // characters

export function linesOf(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

// The colours of each line: [{ from, to, className }], of the text as a whole, as strings may go over several lines.
export function coloursOf(text) {
  const found = linesOf(text).map(() => []);
  if (!text || text.length > MOST_COLOURED) return found;
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  let line = 0;
  highlightTree(basedLanguage.parser.parse(text), colours, (from, to, className) => {
    while (line + 1 < starts.length && starts[line + 1] <= from) line += 1;
    for (let at = line; at < found.length && starts[at] < to; at += 1) {
      found[at].push({ from: Math.max(0, from - starts[at]), to: to - starts[at], className });
    }
  });
  return found;
}

// The lines of a hunk with their numbers on both sides; `kinds` has a " ", "-" or "+" for each.
export function rowsOf(hunk) {
  let oldLine = hunk.old_start;
  let newLine = hunk.new_start;
  const rows = [...hunk.kinds].map((kind) => {
    if (kind === "-") return { kind, oldLine: oldLine++ };
    if (kind === "+") return { kind, newLine: newLine++ };
    return { kind, oldLine: oldLine++, newLine: newLine++ };
  });
  return { rows, oldEnd: oldLine, newEnd: newLine };
}

// Removed lines beside the added ones that took their place: [left, right], either may be missing.
export function pairsOf(rows) {
  const pairs = [];
  for (let at = 0; at < rows.length; ) {
    if (rows[at].kind === " ") {
      pairs.push([rows[at], rows[at]]);
      at += 1;
      continue;
    }
    const removed = [];
    const added = [];
    for (; at < rows.length && rows[at].kind !== " "; at += 1) (rows[at].kind === "-" ? removed : added).push(rows[at]);
    for (let one = 0; one < Math.max(removed.length, added.length); one += 1) pairs.push([removed[one], added[one]]);
  }
  return pairs;
}

// Note in each row which of its words differ, where removed lines were replaced by added ones.
export function markWords(rows, oldLines, newLines) {
  for (let at = 0; at < rows.length; at += 1) {
    if (rows[at].kind === " ") continue;
    const block = [];
    for (; at < rows.length && rows[at].kind !== " "; at += 1) block.push(rows[at]);
    const removed = block.filter((row) => row.kind === "-");
    const added = block.filter((row) => row.kind === "+");
    if (removed.length && added.length) markBlock(removed, added, oldLines, newLines);
  }
  return rows;
}

function markBlock(removed, added, oldLines, newLines) {
  const before = removed.map((row) => oldLines[row.oldLine - 1]);
  const after = added.map((row) => newLines[row.newLine - 1]);
  const changes = presentableDiff(before.join("\n"), after.join("\n"), LIMITS);
  spread(changes.map((one) => [one.fromA, one.toA]), removed, before);
  spread(changes.map((one) => [one.fromB, one.toB]), added, after);
}

// Cut ranges of the joined lines into ranges of each line.
function spread(ranges, rows, texts) {
  let start = 0;
  rows.forEach((row, at) => {
    const end = start + texts[at].length;
    const own = ranges.filter(([from, to]) => from < end && to > start);
    const words = own.map(([from, to]) => ({ from: Math.max(from, start) - start, to: Math.min(to, end) - start }));
    const share = words.reduce((sum, word) => sum + word.to - word.from, 0) / Math.max(1, texts[at].length);
    row.words = share > MOST_REWRITTEN ? [] : words;
    start = end + 1;
  });
}

// Part a line where a colour or a marked word begins or ends: [{ text, className, marked }].
export function partsOf(text, spans = [], words = []) {
  const cuts = new Set([0, text.length]);
  for (const { from, to } of [...spans, ...words]) cuts.add(from).add(Math.min(to, text.length));
  const places = [...cuts].filter((at) => at <= text.length).sort((one, other) => one - other);
  return places.slice(0, -1).map((from, at) => ({
    text: text.slice(from, places[at + 1]),
    className: spans.find((span) => span.from <= from && from < span.to)?.className ?? "",
    marked: words.some((word) => word.from <= from && from < word.to),
  }));
}
