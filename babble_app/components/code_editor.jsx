// A code editor for Based programs: CodeMirror 6 that takes its text from the page's state and gives edits back.
import { useEffect, useRef, useState } from "react";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers,
} from "@codemirror/view";
import { based, hangingIndent } from "$/public/external/babble_app/components/based_language/based_language.js";

const TYPING_PAUSE_MS = 300;

const lightLine = StateEffect.define();
const litLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(lightLine)) continue;
      const { doc } = transaction.state;
      const there = effect.value >= 1 && effect.value <= doc.lines;
      return there
        ? Decoration.set([Decoration.line({ class: "cm-litLine" }).range(doc.line(effect.value).from)])
        : Decoration.none;
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function diagnosticsOf(doc, findings) {
  return findings
    .filter((finding) => finding.line >= 1 && finding.line <= doc.lines)
    .map((finding) => {
      const line = doc.line(finding.line);
      const from = Math.min(line.to, line.from + Math.max(0, finding.col - 1));
      const start = from < line.to ? from : line.from;
      const words = finding.hint ? `${finding.message}\n${finding.hint}` : finding.message;
      return { from: start, to: line.to, severity: finding.severity, message: words, renderMessage: () => explained(finding.code, words) };
    });
}

// A problem's words, and its code as a link to its explanation.
function explained(code, words) {
  const box = document.createElement("span");
  const link = document.createElement("a");
  Object.assign(link, { href: `/help/based/#${code}`, target: "_blank", rel: "noopener", className: "cm-diagnosticSource", textContent: code });
  box.append(words, link);
  return box;
}

// Replace what differs only: appended text is one insertion at the end, and the reader's place is kept.
function changeTo(view, value) {
  const old = view.state.doc.toString();
  if (old === value) return;
  let start = 0;
  const most = Math.min(old.length, value.length);
  if (value.startsWith(old)) start = old.length;
  else while (start < most && old[start] === value[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === value[value.length - 1 - end]) end += 1;
  view.dispatch({
    changes: { from: start, to: old.length - end, insert: value.slice(start, value.length - end) },
    annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)],
  });
}

export function CodeEditor({
  value = "", docKey = "", readOnly = false, following = false, unsaved = false, findings = [], litLine: lit = 0, goto = {}, label = "Program",
  maxChars = 200_000, onEdit, onSave,
}) {
  const host = useRef(null);
  const view = useRef(null);
  const pending = useRef(null); // { timer, key } of an edit that was not sent yet
  const latest = useRef({});
  const writable = useRef(new Compartment());
  const [tooLong, setTooLong] = useState(false);
  latest.current = { docKey, onEdit, onSave, maxChars, label };

  const flush = () => {
    if (!pending.current) return;
    clearTimeout(pending.current.timer);
    const { key } = pending.current;
    pending.current = null;
    latest.current.onEdit?.(view.current.state.doc.toString(), key);
  };

  const edited = () => {
    const key = pending.current?.key ?? latest.current.docKey;
    if (pending.current) clearTimeout(pending.current.timer);
    pending.current = { key, timer: setTimeout(flush, TYPING_PAUSE_MS) };
  };

  const save = () => {
    flush();
    if (!view.current.state.readOnly) latest.current.onSave?.(view.current.state.doc.toString(), latest.current.docKey);
    return true;
  };

  const lockedTo = (locked) => [EditorState.readOnly.of(locked), EditorView.editable.of(!locked)];

  const stateOf = (text) =>
    EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), foldGutter(), codeFolding(), history(), drawSelection(), highlightSpecialChars(), bracketMatching(),
        indentOnInput(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
        search({ top: true }), lintGutter(), litLine, based, hangingIndent, EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": latest.current.label, spellcheck: "false", tabindex: "0" }),
        writable.current.of(lockedTo(readOnly)),
        keymap.of([
          { key: "Mod-s", run: save, preventDefault: true },
          indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap,
        ]),
        EditorState.changeFilter.of((transaction) => {
          const fits = transaction.newDoc.length <= latest.current.maxChars || transaction.annotation(Transaction.remote);
          setTooLong(!fits);
          return Boolean(fits);
        }),
        EditorView.updateListener.of((update) => {
          const own = update.transactions.some((one) => one.docChanged && !one.annotation(Transaction.remote));
          if (own) edited();
        }),
        EditorView.domEventHandlers({ blur: () => { flush(); } }),
      ],
    });

  useEffect(() => {
    view.current = new EditorView({ state: stateOf(value), parent: host.current });
    const leave = () => flush();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      flush();
      view.current.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);

  const shown = useRef(docKey);
  useEffect(() => {
    if (shown.current !== docKey) {
      flush();
      shown.current = docKey;
      view.current.setState(stateOf(value));
      setTooLong(false);
    } else if (!pending.current) {
      changeTo(view.current, value);
    }
    if (following) view.current.scrollDOM.scrollTop = view.current.scrollDOM.scrollHeight;
  }, [value, docKey]);

  useEffect(() => {
    view.current.dispatch({ effects: writable.current.reconfigure(lockedTo(readOnly)) });
  }, [readOnly, docKey]);

  useEffect(() => {
    view.current.dispatch(setDiagnostics(view.current.state, diagnosticsOf(view.current.state.doc, findings)));
  }, [findings, value, docKey]);

  useEffect(() => {
    const { doc } = view.current.state;
    const effects = [lightLine.of(lit || 0)];
    if (lit >= 1 && lit <= doc.lines) effects.push(EditorView.scrollIntoView(doc.line(lit).from, { y: "center" }));
    view.current.dispatch({ effects });
  }, [lit, docKey]);

  // Asked for from a trace or a list: the cursor goes there, so that the keyboard does too.
  useEffect(() => {
    const { doc } = view.current.state;
    if (!goto.number || goto.line < 1 || goto.line > doc.lines) return;
    const { from } = doc.line(goto.line);
    view.current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    view.current.focus();
  }, [goto.number]);

  return (
    <div className="code-editor">
      <div className="code-editor-host" ref={host} data-doc-key={docKey} />
      {tooLong && (
        <p className="code-editor-note" role="alert">
          A program may have at most {Math.round(maxChars / 1000)} KB: the last change was not taken.
        </p>
      )}
    </div>
  );
}
