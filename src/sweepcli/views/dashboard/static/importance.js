// Importance: how much of the metric's differences each parameter explains, and which way it pulls.

import { fill, h } from "./dom.js";
import { many } from "./format.js";

const APART_MS = 5000; // between two questions, however fast runs finish

/** Draw what parameters matter; `load()` asks for it, anew when more runs have finished. */
export function importance(container, model, options) {
  return new Importance(container, model, options);
}

class Importance {
  #askedFor = -1; // finished runs at the last question
  #timer = 0;
  #askedAt = -Infinity;
  #isGone = false;

  constructor(container, model, { load }) {
    Object.assign(this, { container, model, load });
    container.classList.add("plot-column");
    this.body = h("div", { class: "importance" });
    fill(container, this.body);
    this.#say("Finding out what matters …");
    this.off = model.on("data", () => this.#consider());
    this.#consider();
  }

  destroy() {
    this.#isGone = true;
    clearTimeout(this.#timer);
    this.off();
    this.container.replaceChildren();
  }

  #consider() {
    if (this.#timer || this.#measured() === this.#askedFor) return;
    const wait = Math.max(0, this.#askedAt + APART_MS - performance.now());
    this.#timer = setTimeout(() => this.#ask(), wait);
  }

  #measured() {
    return this.model.column("value").reduce((sum, value) => sum + (value === null ? 0 : 1), 0);
  }

  async #ask() {
    this.#askedFor = this.#measured();
    try {
      const found = await this.load();
      if (!this.#isGone) this.#show(found);
    } catch (problem) {
      if (!this.#isGone) this.#say(`Not known at the moment: ${problem.message}`);
    }
    this.#askedAt = performance.now();
    this.#timer = 0;
    if (!this.#isGone) this.#consider();
  }

  #show(found) {
    if (found.reason || !found.parameters?.length) {
      this.#say(found.reason ?? "No parameter varies in this sweep.");
      return;
    }
    const rows = found.parameters.map(parameterRow);
    if (found.interactions !== null && found.interactions !== undefined) rows.push(remainder(found.interactions));
    const head = h("tr", {}, ["Parameter", "Share", "", "Correlation"].map((text) => h("th", { scope: "col" }, text)));
    const table = h("table", { class: "importance-table" }, h("thead", {}, head), h("tbody", {}, rows));
    fill(this.body, table, h("p", { class: "plot-note" }, explained(found)));
    this.#tell(found);
  }

  // The slices are put in this order.
  #tell(found) {
    this.model.importance = found;
    this.model.emit("importance");
  }

  #say(text) {
    fill(this.body, h("p", { class: "plot-note" }, text));
  }
}

function parameterRow({ name, share, correlation }) {
  return row(h("th", { scope: "row", title: name }, name), share, [pull(correlation)], "");
}

function remainder(share) {
  return row(h("th", { scope: "row", title: "What no parameter explains alone" }, "in combination"), share, [], "is-rest");
}

function row(name, share, last, className) {
  const filled = h("i", { style: { width: `${(100 * share).toFixed(2)}%` } });
  const bar = h("td", {}, h("div", { class: "importance-bar" }, filled));
  return h("tr", { class: className }, name, bar, h("td", { class: "importance-number" }, percent(share)), h("td", {}, last));
}

// A mark that grows from the middle: to the right the metric rises with the parameter, to the left it falls.
function pull(correlation) {
  if (correlation === null || correlation === undefined) return h("span", { class: "plot-note", title: "It has no order" }, "–");
  const size = 50 * Math.min(1, Math.abs(correlation));
  const start = correlation < 0 ? 50 - size : 50;
  const mark = h("i", { class: correlation < 0 ? "is-falling" : "", style: { width: `${size}%`, left: `${start}%` } });
  const meaning = correlation < 0 ? "the metric falls as it rises" : "the metric rises with it";
  const number = `${correlation < 0 ? "−" : "+"}${Math.abs(correlation).toFixed(2)}`;
  return h("span", { class: "importance-pull", title: meaning }, h("span", { class: "importance-track", "aria-hidden": "true" }, mark), number);
}

function percent(share) {
  return share > 0 && share < 0.01 ? "< 1%" : `${Math.round(100 * share)}%`;
}

function explained({ explained: share, runs, method }) {
  const known = share === null || share === undefined ? "" : `Explains ${percent(share)} of the differences between ${many(runs, "run")} (R² ${share.toFixed(2)}). `;
  return known + (method ?? "");
}
