// What the plots of a sweep's runs have in common: they gather what has changed, and draw it once.

import { readTheme, watchSize } from "./canvas.js";
import { checkbox, fill, h, oncePerFrame, whenQuiet } from "./dom.js";
import { onTheme } from "./theme.js";
import { Tooltip } from "./tooltip.js";

const MANY = 3000; // runs, from which a plot follows a moving brush only when it rests
const REST_MS = 80;

/** A plot in a container; a subclass has `redraw(changed)`, which gets names of what changed. */
export class Plot {
  #changed = new Set(["data"]);
  #offs = [];
  #flush = oncePerFrame(() => this.#draw());
  options = {};

  constructor(container, model, onOpen) {
    Object.assign(this, { container, model, onOpen, theme: readTheme(), tooltip: new Tooltip() });
    container.classList.add("plot-column");
  }

  /** Draw again at events of the model, in other colours, and when an element has another size. */
  follow(events, element) {
    this.#offs = [
      ...events.map((name) => this.model.on(name, () => this.ask(name))),
      onTheme(() => this.ask("theme")),
      watchSize(element, () => this.ask("size")),
    ];
  }

  /** Draw again when other runs are visible; of many, only when the brush rests. */
  followVisible() {
    this.later = whenQuiet(REST_MS, () => this.ask("visible"));
    const onVisible = () => (this.model.n > MANY ? this.later() : this.ask("visible"));
    this.#offs.push(this.model.on("visible", onVisible));
  }

  /** Return a box to tick; `options[name]` says whether it is ticked. */
  option(name, text) {
    return checkbox(text, (isOn) => {
      this.options[name] = isOn;
      this.ask("data");
    });
  }

  /** Draw again soon, since something has changed. */
  ask(what) {
    this.#changed.add(what);
    this.#flush();
  }

  #draw() {
    const changed = this.#changed;
    this.#changed = new Set();
    if (changed.has("theme")) this.theme = readTheme();
    this.redraw(changed);
  }

  destroy() {
    for (const off of this.#offs) off();
    this.#flush.cancel();
    this.later?.cancel();
    this.tooltip.destroy();
    fill(this.container);
  }
}

/** Return a small square of a colour. */
export function swatch(colour, shape = "") {
  return h("i.plot-swatch", { class: shape, style: { background: colour } });
}

/** Return a ramp of colours, for a legend. */
export function ramp(colours) {
  const background = `linear-gradient(to right, ${colours.join(", ")})`;
  return h("i.plot-ramp", { style: { background } });
}

/** Return why a plot of the metric shows nothing. */
export function emptyText({ metric, n }) {
  if (!metric) return "This sweep has no metric.";
  return n ? `No run has logged ${metric.name} yet.` : "No runs yet.";
}
