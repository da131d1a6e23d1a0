// The parts of the frame around the messages: the head, the list of earlier conversations, and why there is nothing.
import { IconButton } from "./icons.jsx";
import { troubleWords } from "./words.js";

export function Head({ title, human, say, isHistory, isReady, onBack, onNew, onHistory, onClose }) {
  return (
    <header className="embed-head">
      {isHistory
        ? <IconButton name="back" label={say("back")} onClick={onBack} />
        : <span className="embed-mark" aria-hidden="true">{[...title][0]}</span>}
      <div className="embed-title">
        <h1 dir="auto">{isHistory ? say("history") : title}</h1>
        {human && !isHistory && <p className="embed-here">{human === "…" ? say("person") : say("personNamed", { name: human })}</p>}
      </div>
      {isReady && <IconButton name="plus" label={say("newChat")} onClick={onNew} />}
      {isReady && !isHistory && <IconButton name="clock" label={say("history")} onClick={onHistory} />}
      {onClose && <IconButton name="close" label={say("close")} onClick={onClose} />}
    </header>
  );
}

export function History({ sessions, current, language, say, onOpen }) {
  if (sessions === null) return <p className="embed-note">{say("loading")}</p>;
  const shown = sessions.filter((session) => session.title);
  if (!shown.length) return <p className="embed-note">{say("noHistory")}</p>;
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return (
    <ul className="embed-history">
      {shown.map((session) => (
        <li key={session.session_id}>
          <button type="button" aria-current={session.session_id === current} onClick={() => onOpen(session.session_id)}>
            <span dir="auto">{session.title}</span>
            <time dateTime={session.updated_at}>{when.format(new Date(session.updated_at))}</time>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Refused({ trouble, say, onRetry }) {
  const code = trouble.code ?? "offline";
  const isLasting = ["origin_not_allowed", "invalid_token"].includes(code);
  return (
    <div className="embed-refused" role="alert">
      <p>{troubleWords(say, { ...trouble, code })}</p>
      {!isLasting && <button type="button" className="embed-button" onClick={onRetry}>{say("again")}</button>}
    </div>
  );
}
