// The curves of one run, a plot for each name, the metric's first.

import { Curves } from "./curves.js";
import { button, fill, h, setShown } from "./dom.js";
import { count } from "./format.js";
import { card } from "./parts.js";
import { colourOf, onTheme } from "./theme.js";

const FIRST = 12; // plots that are drawn unless more are asked for

/** The card with a run's curves. */
export class CurveCards {
  #plots = new Map(); // by name
  #curves = {}; // name -> {steps, values}
  #metric = null;
  #limit = FIRST;
  #grid = h("div.curve-grid");
  #none = h("p.muted", "This run has logged no numbers yet.");
  #more = button("", "", () => this.#showAll());
  #offTheme = onTheme(() => this.#redraw());

  constructor() {
    this.element = card("Curves", { class: "curves-card" }, this.#none, this.#grid, this.#more);
  }

  /** Show curves: {name: {steps, values}}. */
  draw(curves, metric) {
    this.#curves = curves;
    this.#metric = metric;
    const names = Object.keys(curves).sort((one, other) => this.#compare(one, other));
    setShown(this.#none, !names.length);
    for (const name of names.slice(0, this.#limit)) this.#show(name);
    setShown(this.#more, names.length > this.#limit);
    this.#more.textContent = `Show all ${count(names.length)}`;
  }

  #compare(one, other) {
    const isMetric = (name) => name === this.#metric;
    return isMetric(other) - isMetric(one) || one.localeCompare(other, "en", { numeric: true });
  }

  #series(name) {
    return [{ label: name, colour: colourOf("--series-1"), ...this.#curves[name] }];
  }

  #show(name) {
    const known = this.#plots.get(name);
    if (known) return known.update(this.#series(name));
    const box = h("div.plot.plot-curve");
    const caption = h("figcaption.cut", { title: name }, name);
    this.#grid.append(h("figure.curve", caption, box)); // before the plot: it asks for its size
    return this.#plots.set(name, new Curves(box, { series: this.#series(name), key: name }));
  }

  #showAll() {
    this.#limit = Infinity;
    this.draw(this.#curves, this.#metric);
  }

  #redraw() {
    for (const [name, plot] of this.#plots) plot.update(this.#series(name));
  }

  destroy() {
    this.#offTheme();
    for (const plot of this.#plots.values()) plot.destroy();
    fill(this.#grid);
  }
}
