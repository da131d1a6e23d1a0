// Three panes - chat, canvas, test - side by side where there is room, behind tabs where there is not.
import { Children, useEffect, useLayoutEffect, useRef, useState } from "react";

const NAMES = ["chat", "canvas", "test"];
const TITLES = { chat: "Chat", canvas: "Canvas", test: "Test" };
const NARROW_PX = 800; // below: tabs
const BESIDE_PX = 980; // canvas area below this width: the test pane goes under the code
const SIZES_KEY = "babble.panes";
const DEFAULT_SIZES = { chat: 40, test: 42 }; // per cent of the space that pane and neighbour share
const LEAST = 22;
const MOST = 78;
const STEP = 3;

function storedSizes() {
  try {
    const sizes = { ...DEFAULT_SIZES, ...JSON.parse(localStorage.getItem(SIZES_KEY) ?? "{}") };
    return Object.values(sizes).every(Number.isFinite) ? sizes : DEFAULT_SIZES;
  } catch {
    return DEFAULT_SIZES;
  }
}

function Separator({ label, vertical, value, onMove, onCollapse }) {
  const line = useRef(null);
  const drag = (event) => {
    if (event.buttons !== 1) return;
    const box = line.current.parentElement.getBoundingClientRect();
    const share = vertical ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    onMove(share * 100);
  };
  const key = (event) => {
    const [less, more] = vertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const next = { [less]: value - STEP, [more]: value + STEP, Home: LEAST, End: MOST }[event.key];
    if (event.key === "Enter") onCollapse();
    else if (next === undefined) return;
    else onMove(next);
    event.preventDefault();
  };
  return (
    <div
      ref={line} className={`separator ${vertical ? "is-vertical" : "is-horizontal"}`} role="separator" tabIndex={0}
      aria-label={label} aria-orientation={vertical ? "vertical" : "horizontal"} aria-valuemin={LEAST} aria-valuemax={MOST}
      aria-valuenow={Math.round(value)} title="Drag, or use the arrow keys; Enter closes the pane" onKeyDown={key}
      onPointerDown={(event) => line.current.setPointerCapture(event.pointerId)} onPointerMove={drag}
      onDoubleClick={onCollapse}
    />
  );
}

function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(ref.current.getBoundingClientRect().width);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

export function Workbench({ children, hasCanvas = false, writing = false, reveal = {}, chatKey = "", onReturn }) {
  const [header, ...panes] = Children.toArray(children);
  const frame = useRef(null);
  const width = useWidth(frame);
  const [sizes, setSizes] = useState(storedSizes);
  const [open, setOpen] = useState({ chat: true, canvas: false, test: false });
  const [tab, setTab] = useState("chat");
  const [fresh, setFresh] = useState(false); // the canvas changed while another tab was shown
  const narrow = width > 0 && width < NARROW_PX;

  useEffect(() => {
    setOpen({ chat: true, canvas: hasCanvas, test: false });
    setTab("chat");
  }, [chatKey]);
  useEffect(() => {
    if (hasCanvas) setOpen((now) => ({ ...now, canvas: true }));
  }, [hasCanvas]);
  useEffect(() => {
    if (writing) setFresh(true);
  }, [writing]);
  useEffect(() => {
    if (reveal.alone) setOpen({ chat: false, canvas: false, test: false, [reveal.pane]: true });
    else if (reveal.pane) show(reveal.pane);
  }, [reveal.number]);

  // What happened in other tabs meanwhile is fetched when the person comes back to this one.
  const returned = useRef(onReturn);
  returned.current = onReturn;
  useEffect(() => {
    const back = () => document.visibilityState === "visible" && returned.current?.();
    window.addEventListener("focus", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      window.removeEventListener("focus", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);

  function show(name) {
    setTab(name);
    setOpen((now) => ({ ...now, [name]: true, canvas: now.canvas || name === "test" }));
  }

  function toggle(name) {
    if (narrow) return setTab(name);
    return setOpen((now) => {
      const next = { ...now, [name]: !now[name] };
      return next.chat || next.canvas || next.test ? next : now;
    });
  }

  const resize = (name) => (value) => {
    const next = { ...sizes, [name]: Math.min(MOST, Math.max(LEAST, value)) };
    setSizes(next);
    try { localStorage.setItem(SIZES_KEY, JSON.stringify(next)); } catch { /* not remembered, that is all */ }
  };

  const shown = narrow ? { [tab]: true } : open;
  const visited = useRef({}); // a pane is built when it is first seen: the editor's code loads with it
  NAMES.forEach((name) => { visited.current[name] ||= Boolean(shown[name]); });
  const dot = fresh && narrow && tab !== "canvas";
  if (fresh && shown.canvas) setFresh(false);

  const right = shown.canvas || shown.test;
  const rightWidth = shown.chat ? (width * (100 - sizes.chat)) / 100 : width;
  const beside = rightWidth >= BESIDE_PX;
  const pane = (name, index, style) => (
    <section className={`pane pane-${name}`} aria-label={TITLES[name]} hidden={!shown[name]} style={style}>
      {visited.current[name] && panes[index]}
    </section>
  );

  return (
    <div className={`workbench ${narrow ? "is-narrow" : "is-wide"} ${right ? "has-right" : "is-alone"}`} ref={frame}>
      <div className="workbench-head">
        {header}
        <div className="segmented" role="group" aria-label="Panes">
          {NAMES.map((name) => (
            <button
              key={name} type="button" className="segmented-option" aria-pressed={Boolean(shown[name])} onClick={() => toggle(name)}
              disabled={name !== "chat" && !hasCanvas} title={name !== "chat" && !hasCanvas ? "Describe an agent first" : undefined}
            >
              {TITLES[name]}{name === "canvas" && dot && <span className="segment-dot" role="status" aria-label="changed" />}
            </button>
          ))}
        </div>
      </div>
      <div className="workbench-panes">
        {pane("chat", 0, right && !narrow ? { flexBasis: `${sizes.chat}%` } : { flexBasis: "100%" })}
        {!narrow && shown.chat && right && (
          <Separator label="Resize the chat" vertical value={sizes.chat} onMove={resize("chat")} onCollapse={() => toggle("chat")} />
        )}
        <div className={`workbench-right ${beside ? "is-beside" : "is-below"}`} hidden={!right}>
          {pane("canvas", 1, shown.test && !narrow ? { flexBasis: `${100 - sizes.test}%` } : { flexBasis: "100%" })}
          {!narrow && shown.canvas && shown.test && (
            <Separator
              label="Resize the test pane" vertical={beside} value={100 - sizes.test}
              onMove={(value) => resize("test")(100 - value)} onCollapse={() => toggle("test")}
            />
          )}
          {pane("test", 2, shown.canvas && !narrow ? { flexBasis: `${sizes.test}%` } : { flexBasis: "100%" })}
        </div>
      </div>
    </div>
  );
}
