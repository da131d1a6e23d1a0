// A scrolling list that follows its end until the reader scrolls up, and then offers the way back.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

export function FollowEnd({ children, followKey = "", label = "Messages" }) {
  const list = useRef(null);
  const content = useRef(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = () => {
    list.current.scrollTop = list.current.scrollHeight;
  };
  const atEnd = () => list.current.scrollHeight - list.current.scrollTop - list.current.clientHeight < NEAR_PX;
  const follow = (on) => {
    following.current = on;
    setAway(!on);
  };

  // A layout effect: its end comes with the list's, before a last change of size could be heard without a list.
  useLayoutEffect(() => {
    const keep = new ResizeObserver(() => {
      if (!list.current) return;
      if (following.current) toEnd();
      else setAway(!atEnd());
    });
    keep.observe(content.current);
    keep.observe(list.current);
    return () => keep.disconnect();
  }, []);

  // A new chat, and a question that was just sent, are read from their end.
  useEffect(() => {
    follow(true);
    toEnd();
  }, [followKey]);

  // Only the reader's own movement upwards ends the following; growth and our own scrolling do not.
  const last = useRef(0);
  const scrolled = () => {
    if (!list.current) return;
    const top = list.current.scrollTop;
    if (atEnd()) follow(true);
    else if (top < last.current) follow(false);
    last.current = top;
  };

  const jump = () => {
    follow(true);
    toEnd();
    list.current.focus({ preventScroll: true });
  };

  return (
    <div className="follow">
      <div className="follow-list" ref={list} onScroll={scrolled} tabIndex={0} role="log" aria-label={label} aria-live="off">
        <div className="follow-content" ref={content}>{children}</div>
      </div>
      {away && <button type="button" className="follow-jump" onClick={jump}>↓ Jump to latest</button>}
    </div>
  );
}
