// A dialog on the browser's own <dialog>: focus is kept inside and given back, Esc and the veil close it.
import { useEffect, useId, useRef } from "react";

const FIRST_FIELD = "input:not([type=hidden], [type=file], [hidden]), textarea, select, .dialog-foot button";

export function Modal({ open, title, wide, onClose, children }) {
  const dialog = useRef(null);
  const titleId = useId();

  useEffect(() => {
    if (open && !dialog.current.open) {
      dialog.current.showModal();
      // Where work begins: the first field, else the way out.
      dialog.current.querySelector(FIRST_FIELD)?.focus();
    }
    if (!open && dialog.current.open) {
      dialog.current.close();
    }
  }, [open]);

  // Left by the browser's Back: the dialog shall not wait open for the next visit.
  const leave = useRef();
  leave.current = open ? onClose : undefined;
  useEffect(() => () => leave.current?.(), []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={wide ? "dialog dialog--wide" : "dialog"}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) {
          onClose?.();
        }
      }}
    >
      {open && (
        <>
          <div className="dialog-head">
            <h2 className="dialog-title" id={titleId}>
              {title}
            </h2>
            <button type="button" className="button button--quiet button--icon" aria-label="Close" onClick={() => onClose?.()}>
              <svg className="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
                <path d="M5 5l10 10M15 5L5 15" />
              </svg>
            </button>
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}
