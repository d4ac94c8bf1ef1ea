// Which runs are shown: an expression, states, and the brushes of the plots, for all parts of the page.

import { getMatching, isExported } from "./api.js";
import { fill, h, oncePerFrame, whenQuiet } from "./dom.js";
import { count, many } from "./format.js";
import { glyph, MEANINGS, RUN_STATES, tone } from "./states.js";

const EXAMPLE = "Filter: val_acc > 0.9 and state == 'finished'";
const QUIET_MS = 350;

/** The bar of filters. */
export class Toolbar {
  #model;
  #asked = null; // the question that is on its way
  #field;
  #problem = h("div", { class: "filter-problem", id: "filter-problem", role: "alert", hidden: true });
  #states = h("div", { class: "toggles", role: "group", "aria-label": "States shown" });
  #chips = h("div", { class: "chips" });
  #later = whenQuiet(QUIET_MS, () => this.#ask());
  #shownStates = "";
  #drawSoon = oncePerFrame(() => this.#draw()); // a brush that is dragged tells of it all the time

  /** `text` is the expression at first, from the page's address. */
  constructor(model, text) {
    this.#model = model;
    this.#field = h("input", {
      class: "field filter", type: "search", placeholder: this.#example(), "aria-label": "Filter runs by an expression", spellcheck: "false",
      autocomplete: "off", autocapitalize: "off", "aria-describedby": "filter-problem", dataset: { key: "/" },
      title: "An expression on parameters, summaries and state. Key: /", oninput: this.#later, onkeydown: (event) => this.#onKey(event),
    });
    this.element = h("div", { class: "toolbar", role: "search", "aria-label": "Runs" }, h("div", { class: "toolbar-line" }, this.#field, this.#states), this.#problem, this.#chips);
    model.on("data", () => this.#onData());
    model.on("visible", this.#drawSoon);
    this.#draw();
    this.#field.value = text;
    if (text) this.#ask();
  }

  destroy() {
    this.#drawSoon.cancel();
    this.#later.cancel();
    this.#asked?.abort();
  }

  #example() {
    const name = this.#model.metric?.name;
    return name && /^[\w.]+$/.test(name) ? `Filter: ${name} ${this.#model.metric.goal === "maximize" ? ">" : "<"} 0.5 and state == 'finished'` : EXAMPLE;
  }

  #onKey(event) {
    if (event.key === "Enter") this.#ask();
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (!this.#field.value) this.#field.blur();
    this.#field.value = "";
    this.#ask();
  }

  // Rows that came or changed may now pass, or no longer.
  #onData() {
    if (this.#model.filterText) this.#later();
  }

  async #ask() {
    this.#later.cancel();
    this.#asked?.abort();
    this.#asked = new AbortController();
    const text = this.#field.value.trim();
    if (!text) return this.#answer("", null);
    try {
      const { numbers } = await getMatching(this.#model.sweep.id, text, this.#asked.signal);
      this.#answer(text, numbers);
    } catch (problem) {
      if (problem.name !== "AbortError") this.#refuse(problem.message);
    }
  }

  #answer(text, numbers) {
    this.#refuse("");
    if (text || this.#model.filterText) this.#model.setFilter(text, numbers);
    keepInAddress(text);
  }

  #refuse(message) {
    this.#field.setAttribute("aria-invalid", String(Boolean(message)));
    this.#problem.textContent = message;
    this.#problem.hidden = !message;
  }

  #clear() {
    this.#asked?.abort();
    this.#field.value = "";
    this.#refuse("");
    this.#model.clearFilters();
    keepInAddress("");
    this.#field.focus();
  }

  #draw() {
    this.#drawStates();
    const { n, shown } = this.#model;
    const chips = this.#allChips();
    this.element.classList.toggle("is-filtered", chips.length > 0);
    // There even without a filter, so that nothing below moves while the first brush is drawn.
    const clear = chips.length ? h("button", { class: "button quiet small", type: "button", onclick: () => this.#clear() }, "Clear all") : null;
    const told = chips.length ? [h("b", null, count(shown)), ` of ${many(n, "run")}`] : [`All ${many(n, "run")}`];
    fill(this.#chips, h("span", { class: "chips-count", role: "status" }, told), chips, clear);
  }

  #allChips() {
    const { brushes, filterText, hiddenStates } = this.#model;
    return [
      filterText && chip(filterText, "filter", () => { this.#field.value = ""; this.#ask(); }),
      ...[...hiddenStates].map((state) => chip(`not ${state}`, "state", () => this.#model.setStateShown(state, true))),
      ...[...brushes].map(([axis, { label }]) => chip(label ? `${shortName(axis)}: ${label}` : shortName(axis), "brush", () => this.#model.setBrush(axis, null))),
    ].filter(Boolean);
  }

  #drawStates() {
    const sums = new Map();
    for (const state of this.#model.column("state")) sums.set(state, (sums.get(state) ?? 0) + 1);
    const { hiddenStates } = this.#model;
    const key = JSON.stringify([[...sums], [...hiddenStates]]);
    if (key === this.#shownStates) return;
    this.#shownStates = key;
    const focused = document.activeElement?.dataset?.state; // redrawn under the person's hands
    fill(this.#states, RUN_STATES.filter((state) => sums.has(state)).map((state) => this.#toggle(state, sums.get(state), !hiddenStates.has(state))));
    if (focused) this.#states.querySelector(`[data-state="${focused}"]`)?.focus();
  }

  #toggle(state, runs, isShown) {
    return h(
      "button",
      { class: "toggle", type: "button", "aria-pressed": String(isShown), title: `${isShown ? "Hide" : "Show"} the ${state}: ${MEANINGS[state]}`, dataset: { tone: tone(state), state }, onclick: () => this.#model.setStateShown(state, !isShown) },
      h("span", { class: "glyph", "aria-hidden": "true" }, glyph(state)), ` ${state} `, h("b", null, count(runs)),
    );
  }
}

// So that the page can be loaded again, or sent to someone, as it is.
function keepInAddress(text) {
  if (isExported) return;
  const query = text ? `?${new URLSearchParams({ filter: text })}` : "";
  if (query !== location.search) history.replaceState(history.state, "", location.pathname + query);
}

function shortName(axis) {
  return axis.replace(/^params\./, "");
}

function chip(text, kind, onRemove) {
  return h("span", { class: "chip", title: text }, h("span", { class: "cut" }, text), h("button", { type: "button", "aria-label": `Remove the ${kind} ${text}`, onclick: onRemove }, "×"));
}
