// The launcher and the panel with the frame, in a closed shadow root: no style leaks in or out.
import { SHEET } from "./styles.js";

const POSITIONS = ["bottom-right", "bottom-left", "top-right", "top-left"];
const CHAT = "M4 5.5h16v11H10.5L6 20.5v-4H4z";
const CROSS = "M6 6l12 12M18 6L6 18";

function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Return white or black, whichever stands out more on the colour. */
export function inkOn(colour) {
  const [r, g, b] = colour.match(/\w\w/g).map((pair) => {
    const share = parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** Return `#rrggbb` of `#rgb` and `#rrggbb`; empty for anything else. */
export function asHex(colour) {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour ?? "");
  if (short) return `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}`;
  return /^#[0-9a-f]{6}$/i.test(colour ?? "") ? colour : "";
}

export function createPanel({ words: [open, close, trouble, again], toggle, dismiss, retry }) {
  const host = element("div", { hidden: true });
  host.setAttribute("data-babble-buddy", "");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [sheet];

  const dot = element("span", { className: "dot", hidden: true });
  const launcher = element("button", { type: "button", className: "launcher", onclick: toggle });
  const panel = element("div", { className: "panel", hidden: true, role: "dialog" });
  const frame = element("div", { className: "bottom-right" }, [panel, launcher]);
  root.append(frame);

  const show = (isOpen) => {
    panel.hidden = !isOpen;
    frame.classList.toggle("is-open", isOpen);
    launcher.setAttribute("aria-expanded", isOpen);
    launcher.setAttribute("aria-label", isOpen ? close : open);
    launcher.replaceChildren(icon(isOpen ? CROSS : CHAT), dot);
    if (isOpen) dot.hidden = true;
  };
  // Only Escape inside of ours: the page's own dialogs keep theirs.
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    dismiss();
  });
  show(false);

  return {
    host,
    show,
    focus: () => launcher.focus(),
    /** Show the launcher as the app wants it. */
    dress({ position, colour, title, scheme }) {
      frame.className = POSITIONS.includes(position) ? position : POSITIONS[0];
      frame.classList.toggle("is-open", !panel.hidden);
      const hex = asHex(colour);
      if (hex) {
        frame.style.setProperty("--primary", hex);
        frame.style.setProperty("--on-primary", inkOn(hex));
      }
      panel.setAttribute("aria-label", title);
      panel.style.colorScheme = scheme === "light" || scheme === "dark" ? scheme : "light dark";
      host.hidden = false;
    },
    /** Put a frame with that address into the panel, and return it. */
    load(src, title) {
      const made = element("iframe", { src, title, allow: "clipboard-write", referrerPolicy: "strict-origin" });
      panel.replaceChildren(made);
      return made;
    },
    fail() {
      panel.replaceChildren(element("div", { className: "trouble", role: "alert" }, [
        element("p", { textContent: trouble }), element("button", { type: "button", textContent: again, onclick: retry }),
      ]));
    },
    noteNews: () => void (dot.hidden = !panel.hidden),
  };
}
