// The chat in a frame: what an app's visitors see. It speaks the public API itself, and holds no socket.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Composer } from "./composer.jsx";
import { Consent } from "./consent.jsx";
import { Icon } from "./icons.jsx";
import { variablesOf } from "./look.js";
import { Message } from "./message.jsx";
import { Head, History, Refused } from "./panes.jsx";
import { setUp } from "./setup.js";
import { directionOf, languageOf, troubleWords, wordsIn } from "./words.js";

const NEAR_END_PX = 60;
const NO_LOOK = { scheme: "auto", starters: [] };

function useMedia(query) {
  return useSyncExternalStore(
    useCallback((changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    }, [query]),
    () => matchMedia(query).matches,
    () => false,
  );
}

function useOffline() {
  return useSyncExternalStore(
    useCallback((changed) => {
      for (const name of ["online", "offline"]) window.addEventListener(name, changed);
      return () => {
        for (const name of ["online", "offline"]) window.removeEventListener(name, changed);
      };
    }, []),
    () => !navigator.onLine,
    () => false,
  );
}

/** Keep the end in view, unless the visitor has scrolled up. */
function useFollowing(changes) {
  const log = useRef(null);
  const [isAway, setIsAway] = useState(false);
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });
  useEffect(() => {
    if (!isAway) toEnd();
  }, changes);
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    setIsAway(scrollHeight - scrollTop - clientHeight > NEAR_END_PX);
  };
  return { log, isAway, scrolled, toEnd };
}

export function EmbedChat() {
  const [manner, setManner] = useState({});
  const [behind, setBehind] = useState(null);
  const [openings, setOpenings] = useState(0); // how often the page has shown this: each takes the focus to the box

  useEffect(() => {
    const made = setUp(
      (changes) => setManner((before) => ({ ...before, ...changes })),
      () => setOpenings((count) => count + 1),
    );
    setBehind(made);
    return made.end;
  }, []);

  return behind ? <Frame {...behind} manner={manner} openings={openings} /> : <div className="embed" />;
}

function useManner(manner, conversation) {
  const { app, theme = {}, scheme, title } = manner;
  const prefersDark = useMedia("(prefers-color-scheme: dark)");
  const look = { ...NO_LOOK, ...app?.look };
  const language = languageOf(manner.language, look.language, ...navigator.languages, manner.pageLanguage);
  const direction = ["rtl", "ltr"].includes(manner.dir) ? manner.dir : directionOf(language);
  const variables = useMemo(() => variablesOf({ ...look, scheme: scheme || look.scheme }, theme, prefersDark), [app, theme, scheme, prefersDark]);
  const say = useMemo(() => wordsIn(language), [language]);
  const name = title || look.title || app?.name || "";
  useEffect(() => {
    Object.assign(document.documentElement, { lang: language, dir: direction });
    if (name) document.title = name;
  }, [language, direction, name]);
  return { look, say, language, direction, variables, name, conversation };
}

function Frame({ conversation, host, manner, openings }) {
  const box = useRef(null);
  const state = useSyncExternalStore(conversation.subscribe, conversation.snapshot, conversation.snapshot);
  const { look, say, language, direction, variables, name } = useManner(manner, conversation);
  const [isHistory, setIsHistory] = useState(false);
  const [isAsked, setIsAsked] = useState(false); // whether the visitor has opened or begun something here: only then the focus is ours
  const close = host && (() => host.send("close"));
  const press = (event) => event.key === "Escape" && !event.nativeEvent.isComposing && close?.();

  useEffect(() => {
    if (!openings && !isAsked) return undefined;
    // The next frame comes when there is something to see: a box that is still hidden takes no focus.
    const frame = requestAnimationFrame(() => box.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [openings, isAsked, state.stage, state.shown]);

  const begin = async () => {
    setIsHistory(false);
    setIsAsked(true);
    await conversation.begin().catch((error) => conversation.set({ stage: "refused", trouble: error }));
  };
  const showHistory = () => {
    setIsHistory(true);
    void conversation.list();
  };
  const openSession = (id) => {
    setIsHistory(false);
    setIsAsked(true);
    void conversation.showEarlier(id);
  };

  return (
    <div className="embed" style={variables} lang={language} dir={direction} onKeyDown={press} data-stage={state.stage}>
      <Head
        title={name} human={state.human} say={say} isHistory={isHistory} isReady={state.stage === "ready"}
        onBack={() => setIsHistory(false)} onNew={begin} onHistory={showHistory} onClose={close}
      />
      {state.stage === "starting" && <p className="embed-note" role="status">{say("loading")}</p>}
      {state.stage === "refused" && <Refused trouble={state.trouble} say={say} onRetry={() => conversation.start()} />}
      {state.stage === "ready" && isHistory && <History sessions={state.sessions} current={state.sessionId} language={language} say={say} onOpen={openSession} />}
      {state.stage === "ready" && !isHistory && (
        <Chat state={state} conversation={conversation} look={look} manner={manner} say={say} box={box} onNew={begin} />
      )}
      <p className="visually-hidden" role="status" aria-live="polite">{spokenOf(state, say)}</p>
    </div>
  );
}

/** What a screen reader says: whole answers, questions of the page's tools, and troubles; never pieces. */
function spokenOf(state, say) {
  const asked = state.calls.find((call) => call.status === "asking");
  if (asked) return say("wants", { name: asked.name });
  const last = state.messages.at(-1);
  if (last?.trouble) return troubleWords(say, last.trouble);
  return state.spoken.replace(/[*_`#>|]/g, "");
}

function Chat({ state, conversation, look, manner, say, box, onNew }) {
  const isOffline = useOffline();
  const { log, isAway, scrolled, toEnd } = useFollowing([state.messages, state.calls]);
  const isAsking = state.calls.length > 0; // then the question below says what is waited for
  const isFresh = !state.messages.some((message) => message.role === "user");
  const rate = useCallback((message, rating, comment) => conversation.rate(message, rating, comment), [conversation]);
  const retry = useCallback((message) => conversation.retry(message), [conversation]);
  const send = (text) => {
    toEnd();
    void conversation.send(text);
  };

  return (
    <>
      <main className="embed-log" ref={log} onScroll={scrolled} tabIndex={0} aria-label={say("menu")}>
        <ul>
          {!state.messages.length && <li className="embed-message is-answer"><p dir="auto">{manner.greeting || look.greeting || say("hello")}</p></li>}
          {state.messages.map((message) => (
            <Message key={message.key} message={message} isAsking={isAsking && message.status === "running"} say={say} onRate={rate} onRetry={retry} />
          ))}
        </ul>
        {state.calls.map((call) => (
          <Consent key={call.id} call={call} say={say} onAllow={(one, how) => conversation.tools.allow(one, how)} onRefuse={(one) => conversation.tools.refuse(one)} />
        ))}
        {isFresh && look.starters.length > 0 && (
          <div className="embed-starters">
            {look.starters.map((starter) => <button key={starter} type="button" dir="auto" onClick={() => send(starter)}>{starter}</button>)}
          </div>
        )}
      </main>
      {isAway && <button type="button" className="embed-button embed-latest" onClick={toEnd}><Icon name="end" /> {say("latest")}</button>}
      <footer className="embed-foot">
        {isOffline && <p className="embed-notice" role="status">{say("offline")}</p>}
        {state.hasEnded
          ? <p className="embed-over">{say("ended")} <button type="button" className="embed-button is-primary" onClick={onNew}>{say("newChat")}</button></p>
          : (
            <Composer
              ref={box} key={state.shown} draftKey={conversation.name("draft")} say={say} placeholder={look.placeholder || say("placeholder")}
              isRunning={state.isRunning} isOffline={isOffline} files={state.files} uploading={state.uploading}
              takesFiles={manner.app?.takes_files} canAttach={Boolean(state.sessionId) || !state.isRunning}
              onSend={send} onStop={() => conversation.stop()} onFile={(file) => conversation.giveFile(file)}
            />
          )}
        <p className="embed-faint embed-made">{state.human ? "" : say("made")}</p>
      </footer>
    </>
  );
}
