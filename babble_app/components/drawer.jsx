// A column beside the page; on a phone it comes over it, by the browser's own popover: it opens before any script has run, closes on Esc and
// on a press elsewhere, and gives the focus back.
import { useEffect, useRef } from "react";

const WIDE = "(width >= 900px)"; // as in shell.css

export function Drawer({ id, className, children }) {
  const box = useRef(null);
  const close = () => box.current?.matches(":popover-open") && box.current.hidePopover();

  useEffect(() => {
    const wide = matchMedia(WIDE);
    wide.addEventListener("change", close);
    return () => wide.removeEventListener("change", close);
  }, []);

  return (
    <aside id={id} ref={box} popover="auto" className={className} onClick={(event) => event.target.closest("a") && close()}>
      {children}
    </aside>
  );
}
