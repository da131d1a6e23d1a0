// The app's look as CSS variables: only colours, lengths and names of fonts get through, and text always stands out enough.
const COLOUR = /^(#[0-9a-f]{3,8}|[a-z]{3,24}|(?:rgb|hsl)a?\([\d\s.,%/deg-]{3,50}\))$/i;
const LENGTH = /^(\d{1,2}(?:\.\d{1,2})?)(px|rem|em)?$/;
const FONTS = /^[\p{L}\d\s,'"-]{1,200}$/u;
const AA = 4.5; // text, and 3 for the edges of controls (WCAG 2.2, 1.4.3 and 1.4.11)
const EDGE = 3;
const LIGHT = { background: "#ffffff", text: "#1b2321" };
const DARK = { background: "#171b1a", text: "#e8ebe7" };
const OURS = "#0b6b60";

/** Return `[r, g, b]` (0 to 255) of a CSS colour, null when it is none or not opaque. */
export function readColour(value) {
  const text = String(value ?? "").trim();
  if (!COLOUR.test(text)) return null;
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex) return (hex.length === 3 ? [...hex].map((sign) => sign + sign) : hex.match(/../g)).map((pair) => parseInt(pair, 16));
  if (typeof document === "undefined" || !CSS.supports("color", text)) return null;
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = text; // the browser writes opaque ones as #rrggbb
  return /^#[0-9a-f]{6}$/.test(pen.fillStyle) ? readColour(pen.fillStyle) : null;
}

function luminance(colour) {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Return the contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const written = (colour) => `rgb(${colour.join(" ")})`;

/** Return the colour moved towards black or white until it stands out enough on the background. */
function readable(colour, background) {
  const end = luminance(background) > 0.18 ? 0 : 255;
  for (let share = 0; share < 1; share += 0.1) {
    const moved = colour.map((part) => Math.round(part + (end - part) * share));
    if (contrast(moved, background) >= AA) return moved;
  }
  return [end, end, end];
}

/** Return text mixed into its background, as faint as the share says, or less so where it would not stand out. */
function mixed(text, background, share, least) {
  for (let part = share; part < 1; part += 0.07) {
    const colour = text.map((one, index) => Math.round(one * part + background[index] * (1 - part)));
    if (contrast(colour, background) >= least) return colour;
  }
  return text;
}

/** Return the CSS variables of a look and of what the host page wants otherwise. */
export function variablesOf(look, theme, prefersDark) {
  const scheme = look.scheme === "light" || look.scheme === "dark" ? look.scheme : prefersDark ? "dark" : "light";
  const base = scheme === "dark" ? DARK : LIGHT;
  const background = readColour(theme.backgroundColor) ?? readColour(look.background_color) ?? readColour(base.background);
  const isDark = luminance(background) < 0.18;
  const wanted = readColour(theme.textColor) ?? readColour(look.text_color) ?? readColour((isDark ? DARK : LIGHT).text);
  const text = contrast(wanted, background) >= AA ? wanted : readable(readColour((isDark ? DARK : LIGHT).text), background);
  const primary = readColour(theme.primaryColor) ?? readColour(look.primary_color) ?? readColour(OURS);
  const [white, black] = [[255, 255, 255], [0, 0, 0]];
  return {
    "--embed-bg": written(background),
    "--embed-text": written(text),
    "--embed-muted": written(mixed(text, background, 0.72, AA)),
    "--embed-edge": written(mixed(text, background, 0.52, EDGE)),
    "--embed-primary": written(primary),
    "--embed-on-primary": written(contrast(white, primary) >= contrast(black, primary) ? white : black),
    "--embed-link": written(readable(primary, background)),
    "--embed-bad": written(readable(readColour(isDark ? "#ff9c8d" : "#a9241b"), background)),
    "--embed-font": fontsOf(theme.fontFamily || look.font_family),
    "--embed-radius": lengthOf(theme.borderRadius ?? look.border_radius_px),
    colorScheme: isDark ? "dark" : "light",
  };
}

function fontsOf(fonts) {
  const ours = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  return fonts && FONTS.test(fonts) && CSS.supports("font-family", fonts) ? `${fonts}, ${ours}` : ours;
}

/** Return a length that is one, at most 28 px. */
export function lengthOf(value) {
  const match = LENGTH.exec(String(value ?? "").trim());
  if (!match) return "12px";
  return `min(${match[1]}${match[2] ?? "px"}, 28px)`;
}
