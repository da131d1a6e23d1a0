// The messages at the corner. They come from a state var; each leaves by itself unless it is read under the pointer.
import { useEffect, useRef } from "react";

const LINGER_MS = 6000;

function Toast({ id, kind, text, onDismiss }) {
  const timer = useRef(0);
  const stop = () => clearTimeout(timer.current);
  const start = () => {
    stop();
    timer.current = setTimeout(() => onDismiss(id), kind === "bad" ? 2 * LINGER_MS : LINGER_MS);
  };
  useEffect(() => {
    start();
    return stop;
  }, [id]);
  return (
    <div className={`toast toast--${kind}`} role={kind === "bad" ? "alert" : "status"} onPointerEnter={stop} onPointerLeave={start}>
      <p className="toast-text">{text}</p>
      <button type="button" className="button button--quiet button--icon button--small" aria-label="Dismiss" onClick={() => onDismiss(id)}>
        <svg className="icon" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
          <path d="M5 5l10 10M15 5L5 15" />
        </svg>
      </button>
    </div>
  );
}

export function Toaster({ toasts, onDismiss }) {
  return (
    <div className="toasts">
      {toasts.map((toast) => (
        <Toast key={toast.id} {...toast} onDismiss={onDismiss} />
      ))}
    </div>
  );
}
