// Slices: the metric against each parameter that varies, a small plot for each.

import { readTheme, watchSize } from "./canvas.js";
import { AGES } from "./colour.js";
import { fill, h, oncePerFrame, setShown, whenQuiet } from "./dom.js";
import { metricScale, sharesOf } from "./metric_scale.js";
import { parameterAxis, varying } from "./parallel_axes.js";
import { numberScale, padded } from "./scale.js";
import { Scatter } from "./scatter.js";
import { onTheme } from "./theme.js";
import { Tooltip } from "./tooltip.js";

const NO_GROUP = 255;
const JITTER = 0.62; // of the place of a choice or a whole number
const MANY = 3000; // runs, from which the points follow a moving brush only when it rests
const REST_MS = 80;
const MOST_PLACES = 48; // above which points do not lie on each other anyway

/** Draw the slices of a model, those of the most important parameters first; `onOpen(row)` hears of clicks. */
export function slices(container, model, options = {}) {
  return new Slices(container, model, options);
}

class Slices {
  #panels = new Map(); // parameter's name -> {element, scatter, isStale, isSeen}
  #pending = new Set(["data"]);
  #isLog = false;

  constructor(container, model, options) {
    Object.assign(this, { container, model, options, theme: readTheme() });
    this.tooltip = new Tooltip();
    this.#build();
    this.flush = oncePerFrame(() => this.#flush());
    this.work = oncePerFrame(() => this.#work());
    const ask = (what) => () => this.#ask(what);
    this.later = whenQuiet(REST_MS, ask("visible"));
    const events = ["data", "sweep", "highlight", "selection", "importance"];
    this.offs = [
      ...events.map((name) => model.on(name, ask(name))),
      model.on("visible", () => (model.n > MANY ? this.later() : this.#ask("visible"))),
      onTheme(ask("theme")),
      watchSize(this.grid, ask("size")),
    ];
    // Panels out of sight wait until they are scrolled to.
    this.seen = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: "200px" });
    this.flush();
  }

  #build() {
    const box = h("input", { type: "checkbox", onchange: () => ((this.#isLog = box.checked), this.#ask("data")) });
    this.log = h("label", { class: "plot-check" }, box, "log");
    this.legend = h("span", { class: "plot-legend" });
    this.grid = h("div", { class: "slices-grid" });
    this.message = h("p", { class: "plot-note" });
    this.container.classList.add("plot-column");
    fill(this.container, h("div", { class: "plot-bar" }, this.log, this.legend), this.message, this.grid);
  }

  destroy() {
    for (const off of this.offs) off();
    this.seen.disconnect();
    this.flush.cancel();
    this.later.cancel();
    this.work.cancel();
    for (const { scatter } of this.#panels.values()) scatter.destroy();
    this.tooltip.destroy();
    this.container.replaceChildren();
  }

  #ask(what) {
    this.#pending.add(what);
    this.flush();
  }

  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const panel = [...this.#panels.values()].find(({ element }) => element === target);
      if (panel) panel.isSeen = isIntersecting;
    }
    this.work();
  }

  #flush() {
    const pending = this.#pending;
    this.#pending = new Set();
    if (pending.has("theme")) this.theme = readTheme();
    if (["data", "sweep", "importance"].some((what) => pending.has(what))) this.#arrange();
    const isOnlyPointing = [...pending].every((what) => what === "highlight" || what === "selection");
    for (const panel of this.#panels.values()) {
      if (!isOnlyPointing) panel.isStale = true;
      else if (!panel.isStale) panel.scatter.drawOver(this.theme);
    }
    if (isOnlyPointing) return;
    this.later.cancel();
    this.work();
  }

  /** Make a panel for each parameter, in the order of importance. */
  #arrange() {
    const { model } = this;
    this.y = model.metric && metricScale(model.column("value"), model.metric.goal, this.#isLog);
    const parameters = this.y ? this.#ordered() : [];
    setShown(this.message, !parameters.length);
    setShown(this.log, Boolean(this.y?.canBeLog));
    setShown(this.legend, parameters.length > 0);
    if (!parameters.length) this.message.textContent = emptyText(model);
    const names = parameters.map(({ name }) => name);
    for (const [name, panel] of this.#panels) if (!names.includes(name)) this.#remove(name, panel);
    for (const name of names) if (!this.#panels.has(name)) this.#add(name);
    const elements = names.map((name) => this.#panels.get(name).element);
    if (elements.some((element, index) => this.grid.children[index] !== element)) this.grid.replaceChildren(...elements);
    this.parameters = new Map(parameters.map((each) => [each.name, each]));
    this.#tell();
  }

  #ordered() {
    const known = this.model.importance?.parameters?.map(({ name }) => name) ?? [];
    const rank = ({ name }) => (known.includes(name) ? known.indexOf(name) : known.length);
    return [...varying(this.model)].sort((one, other) => rank(one) - rank(other));
  }

  #add(name) {
    const element = h("figure", { class: "slice" }, h("figcaption", { title: name }, name));
    const about = () => varying(this.model);
    const scatter = new Scatter(element, this.model, { hover: { source: "slices", tooltip: this.tooltip, about, onOpen: this.options.onOpen } });
    this.#panels.set(name, { name, element, scatter, isStale: true, isSeen: false });
    this.seen.observe(element);
  }

  #remove(name, { element, scatter }) {
    scatter.destroy();
    this.seen.unobserve(element);
    element.remove();
    this.#panels.delete(name);
  }

  // One panel a frame, so that thousands of runs in dozens of panels stop nothing.
  #work() {
    const panel = [...this.#panels.values()].find(({ isStale, isSeen }) => isStale && isSeen);
    if (!panel || !this.y) return;
    panel.isStale = false;
    this.#draw(panel);
    this.work();
  }

  #draw({ name, scatter }) {
    const { model, theme } = this;
    const { plane } = scatter;
    plane.resize();
    if (!plane.width) return;
    const axis = parameterAxis(model, this.parameters.get(name));
    const isChoice = axis.scale.kind === "choice";
    const scale = isChoice ? axis.scale : roomy(axis);
    plane.frame({ x: scale, y: this.y.scale, ends: this.y.ends }, theme);
    const places = isChoice ? scale.high : scale.isScattered ? scale.high - scale.low : Infinity;
    const shares = jittered(sharesOf(axis.values, scale), model.column("number"), places);
    scatter.place(shares, sharesOf(model.column("value"), this.y.scale));
    scatter.draw(agesOf(model.n), theme.ages);
    scatter.drawOver(theme);
    plane.picture.setAttribute("aria-label", `${model.metric.name} of ${model.n} runs against ${name}.`);
  }

  #tell() {
    const ramp = h("i", { class: "plot-ramp" });
    ramp.style.background = `linear-gradient(to right, ${this.theme.ages.join(", ")})`;
    fill(this.legend, h("span", {}, "older runs"), ramp, h("span", {}, "newer"));
  }
}

function emptyText(model) {
  if (!model.metric) return "This sweep has no metric.";
  if (!varying(model).length) return "No parameter varies in this sweep.";
  return model.n ? `No run has logged ${model.metric.name} yet.` : "No run yet.";
}

function roomy({ scale, parameter }) {
  const { kind, low, high } = scale;
  const isWhole = parameter.kind === "steps" && Number.isInteger(low) && Number.isInteger(high);
  const isScattered = isWhole && kind === "linear" && high - low <= MOST_PLACES;
  return { ...numberScale(kind, isScattered ? [low - 0.5, high + 0.5] : padded(kind, [low, high])), isWhole, isScattered };
}

// Runs of the same choice lie beside each other, each always at the same place.
function jittered(shares, numbers, places) {
  if (places > MOST_PLACES) return shares;
  return shares.map((share, row) => share + ((scattered(numbers[row]) - 0.5) * JITTER) / places);
}

function scattered(number) {
  return (Math.imul(number + 1, 2654435769) >>> 0) / 2 ** 32;
}

function agesOf(count) {
  const groups = new Uint8Array(count).fill(NO_GROUP);
  for (let row = 0; row < count; row += 1) groups[row] = Math.min(AGES - 1, Math.floor((row / count) * AGES));
  return groups;
}
