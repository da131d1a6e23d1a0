// The Based language for CodeMirror: Python's stream mode, and what Based adds to it (BASED.md 2 and 5).
import { StreamLanguage, foldService, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { mkPython } from "@codemirror/legacy-modes/mode/python";
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

const SOFT_KEYWORDS = ["loop", "until"]; // keywords only where they begin a line
const BUILT_INS = [
  "talk", "say", "extract", "done", "end", "transfer", "transfer_call", "end_call", "hangup", "click_ivr", "send_sms",
  "send_image", "state", "variables", "integrations", "api", "true", "false", "null",
];
const MOST_HANGING = 24; // characters
const METHODS = new Set(["ask", "summarize", "to_json"]);

const python = mkPython({ extra_keywords: SOFT_KEYWORDS, extra_builtins: BUILT_INS });

function token(stream, state) {
  const style = python.token(stream, state);
  const word = stream.current();
  if (SOFT_KEYWORDS.includes(word) && stream.string.slice(0, stream.start).trim()) return "variable";
  if (style === "property" && METHODS.has(word)) return "builtin";
  return style;
}

// Blocks fold by their indentation: a stream language has no syntax tree to fold by.
const foldByIndent = foldService.of((state, lineStart, lineEnd) => {
  const indentOf = (text) => text.search(/\S/);
  const first = state.doc.lineAt(lineStart);
  const indent = indentOf(first.text);
  if (indent < 0) return null;
  let end = lineEnd;
  for (let number = first.number + 1; number <= state.doc.lines; number += 1) {
    const line = state.doc.line(number);
    const here = indentOf(line.text);
    if (here < 0) continue;
    if (here <= indent) break;
    end = line.to;
  }
  return end > lineEnd ? { from: lineEnd, to: end } : null;
});

// Classes rather than styles: the difference view paints the same ones, and assets/styles/canvas.css gives them the theme's colours.
export const colours = tagHighlighter([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword], class: "code-keyword" },
  { tag: [tags.standard(tags.name), tags.standard(tags.variableName)], class: "code-name" },
  { tag: tags.string, class: "code-string" },
  { tag: tags.comment, class: "code-comment" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: "code-number" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], class: "code-name" },
  { tag: tags.meta, class: "code-name" },
]);

// A long line goes on under its own beginning, not at the margin.
function indented(view) {
  const marks = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = Math.min(line.text.search(/\S|$/), MOST_HANGING);
      const style = `--indent: ${indent + 1}ch`;
      if (indent > 0) marks.add(line.from, line.from, Decoration.line({ class: "cm-hanging", attributes: { style } }));
      at = line.to + 1;
    }
  }
  return marks.finish();
}

export const hangingIndent = ViewPlugin.define(
  (view) => ({
    decorations: indented(view),
    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = indented(update.view);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

export const basedLanguage = StreamLanguage.define({ ...python, name: "based", token });

export const based = [
  basedLanguage,
  indentUnit.of("    "),
  foldByIndent,
  syntaxHighlighting(colours),
];
