// A button with a panel of further acts: closes on Esc, on a choice and on a click elsewhere; arrows move inside.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

export function Menu({ label, trigger, side = "", triggerClass, children }) {
  const [open, setOpen] = useState(false);
  const [up, setUp] = useState(false);
  const root = useRef(null);
  const panel = useRef(null);
  const items = () => [...root.current.querySelectorAll(".menu-item")];

  useEffect(() => {
    if (!open) {
      return;
    }
    items()[0]?.focus();
    const away = (event) => {
      if (!root.current.contains(event.target)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);

  // At the end of the window the panel opens upwards.
  useLayoutEffect(() => {
    setUp(open && panel.current.getBoundingClientRect().bottom > window.innerHeight - 4);
  }, [open]);

  const onKeyDown = (event) => {
    if (!open) {
      return;
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      setOpen(false);
      root.current.firstElementChild.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = items();
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
    }
  };

  return (
    <div className={`menu ${side} ${up ? "menu--up" : ""}`} ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={triggerClass ?? "button button--quiet button--icon button--small"}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {open && (
        <div className="menu-panel" ref={panel} role="menu" onClick={() => setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  );
}
