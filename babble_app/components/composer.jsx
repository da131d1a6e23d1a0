// The box a message is written in: grows, keeps its draft in this browser, sends on Enter, stops on Esc.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

const SAVE_PAUSE_MS = 200;

function stored(key) {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}

function store(key, text) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch { /* storage is blocked or full: the draft lives as long as the page */ }
}

export function Composer({
  draftKey = "", running = false, disabledReason = "", returned = {}, suggestion = {}, placeholder = "", maxChars = 32_000,
  onSend, onStop, children,
}) {
  const { pathname } = useLocation();
  // By the address, not by what the server shows: after a reload that is the chat of before for a moment, and what was typed then was lost.
  const key = `babble.draft.${draftKey || pathname.split("/").filter(Boolean).pop()}`;
  const [text, setText] = useState("");
  const box = useRef(null);
  const saving = useRef(null);
  const wantsToSend = useRef(false);

  const write = (next) => {
    wantsToSend.current = false;
    setText(next);
    clearTimeout(saving.current);
    saving.current = setTimeout(() => store(key, next), SAVE_PAUSE_MS);
  };

  useEffect(() => {
    setText(stored(key));
    return () => clearTimeout(saving.current);
  }, [key]);

  useLayoutEffect(() => {
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);

  // A message that could not be sent comes back, before whatever was typed since.
  useEffect(() => {
    if (returned.text) setText((typed) => {
      const next = typed ? `${returned.text}\n\n${typed}` : returned.text;
      store(key, next);
      return next;
    });
  }, [returned.number]);

  useEffect(() => {
    if (!suggestion.text) return;
    write(suggestion.text);
    box.current.focus();
  }, [suggestion.number]);

  useEffect(() => {
    if (!running) return undefined;
    const stop = (event) => event.key === "Escape" && !event.defaultPrevented && onStop?.();
    document.addEventListener("keydown", stop);
    return () => document.removeEventListener("keydown", stop);
  }, [running]);

  const tooLong = text.length > maxChars;
  const reason = tooLong ? `At most ${maxChars.toLocaleString("en")} characters; this has ${text.length.toLocaleString("en")}.` : disabledReason;
  const sendable = text.trim() && !reason;

  const send = () => {
    if (!sendable) {
      wantsToSend.current = Boolean(text.trim()) && !tooLong;
      return;
    }
    wantsToSend.current = false;
    onSend?.(text.trim());
    clearTimeout(saving.current);
    store(key, "");
    setText("");
    box.current.focus();
  };

  // Enter that came while nothing could be sent yet is kept, not lost.
  useEffect(() => {
    if (!reason && wantsToSend.current) send();
  }, [reason]);

  const pressed = (event) => {
    // Enter that ends a composition of Japanese or Chinese letters is not the one that sends.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form className="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <textarea
        ref={box} className="composer-text" rows={1} value={text} placeholder={placeholder} aria-label="Message"
        aria-describedby="composer-reason" onChange={(event) => write(event.target.value)} onKeyDown={pressed}
      />
      <div className="composer-bar">
        <div className="composer-tools">{children}</div>
        <span id="composer-reason" className="composer-reason" role="status">{reason}</span>
        <div className="composer-acts">
          {running && text.trim() && !reason && <button type="submit" className="button button--small composer-queue">Queue</button>}
          {running ? (
            <button type="button" className="button button--small composer-stop" onClick={() => onStop?.()} title="Stop (Esc)">
              <span className="composer-stop-mark" aria-hidden="true" />Stop
            </button>
          ) : (
            <button type="submit" className="button button--primary button--small composer-send" disabled={!sendable} title={reason || "Send (Enter)"}>Send</button>
          )}
        </div>
      </div>
    </form>
  );
}
