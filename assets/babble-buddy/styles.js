// How the launcher and the panel look; in a constructable stylesheet, which a page's style-src has no say about.
// What is !important here wins over the page's own rules for the host element, also over its !important ones.
export const SHEET = `
:host {
  all: initial !important; position: fixed !important; inset: auto !important; z-index: 2147483000 !important; display: block !important;
  width: 0 !important; height: 0 !important; color-scheme: normal !important;
}
:host([hidden]) { display: none !important; }
* { box-sizing: border-box; }
.launcher {
  position: fixed; width: 56px; height: 56px; padding: 0; border: 0; border-radius: 50%; cursor: pointer; display: grid; place-items: center;
  background: var(--primary, #0b6b60); color: var(--on-primary, #fff);
  box-shadow: 0 1px 3px rgb(0 0 0 / 25%), 0 8px 24px rgb(0 0 0 / 20%);
}
.launcher:focus-visible { outline: 3px solid var(--on-primary, #fff); outline-offset: -6px; box-shadow: 0 0 0 3px var(--primary, #0b6b60); }
.launcher svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.dot {
  position: absolute; inset-block-start: 2px; inset-inline-end: 2px; width: 14px; height: 14px; border-radius: 50%; background: #d6336c;
  border: 2px solid #fff;
}
.dot[hidden], .panel[hidden] { display: none; }
.panel {
  position: fixed; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 116px)); overflow: hidden;
  border: 1px solid rgb(128 128 128 / 35%); border-radius: 16px; background: Canvas; color: CanvasText;
  box-shadow: 0 2px 6px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 24%); font: 15px/1.5 system-ui, sans-serif;
}
iframe { display: block; width: 100%; height: 100%; border: 0; background: transparent; }
.trouble { position: absolute; inset: 0; padding: 32px 24px; display: grid; align-content: center; justify-items: center; gap: 16px; text-align: center; }
.trouble button { font: inherit; padding: 8px 16px; border-radius: 8px; border: 1px solid currentColor; background: none; color: inherit; cursor: pointer; }
.bottom-right .launcher { right: 20px; bottom: 20px; } .bottom-right .panel { right: 20px; bottom: 92px; }
.bottom-left .launcher { left: 20px; bottom: 20px; } .bottom-left .panel { left: 20px; bottom: 92px; }
.top-right .launcher { right: 20px; top: 20px; } .top-right .panel { right: 20px; top: 92px; }
.top-left .launcher { left: 20px; top: 20px; } .top-left .panel { left: 20px; top: 92px; }
@media (max-width: 480px), (max-height: 420px) {
  .panel.panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
  .is-open .launcher { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .launcher { transition: transform 120ms ease-out; }
  .launcher:hover { transform: scale(1.06); }
  .panel:not([hidden]) { animation: appear 160ms ease-out; }
  @keyframes appear { from { opacity: 0; transform: translateY(8px); } }
}
@media print { :host { display: none !important; } }
`;
