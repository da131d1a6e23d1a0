// A button that copies a text and says so.
import { useEffect, useRef, useState } from "react";

// Plain http from another machine has no clipboard API: a selection still copies there.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return undefined;
}

export function CopyButton({ text = "", label = "Copy", className = "button button--quiet button--small" }) {
  const [said, setSaid] = useState("");
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = () => {
    copy(text).then(() => setSaid("Copied"), () => setSaid("Could not copy"));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), 1500);
  };
  return (
    <button type="button" className={className} onClick={press}>
      <span aria-live="polite">{said || label}</span>
    </button>
  );
}
