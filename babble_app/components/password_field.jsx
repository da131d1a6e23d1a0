// A password field with a button that shows what was typed.
import { useId, useState } from "react";

export function PasswordField({ label, name, autoComplete, hint, minLength, optional }) {
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="input-group">
        <input
          id={id}
          name={name}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          required={!optional}
          minLength={minLength || undefined}
          maxLength={1024}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="input"
        />
        <button
          type="button"
          className="button button--quiet button--small"
          aria-pressed={shown}
          aria-label={shown ? "Hide the password" : "Show the password"}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </button>
      </div>
      {hint && (
        <span id={`${id}-hint`} className="field-hint">
          {hint}
        </span>
      )}
    </div>
  );
}
