// A button with a panel under or above it; Esc and a press elsewhere close it, and the focus goes back.
import { useEffect, useId, useRef, useState } from "react";

export function Popover({ label, title = "", side = "bottom", className = "button button--quiet button--small", children }) {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  const button = useRef(null);
  const id = useId();

  useEffect(() => {
    if (!open) return undefined;
    const elsewhere = (event) => !box.current.contains(event.target) && setOpen(false);
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
      button.current.focus();
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("keydown", escape, true);
    };
  }, [open]);

  return (
    <div className="popover" ref={box}>
      <button type="button" ref={button} className={className} title={title} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
      </button>
      <div id={id} className={`popover-panel is-${side}`} hidden={!open} role="group" aria-label={title || String(label)}>
        {children}
      </div>
    </div>
  );
}
