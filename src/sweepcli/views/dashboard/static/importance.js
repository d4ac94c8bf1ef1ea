// Importance: how much of the metric's differences each parameter explains, and which way it pulls.

import { fill, h } from "./dom.js";
import { many } from "./format.js";
import { table } from "./parts.js";

const APART_MS = 5000; // between two requests, however fast runs finish

/** Draw what parameters matter; `load()` asks for it, again when more runs have finished. */
export class Importance {
  #askedFor = -1; // runs with a value at the last request
  #timer = 0;
  #askedAt = -Infinity;
  #isGone = false;

  constructor(container, model, load) {
    Object.assign(this, { container, model, load });
    container.classList.add("plot-column");
    this.body = h("div.stack");
    fill(container, this.body);
    this.#say("Loading …");
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
      if (!this.#isGone) this.#say(`Not available: ${problem.message}`);
    }
    this.#askedAt = performance.now();
    this.#timer = 0;
    if (!this.#isGone) this.#consider();
  }

  #show(found) {
    if (found.reason) return this.#say(found.reason);
    const rows = found.parameters.map(parameterCells);
    const together = found.interactions ?? null;
    if (together !== null) rows.push(restCells(together));
    const titles = ["Parameter", "", "Share", "Correlation"];
    const element = table(titles, rows, { numeric: ["Share"], class: "importance-table" });
    fill(this.body, element, h("p.note", explained(found)));
    this.model.importance = found; // the slices take their order from it
    return this.model.emit("importance");
  }

  #say(text) {
    fill(this.body, h("p.note", text));
  }
}

function parameterCells({ name, share, correlation }) {
  const title = { scope: "row", title: name, class: "cut" };
  return [[name, title], bar(share), percent(share), pull(correlation)];
}

function restCells(share) {
  const title = { scope: "row", title: "What no parameter explains alone", class: "muted" };
  return [["in combination", title], bar(share, "is-rest"), percent(share), ""];
}

function bar(share, kind = "") {
  const width = `${(100 * share).toFixed(2)}%`;
  return h("div.importance-bar", { class: kind }, h("i", { style: { width } }));
}

// A mark that grows from the middle, to the right if the metric rises with the parameter.
function pull(correlation) {
  if (correlation === null || correlation === undefined) {
    return h("span.note", { title: "Its values have no order" }, "–");
  }
  const isFalling = correlation < 0;
  const size = 50 * Math.min(1, Math.abs(correlation));
  const style = { width: `${size}%`, left: `${isFalling ? 50 - size : 50}%` };
  const title = isFalling ? "the metric falls as it rises" : "the metric rises with it";
  const mark = h("i", { class: isFalling ? "is-falling" : "", style });
  const track = h("span.importance-track", { "aria-hidden": "true" }, mark);
  const number = Math.abs(correlation).toFixed(2);
  return h("span.row", { title }, track, `${isFalling ? "−" : "+"}${number}`);
}

function percent(share) {
  return share > 0 && share < 0.01 ? "< 1%" : `${Math.round(100 * share)}%`;
}

function explained({ explained: share = null, runs, method = "" }) {
  if (share === null) return method;
  const part = `${percent(share)} of the differences between ${many(runs, "run")}`;
  return `Explains ${part} (R² ${share.toFixed(2)}). ${method}`;
}
