// Canvases: sharp on every screen, as large as their box, in the colours of the page.

import { AGES } from "./colour.js";

const ROLES = ["panel", "ink", "muted", "line", "idle", "accent", "good", "bad", "warn"];
const SHARPEST = 2; // device pixels a pixel: more costs time and shows nothing

/** The font of text in plots. */
export const FONT =
  "13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

/** Return the page's colours as values that a canvas takes, and whether they are dark. */
export function readTheme() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const resolved = (colour) => {
    probe.style.color = colour; // resolves var() and color-mix()
    return getComputedStyle(probe).color;
  };
  const mixed = (colour, share, other) =>
    resolved(`color-mix(in oklab, ${colour} ${100 * share}%, ${other})`);
  const theme = {};
  for (const name of ROLES) theme[name] = resolved(`var(--${name})`);
  theme.ages = Array.from({ length: AGES }, (_, age) =>
    mixed(theme.accent, age / (AGES - 1), theme.idle),
  );
  theme.faint = mixed(theme.idle, 0.5, theme.panel);
  theme.ghost = mixed(theme.idle, 0.25, theme.panel);
  probe.remove();
  return { ...theme, isDark: document.documentElement.dataset.theme === "dark" };
}

/** Call a function when the size of an element changes, and once at first. */
export function watchSize(element, listener) {
  const observer = new ResizeObserver(() => listener());
  observer.observe(element);
  return () => observer.disconnect();
}

/** A canvas that lies over its parent. */
export class Layer {
  constructor(parent) {
    this.element = document.createElement("canvas");
    this.element.className = "plot-layer";
    this.element.setAttribute("aria-hidden", "true");
    this.context = this.element.getContext("2d");
    this.width = 0;
    this.height = 0;
    parent.append(this.element);
  }

  /** Set the size in pixels of the page. Empties the canvas. */
  resize(width, height) {
    this.ratio = Math.min(SHARPEST, devicePixelRatio || 1);
    Object.assign(this, { width, height });
    this.element.width = Math.round(width * this.ratio);
    this.element.height = Math.round(height * this.ratio);
    this.element.style.width = `${width}px`;
    this.element.style.height = `${height}px`;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.font = FONT;
  }

  clear() {
    this.context.clearRect(0, 0, this.width, this.height);
  }
}

/** Fill a circle around a point. */
export function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Stroke what a function traces in some [colour, width], the widest first. */
export function strokeEach(context, strokes, trace) {
  context.lineJoin = "round";
  for (const [colour, width] of strokes) {
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.beginPath();
    trace();
    context.stroke();
  }
}

/** Return a text that is no wider than some pixels in a context; a long one loses its middle. */
export function fitted(context, text, width) {
  if (text.length * 13 < width || context.measureText(text).width <= width) return text;
  let [fits, long] = [1, Math.min(text.length, Math.ceil(width / 3))];
  while (fits < long) {
    const middle = Math.ceil((fits + long) / 2);
    if (context.measureText(shortened(text, middle)).width <= width) fits = middle;
    else long = middle - 1;
  }
  return shortened(text, fits);
}

// Names that begin alike differ at the end.
function shortened(text, kept) {
  const head = Math.ceil(kept / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
}
