// Where the visitor writes. What is typed is kept until it is sent, also over a reload.
import { forwardRef, useEffect, useLayoutEffect, useState } from "react";
import { Icon, IconButton } from "./icons.jsx";
import { keep, kept } from "./kept.js";

const MAX_CHARS = 32_000;

function Files({ files, uploading, refusal, say }) {
  if (!files.length && !uploading && !refusal) return null;
  return (
    <ul className="embed-files" aria-live="polite">
      {files.map((file) => <li key={file.id}><Icon name="clip" /> <bdi>{file.name}</bdi></li>)}
      {uploading && <li>{say("uploading", { name: uploading })}</li>}
      {refusal && <li className="embed-bad" dir="auto">{refusal}</li>}
    </ul>
  );
}

function Attach({ say, onFile, isDisabled }) {
  return (
    <label className="embed-icon-button embed-attach" title={say("attach")}>
      <Icon name="clip" />
      <input
        type="file" className="visually-hidden" aria-label={say("attach")} disabled={isDisabled}
        onChange={(event) => {
          if (event.target.files[0]) onFile(event.target.files[0]);
          event.target.value = "";
        }}
      />
    </label>
  );
}

export const Composer = forwardRef(function Composer({ draftKey, say, placeholder, isRunning, isOffline, takesFiles, canAttach, files, uploading, onSend, onStop, onFile }, box) {
  const [text, setText] = useState(() => kept(draftKey) ?? "");
  const [refusal, setRefusal] = useState("");

  useLayoutEffect(() => {
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, 160)}px`;
  }, [text]);
  useEffect(() => keep(draftKey, text || undefined), [draftKey, text]);

  const send = () => {
    if (isRunning || isOffline || uploading || !text.trim()) return; // the text stays
    setText("");
    setRefusal("");
    onSend(text.trim());
  };
  const press = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const give = async (file) => setRefusal(await onFile(file));

  return (
    <form className="embed-composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <Files files={files} uploading={uploading} refusal={refusal} say={say} />
      <div className="embed-box">
        {takesFiles && <Attach say={say} onFile={give} isDisabled={Boolean(uploading) || !canAttach} />}
        <textarea
          ref={box} rows={1} value={text} maxLength={MAX_CHARS} dir={text ? "auto" : undefined} aria-label={placeholder} placeholder={placeholder} enterKeyHint="send"
          onChange={(event) => setText(event.target.value)} onKeyDown={press}
        />
        {isRunning
          ? <IconButton name="stop" label={say("stop")} onClick={onStop} data-role="stop" />
          : <button type="submit" className="embed-icon-button is-send" aria-label={say("send")} title={say("send")} disabled={isOffline || !text.trim()}><Icon name="send" /></button>}
      </div>
    </form>
  );
});
