// The curves of one run, a plot for each name, the metric's first.

import { curves as curvesPlot } from "./curves.js";
import { fill, h } from "./dom.js";
import { count } from "./format.js";
import { card } from "./problem.js";
import { colourOf, onTheme } from "./theme.js";

const FIRST = 12; // plots that are drawn unless more are asked for

/** The card with a run's curves. */
export class CurveCards {
  #plots = new Map(); // name -> {element, plot}
  #told = {};
  #metric = null;
  #limit = FIRST;
  #grid = h("div", { class: "curve-grid" });
  #none = h("p", { class: "muted" }, "This run has logged no numbers yet.");
  #more = h("button", { class: "button", type: "button", hidden: true, onclick: () => this.#showAll() });
  #offTheme = onTheme(() => this.#again());

  constructor() {
    this.element = card("Curves", { class: "curves-card" }, this.#none, this.#grid, this.#more);
  }

  /** Show curves: {name: {steps, values}}. */
  draw(told, metric) {
    this.#told = told;
    this.#metric = metric;
    const names = this.#names();
    this.#none.hidden = names.length > 0;
    for (const name of names.slice(0, this.#limit)) this.#show(name);
    this.#more.hidden = names.length <= this.#limit;
    this.#more.textContent = `Show all ${count(names.length)}`;
  }

  #names() {
    return Object.keys(this.#told).sort((one, other) => (other === this.#metric) - (one === this.#metric) || one.localeCompare(other, "en", { numeric: true }));
  }

  #series(name) {
    const { steps, values } = this.#told[name];
    return [{ label: name, colour: colourOf("--series-1"), steps, values }];
  }

  #show(name) {
    const known = this.#plots.get(name);
    if (known) return known.plot.update(this.#series(name));
    const box = h("div", { class: "plot plot-curve" });
    const element = h("figure", { class: "curve" }, h("figcaption", { class: "cut", title: name }, name), box);
    this.#grid.append(element); // before the plot: it asks for its size
    const plot = curvesPlot(box, { series: this.#series(name), key: name });
    return this.#plots.set(name, { element, plot });
  }

  #showAll() {
    this.#limit = Infinity;
    this.draw(this.#told, this.#metric);
  }

  #again() {
    for (const [name, { plot }] of this.#plots) plot.update(this.#series(name));
  }

  #clear() {
    for (const { plot } of this.#plots.values()) plot.destroy();
    this.#plots.clear();
    fill(this.#grid);
  }

  destroy() {
    this.#offTheme();
    this.#clear();
  }
}
