// Slices: the metric against each parameter that varies, a small plot for each.

import { AGES } from "./colour.js";
import { fill, h, oncePerFrame, setShown } from "./dom.js";
import { isWhole, parameterAxis, varying } from "./parallel_axes.js";
import { emptyText, Plot, ramp } from "./plot.js";
import { metricScale, numberScale, padded, sharesOf } from "./scale.js";
import { Scatter } from "./scatter.js";

const JITTER = 0.62; // of the place of a choice or a whole number
const MOST_PLACES = 48; // above which points do not lie on each other anyway
const NO_PARAMETER = "No parameter varies in this sweep.";

/** Draws the metric against each parameter, the most important first; clicks call `onOpen(row)`. */
export class Slices extends Plot {
  #panels = new Map(); // parameter's name -> {name, element, scatter, isStale, isSeen}
  #workSoon = oncePerFrame(() => this.#work());

  constructor(container, model, onOpen) {
    super(container, model, onOpen);
    this.#build();
    this.follow(["data", "sweep", "highlight", "selection", "importance"], this.grid);
    this.followVisible();
    // Panels out of sight wait until they are scrolled to.
    this.seen = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: "200px" });
    this.ask("data");
  }

  #build() {
    this.log = this.option("log", "log");
    this.legend = h("span.row.push");
    this.grid = h("div.slices-grid");
    this.message = h("p.note");
    fill(this.container, h("div.plot-bar.row", this.log, this.legend), this.message, this.grid);
  }

  destroy() {
    this.seen.disconnect();
    this.#workSoon.cancel();
    for (const { scatter } of this.#panels.values()) scatter.destroy();
    super.destroy();
  }

  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const panel = [...this.#panels.values()].find(({ element }) => element === target);
      if (panel) panel.isSeen = isIntersecting;
    }
    this.#workSoon();
  }

  redraw(changed) {
    if (["data", "sweep", "importance"].some((what) => changed.has(what))) this.#arrange();
    const isOnlyPointing = [...changed].every((what) => ["highlight", "selection"].includes(what));
    for (const panel of this.#panels.values()) {
      if (!isOnlyPointing) panel.isStale = true;
      else if (!panel.isStale) panel.scatter.drawOver(this.theme);
    }
    if (isOnlyPointing) return;
    this.later.cancel();
    this.#workSoon();
  }

  /** Make a panel for each parameter, in the order of importance. */
  #arrange() {
    const { model } = this;
    this.y =
      model.metric && metricScale(model.column("value"), model.metric.goal, this.options.log);
    const parameters = this.y ? this.#ordered() : [];
    setShown(this.message, !parameters.length);
    setShown(this.log, this.y?.canBeLog);
    setShown(this.legend, parameters.length);
    const isConstant = model.metric && !varying(model).length;
    this.message.textContent = isConstant ? NO_PARAMETER : emptyText(model);
    const names = parameters.map(({ name }) => name);
    for (const [name, panel] of this.#panels) if (!names.includes(name)) this.#remove(name, panel);
    for (const name of names) if (!this.#panels.has(name)) this.#add(name);
    const elements = names.map((name) => this.#panels.get(name).element);
    const isMoved = elements.some((element, index) => this.grid.children[index] !== element);
    if (isMoved) fill(this.grid, elements);
    this.parameters = new Map(parameters.map((each) => [each.name, each]));
    fill(this.legend, h("span", "older runs"), ramp(this.theme.ages), h("span", "newer"));
  }

  #ordered() {
    const known = this.model.importance?.parameters?.map(({ name }) => name) ?? [];
    const rank = ({ name }) => (known.includes(name) ? known.indexOf(name) : known.length);
    return [...varying(this.model)].sort((one, other) => rank(one) - rank(other));
  }

  #add(name) {
    const element = h("figure.slice", h("figcaption.cut", { title: name }, name));
    const hover = { source: "slices", tooltip: this.tooltip, onOpen: this.onOpen };
    const scatter = new Scatter(element, this.model, { hover });
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
    this.#workSoon();
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
    const label = `${model.metric.name} of ${model.n} runs against ${name}.`;
    plane.picture.setAttribute("aria-label", label);
  }
}

function roomy({ scale, parameter }) {
  const { kind, low, high } = scale;
  const isWholeAxis = isWhole(scale, parameter);
  const isScattered = isWholeAxis && kind === "linear" && high - low <= MOST_PLACES;
  const ends = isScattered ? [low - 0.5, high + 0.5] : padded(kind, [low, high]);
  return { ...numberScale(kind, ends), isWhole: isWholeAxis, isScattered };
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
  return Uint8Array.from({ length: count }, (_, row) => Math.floor((row / count) * AGES));
}
