// Asks the visitor before the agent acts on the host page.
import { useId } from "react";

export function Consent({ call, say, onAllow, onRefuse }) {
  const id = useId();
  if (call.status === "running") return <p className="embed-consent">{say("working")}</p>;
  return (
    <div className="embed-consent" role="group" aria-labelledby={id}>
      <p id={id}><strong>{say("wants", { name: call.name })}</strong></p>
      {call.description && <p dir="auto">{call.description}</p>}
      <details onToggle={(event) => event.currentTarget.parentElement.scrollIntoView({ block: "nearest" })}>
        <summary>{say("details")}</summary>
        <pre className="embed-wide" tabIndex={0} dir="ltr">{JSON.stringify(call.given, null, 2)}</pre>
      </details>
      <div className="embed-choices">
        <button type="button" className="embed-button is-primary" onClick={() => onAllow(call)}>{say("once")}</button>
        <button type="button" className="embed-button" onClick={() => onAllow(call, { always: true })}>{say("always")}</button>
        <button type="button" className="embed-button" onClick={() => onRefuse(call)}>{say("refuse")}</button>
      </div>
    </div>
  );
}
