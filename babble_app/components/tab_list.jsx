// A row of tabs: one of them takes part in Tab's order, the arrow keys go on to the others and choose them.
import { useRef } from "react";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export function TabList({ label = "", className = "tabs", children }) {
  const list = useRef(null);
  const pressed = (event) => {
    const tabs = [...list.current.querySelectorAll("[role=tab]")];
    const here = tabs.indexOf(document.activeElement);
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : here + STEPS[event.key];
    if (here < 0 || Number.isNaN(next)) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    tab.focus();
    tab.click();
  };
  return <div ref={list} role="tablist" aria-label={label} className={className} onKeyDown={pressed}>{children}</div>;
}
