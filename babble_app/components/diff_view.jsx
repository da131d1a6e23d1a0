// The difference between two programs, hunk by hunk: to read, to accept or refuse, or to pick from.
import { useEffect, useMemo, useRef, useState } from "react";
import { coloursOf, linesOf, markWords, pairsOf, partsOf, rowsOf } from "$/public/external/babble_app/components/diff_view/diff_lines.js";

const NARROW_PX = 560; // side by side is not readable below this width
const SIGNS = { "-": "−", "+": "+", " ": "" };
const SAID = { "-": "removed: ", "+": "added: ", " ": "" };
const KINDS = { "-": "is-removed", "+": "is-added", " ": "" };
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const CHOICES = { a: true, r: false };
const NONE = []; // the same one in every render: effects depend on it

export function DiffView({
  original = "", modified = "", hunks = NONE, layout = "unified", mode = "read", chosen = NONE, disabled = false,
  label = "Changes", onChoose,
}) {
  const root = useRef(null);
  const [narrow, setNarrow] = useState(false);
  const split = layout === "split" && !narrow;

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setNarrow(entry.contentRect.width < NARROW_PX));
    watch.observe(root.current);
    return () => watch.disconnect();
  }, []);

  const sides = useMemo(() => ({ old: side(original), new: side(modified) }), [original, modified]);
  const shown = useMemo(() => withGaps(hunks, sides), [hunks, sides]);

  // What was just chosen shows at once; the server's word for it comes a moment later.
  const [wanted, setWanted] = useState({});
  useEffect(() => setWanted({}), [chosen, hunks]);
  const choose = (number, choice) => {
    setWanted((now) => ({ ...now, [number]: choice }));
    onChoose?.(number, choice);
  };

  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const sections = [...root.current.querySelectorAll(".hunk")];
    const here = sections.indexOf(event.target.closest(".hunk"));
    const onHunk = event.target === sections[here];
    const step = STEPS[event.key];
    if (step && (onHunk || event.key.length === 1)) {
      event.preventDefault();
      sections[Math.min(sections.length - 1, Math.max(0, here + step))]?.focus();
    } else if (here >= 0 && mode !== "read" && !disabled && event.key in CHOICES) {
      event.preventDefault();
      choose(hunks[here].number, CHOICES[event.key]);
    }
  };

  return (
    <div className={`diff-view ${split ? "is-split" : "is-unified"}`} ref={root} onKeyDown={pressed} role="region" aria-label={label}>
      {layout === "split" && narrow && <p className="diff-note">Too narrow for side by side: shown unified.</p>}
      {hunks.length > 1 || mode !== "read" ? <Keys mode={mode} /> : null}
      {shown.map(({ hunk, rows, gap }, at) => (
        <div key={hunk.number}>
          <Gap {...gap} sides={sides} split={split} />
          <Hunk
            hunk={hunk} rows={rows} of={hunks.length} sides={sides} split={split} mode={mode} disabled={disabled}
            isChosen={wanted[hunk.number] ?? chosen.includes(hunk.number)} choose={(choice) => choose(hunk.number, choice)}
          />
          {at === shown.length - 1 && <Gap {...endGap(hunk, rows, sides)} sides={sides} split={split} />}
        </div>
      ))}
    </div>
  );
}

function side(text) {
  return { lines: linesOf(text), colours: coloursOf(text), endsOpen: text !== "" && !text.endsWith("\n") };
}

// Each hunk with its rows and the unchanged lines before it, which stay folded.
function withGaps(hunks, sides) {
  let oldEnd = 1;
  let newEnd = 1;
  return hunks.map((hunk) => {
    const found = rowsOf(hunk);
    const gap = { oldFrom: oldEnd, newFrom: newEnd, count: hunk.old_start - oldEnd };
    ({ oldEnd, newEnd } = found);
    return { hunk, gap, rows: markWords(found.rows, sides.old.lines, sides.new.lines) };
  });
}

function endGap(hunk, rows, sides) {
  const oldFrom = hunk.old_start + rows.filter((row) => row.kind !== "+").length;
  const newFrom = hunk.new_start + rows.filter((row) => row.kind !== "-").length;
  return { oldFrom, newFrom, count: sides.old.lines.length - oldFrom + 1 };
}

function Keys({ mode }) {
  return (
    <p className="diff-keys">
      <kbd className="kbd">j</kbd><kbd className="kbd">k</kbd> next and previous change
      {mode === "decide" && <>, <kbd className="kbd">a</kbd> accept, <kbd className="kbd">r</kbd> refuse</>}
      {mode === "pick" && <>, <kbd className="kbd">a</kbd> pick, <kbd className="kbd">r</kbd> leave</>}
    </p>
  );
}

function Hunk({ hunk, rows, of, sides, split, mode, disabled, isChosen, choose }) {
  const change = rows.find((row) => row.kind !== " ");
  const first = change.newLine ?? change.oldLine;
  const place = `Change ${hunk.place} of ${of}`;
  const state = { read: "", decide: isChosen ? ", accepted" : ", refused", pick: isChosen ? ", picked" : "" }[mode];
  return (
    <section
      className={`hunk ${mode === "decide" && !isChosen ? "is-refused" : ""}`} tabIndex={0} role="group" data-number={hunk.number}
      aria-label={`${place}, line ${first}, ${hunk.added} added, ${hunk.removed} removed${hunk.aligned ? ", placed by alignment" : ""}${state}`}
    >
      <header className="hunk-head">
        <span className="hunk-place">{place}</span>
        <span className="faint nowrap">line {first}</span>
        <span className="counts mono" aria-hidden="true">
          <span className="count-added">+{hunk.added}</span><span className="count-removed">−{hunk.removed}</span>
        </span>
        {hunk.aligned && <span className="badge badge--warn" title="The model's lines fitted nowhere exactly">placed by alignment: look twice</span>}
        {mode === "decide" && <Decision place={place} isChosen={isChosen} disabled={disabled} choose={choose} />}
        {mode === "pick" && (
          <label className="check hunk-pick">
            <input type="checkbox" checked={isChosen} disabled={disabled} onChange={(event) => choose(event.target.checked)} aria-label={`Copy ${place.toLowerCase()}`} />
            Copy
          </label>
        )}
      </header>
      {split ? <SplitLines rows={rows} sides={sides} /> : <UnifiedLines rows={rows} sides={sides} />}
    </section>
  );
}

function Decision({ place, isChosen, disabled, choose }) {
  const button = (wanted, words) => (
    <button
      type="button" className={`segmented-option hunk-${words.toLowerCase()}`} aria-pressed={isChosen === wanted} disabled={disabled}
      aria-label={`${words} ${place.toLowerCase()}`} onClick={() => choose(wanted)}
    >
      {words}
    </button>
  );
  return <div className="segmented hunk-decision" role="group" aria-label={`Decide on ${place.toLowerCase()}`}>{button(true, "Accept")}{button(false, "Refuse")}</div>;
}

// Unchanged lines, folded behind a button that says how many.
function Gap({ oldFrom, newFrom, count, sides, split }) {
  const [open, setOpen] = useState(false);
  if (count <= 0) return null;
  const rows = Array.from({ length: count }, (_, at) => ({ kind: " ", oldLine: oldFrom + at, newLine: newFrom + at }));
  return (
    <>
      <button type="button" className="diff-gap" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "Fold" : "Show"} {count} unchanged {count === 1 ? "line" : "lines"}
      </button>
      {open && (split ? <SplitLines rows={rows} sides={sides} /> : <UnifiedLines rows={rows} sides={sides} />)}
    </>
  );
}

function UnifiedLines({ rows, sides }) {
  return (
    <table className="diff-lines">
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.kind}${row.oldLine ?? ""}/${row.newLine ?? ""}`} className={KINDS[row.kind]}>
            <td className="diff-number" data-number={row.oldLine ?? ""} />
            <td className="diff-number" data-number={row.newLine ?? ""} />
            <Text row={row} isNew={row.kind !== "-"} sides={sides} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SplitLines({ rows, sides }) {
  return (
    <table className="diff-lines">
      <tbody>
        {pairsOf(rows).map(([left, right]) => (
          <tr key={`${left?.oldLine ?? ""}/${right?.newLine ?? ""}`}>
            <td className={`diff-number ${left ? KINDS[left.kind] : "is-nothing"}`} data-number={left?.oldLine ?? ""} />
            <Text row={left} isNew={false} sides={sides} />
            <td className={`diff-number ${right ? KINDS[right.kind] : "is-nothing"}`} data-number={right?.newLine ?? ""} />
            <Text row={right} isNew sides={sides} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Text({ row, isNew, sides }) {
  if (!row) return <td className="diff-text is-nothing" />;
  const { lines, colours, endsOpen } = isNew ? sides.new : sides.old;
  const at = (isNew ? row.newLine : row.oldLine) - 1;
  const text = lines[at] ?? "";
  const indent = Math.min(text.search(/\S|$/), 24);
  return (
    <td className={`diff-text ${KINDS[row.kind]}`} data-sign={SIGNS[row.kind]} style={{ "--indent": `${indent}ch` }}>
      {row.kind !== " " && <span className="visually-hidden">{SAID[row.kind]}</span>}
      {partsOf(text, colours[at], row.words).map((part, index) => {
        const Tag = part.marked ? "mark" : "span";
        return <Tag key={index} className={part.className || undefined}>{part.text}</Tag>;
      })}
      {endsOpen && at === lines.length - 1 && row.kind !== " " && <span className="diff-open-end"> (no line break at the end)</span>}
    </td>
  );
}
