// The difference between two programs: CodeMirror's merge view, unified or side by side, read-only.
import { useEffect, useRef, useState } from "react";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { based } from "$/public/external/babble_app/components/based_language/based_language.js";

const NARROW_PX = 560; // side by side is not readable below this width
const LIMITS = { scanLimit: 5_000, timeout: 300 };

function readOnly(label) {
  return [
    lineNumbers(), based, EditorView.lineWrapping, EditorState.readOnly.of(true), EditorView.editable.of(false),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
}

export function DiffView({ original = "", modified = "", layout = "unified", oldLabel = "Before", newLabel = "After" }) {
  const host = useRef(null);
  const [narrow, setNarrow] = useState(false);
  const sideBySide = layout === "split" && !narrow;

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setNarrow(entry.contentRect.width < NARROW_PX));
    watch.observe(host.current);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const collapseUnchanged = { margin: 3, minSize: 6 };
    const highlightChanges = original !== "" && modified !== ""; // of a whole new text, every word would be marked
    const view = sideBySide
      ? new MergeView({
          a: { doc: original, extensions: readOnly(oldLabel) },
          b: { doc: modified, extensions: readOnly(newLabel) },
          parent: host.current, gutter: true, highlightChanges, collapseUnchanged, diffConfig: LIMITS,
        })
      : new EditorView({
          doc: modified,
          extensions: [
            ...readOnly(newLabel),
            unifiedMergeView({
              original, mergeControls: false, gutter: true, highlightChanges, allowInlineDiffs: false,
              syntaxHighlightDeletions: true, collapseUnchanged, diffConfig: LIMITS,
            }),
          ],
          parent: host.current,
        });
    return () => view.destroy();
  }, [original, modified, sideBySide, oldLabel, newLabel]);

  return (
    <div className={`diff-view ${sideBySide ? "is-split" : "is-unified"}`}>
      <div ref={host} />
      {layout === "split" && narrow && <p className="diff-note">Too narrow for side by side: shown unified.</p>}
    </div>
  );
}
