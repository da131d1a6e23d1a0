// Choose or drop files and send each with its own progress, cancel and reason of refusal, straight to the API.
// Without a workspace yet (the dialog that makes one) the files wait here until it has an id.
import { useEffect, useId, useReducer, useRef, useState } from "react";

const AT_ONCE = 2;
let lastKey = 0;

function reduce(items, { type, key, ...change }) {
  switch (type) {
    case "add":
      return [...items, ...change.items];
    case "change":
      return items.map((item) => (item.key === key ? { ...item, ...change } : item));
    case "remove":
      return items.filter((item) => item.key !== key);
  }
}

function sizeWords(bytes) {
  const units = ["bytes", "KB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${unit === 0 || bytes >= 10 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

function reasonOf(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return request.status === 0
      ? "The connection broke. Check it and try again."
      : `The server refused the file (${request.status}).`;
  }
}

export function Uploader({ workspaceId, maxMb, accepted, anywhere, onStored, onFinished }) {
  const [items, dispatch] = useReducer(reduce, []);
  const [over, setOver] = useState(false);
  const requests = useRef(new Map());
  const reported = useRef("");
  const inputId = useId();
  const hintId = useId();

  const add = (files) => {
    const added = [...files].map((file) => {
      const refusal = file.size > maxMb * 1024 * 1024 ? `Larger than ${maxMb} MB, the most this server takes.` : "";
      return { key: ++lastKey, file, name: file.name, size: file.size, progress: 0, status: refusal ? "refused" : "waiting", reason: refusal };
    });
    dispatch({ type: "add", items: added });
  };

  const send = (item) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", item.file, item.name);
    const change = (what) => dispatch({ type: "change", key: item.key, ...what });
    requests.current.set(item.key, request);
    request.open("POST", `/api/workspaces/${workspaceId}/files`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) {
        change({ progress: event.loaded / event.total });
      }
    };
    request.onloadend = () => {
      requests.current.delete(item.key);
      if (request.status >= 200 && request.status < 300) {
        change({ status: "stored", progress: 1 });
        onStored?.();
      } else if (!request.aborted) {
        const passing = request.status === 0 || request.status === 429 || request.status >= 500;
        change({ status: "refused", reason: reasonOf(request), passing });
      }
    };
    change({ status: "sending" });
    request.send(body);
  };

  const remove = (item) => {
    const request = requests.current.get(item.key);
    if (request) {
      request.aborted = true;
      request.abort();
    }
    dispatch({ type: "remove", key: item.key });
  };

  const retry = (item) => dispatch({ type: "change", key: item.key, status: "waiting", reason: "", progress: 0 });

  useEffect(() => {
    if (!workspaceId) {
      return;
    }
    const sending = items.filter((item) => item.status === "sending").length;
    items
      .filter((item) => item.status === "waiting")
      .slice(0, AT_ONCE - sending)
      .forEach(send);
    const open = items.some((item) => item.status === "waiting" || item.status === "sending");
    const refused = items.filter((item) => item.status === "refused").length;
    const outcome = `${workspaceId} ${items.length} ${refused}`;
    if (!open && reported.current !== outcome) {
      reported.current = outcome;
      onFinished?.(refused);
    }
  }, [items, workspaceId]);

  // What went well is in the list of files; it need not stand here for long.
  useEffect(() => {
    const stored = items.filter((item) => item.status === "stored");
    if (stored.length === 0) {
      return;
    }
    const timer = setTimeout(() => stored.forEach((item) => dispatch({ type: "remove", key: item.key })), 1500);
    return () => clearTimeout(timer);
  }, [items]);

  useEffect(() => () => requests.current.forEach((request) => request.abort()), []);

  // Files may be dropped anywhere on the page; the zone shows that it takes them.
  useEffect(() => {
    const target = anywhere ? window : null;
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const enter = (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        setOver(true);
      }
    };
    const leave = (event) => {
      if (!event.relatedTarget) {
        setOver(false);
      }
    };
    const drop = (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        setOver(false);
        add(event.dataTransfer.files);
      }
    };
    target?.addEventListener("dragenter", enter);
    target?.addEventListener("dragover", enter);
    target?.addEventListener("dragleave", leave);
    target?.addEventListener("drop", drop);
    return () => {
      target?.removeEventListener("dragenter", enter);
      target?.removeEventListener("dragover", enter);
      target?.removeEventListener("dragleave", leave);
      target?.removeEventListener("drop", drop);
    };
  }, [anywhere, maxMb]);

  const zone = anywhere
    ? {}
    : {
        onDragOver: (event) => {
          event.preventDefault();
          setOver(true);
        },
        onDragLeave: () => setOver(false),
        onDrop: (event) => {
          event.preventDefault();
          setOver(false);
          add(event.dataTransfer.files);
        },
      };

  return (
    <div className="uploader">
      <div className="upload-zone" data-over={over} {...zone}>
        <svg className="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
          <path d="M10 13V4M6 7.5l4-4 4 4M3.500 16.500h13" />
        </svg>
        <div className="grow">
          <label className="link" htmlFor={inputId}>
            Choose files
          </label>{" "}
          or drop them here
          <p className="field-hint" id={hintId}>
            {accepted} Up to {maxMb} MB each.
          </p>
        </div>
        <input
          id={inputId}
          type="file"
          multiple
          className="visually-hidden"
          aria-describedby={hintId}
          onChange={(event) => {
            add(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      {items.length > 0 && (
        <ul className="upload-list" aria-label="Uploads">
          {items.map((item) => (
            <li className="upload" key={item.key} data-status={item.status}>
              <div className="row">
                <span className="truncate grow">{item.name}</span>
                <span className="faint nowrap">{sizeWords(item.size)}</span>
                {item.status === "refused" && item.passing && (
                  <button type="button" className="button button--quiet button--small" onClick={() => retry(item)}>
                    Try again
                  </button>
                )}
                {item.status !== "stored" && (
                  <button
                    type="button"
                    className="button button--quiet button--small"
                    aria-label={`${item.status === "sending" ? "Cancel" : "Remove"} ${item.name}`}
                    onClick={() => remove(item)}
                  >
                    {item.status === "sending" ? "Cancel" : "Remove"}
                  </button>
                )}
              </div>
              {(item.status === "sending" || item.status === "stored") && (
                <div className="progress" role="progressbar" aria-label={item.name} aria-valuenow={Math.round(item.progress * 100)} aria-valuemin={0} aria-valuemax={100}>
                  <div className="progress-bar" style={{ width: `${item.progress * 100}%` }} />
                </div>
              )}
              {item.reason && (
                <p className="field-error" role="alert">
                  {item.reason}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
