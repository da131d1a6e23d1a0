// A button that lets the person choose a text file, and gives its text back.
import { useRef, useState } from "react";

export function TextFile({ label = "Choose a file", accept = "", maxChars = 1_000_000, onText }) {
  const input = useRef(null);
  const [problem, setProblem] = useState("");
  const [name, setName] = useState("");

  const take = async (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // the same file may be chosen again
    if (!file) return;
    if (file.size > maxChars) {
      setProblem(`${file.name} is too large: at most ${Math.round(maxChars / 1000)} KB.`);
      return;
    }
    setProblem("");
    setName(file.name);
    onText?.(await file.text());
  };

  return (
    <div className="row row--wrap">
      <button type="button" className="button" onClick={() => input.current.click()}>{label}</button>
      <input ref={input} type="file" accept={accept} hidden onChange={take} />
      {problem ? <span className="field-error" role="alert">{problem}</span> : <span className="faint">{name}</span>}
    </div>
  );
}
