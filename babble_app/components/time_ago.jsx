// A moment in the reader's own words and time zone: "3 minutes ago", the exact time on hover.
import { useEffect, useState } from "react";

const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function words(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 0];
  return size === 0 ? "just now" : relative.format(Math.trunc(seconds / size), unit);
}

export function TimeAgo({ at }) {
  const [, tick] = useState(0);
  // The build prerenders pages, at another time and in another zone: words appear in the browser only.
  const [mounted, setMounted] = useState(false);
  useEffect(() => {
    setMounted(true);
    const timer = setInterval(() => tick((count) => count + 1), 30000);
    return () => clearInterval(timer);
  }, []);
  if (!at) {
    return null;
  }
  const date = new Date(at);
  return (
    <time dateTime={at} title={mounted ? date.toLocaleString() : undefined} className="nowrap">
      {mounted ? words(date) : ""}
    </time>
  );
}
