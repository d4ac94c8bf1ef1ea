// Which runs the whole page shows: an expression, states, and the brushes of the plots.

import { getMatching, isExported } from "./api.js";
import { button, fill, fillIfChanged, h, oncePerFrame, whenQuiet } from "./dom.js";
import { matching } from "./expression.js";
import { count, many } from "./format.js";
import { glyph, meaning, RUN_STATES, tone } from "./states.js";

const QUIET_MS = 350;

/** The bar of filters. */
export class Toolbar {
  #model;
  #asked = null; // the request that is not answered yet
  #field;
  #problem = h("div.filter-problem", { id: "filter-problem", role: "alert", hidden: true });
  #states = h("div.row", { role: "group", "aria-label": "States shown" });
  #chips = h("div.chips.row");
  #later = whenQuiet(QUIET_MS, () => this.#ask());
  #drawSoon = oncePerFrame(() => this.#draw()); // a brush changes all the time while it is dragged

  /** `text` is the first expression, from the page's address. */
  constructor(model, text) {
    this.#model = model;
    this.#field = h("input.field.filter", {
      type: "search",
      placeholder: this.#example(),
      "aria-label": "Filter runs by an expression",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-describedby": "filter-problem",
      dataset: { key: "/" },
      title: "An expression on parameters, summaries and state. Key: /",
      oninput: this.#later,
      onkeydown: (event) => this.#onKey(event),
    });
    const line = h("div.row", this.#field, this.#states);
    const attributes = { role: "search", "aria-label": "Runs" };
    this.element = h("div.toolbar", attributes, line, this.#problem, this.#chips);
    model.on("data", () => this.#onData());
    model.on("visible", this.#drawSoon);
    this.#draw();
    if (text) this.#set(text);
  }

  destroy() {
    this.#drawSoon.cancel();
    this.#later.cancel();
    this.#asked?.abort();
  }

  #example() {
    const { name = "val_acc", goal = "maximize" } = this.#model.metric ?? {};
    const shown = /^[\w.]+$/.test(name) ? name : `\`${name}\``;
    return `Filter: ${shown} ${goal === "maximize" ? ">" : "<"} 0.5 and state == 'finished'`;
  }

  #onKey(event) {
    if (event.key === "Enter") this.#ask();
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (!this.#field.value) this.#field.blur();
    this.#set("");
  }

  #set(text) {
    this.#field.value = text;
    this.#ask();
  }

  // Rows that are new or have changed may pass now, or no longer.
  #onData() {
    if (this.#model.filters.text) this.#later();
  }

  async #ask() {
    this.#later.cancel();
    this.#asked?.abort();
    this.#asked = new AbortController();
    const text = this.#field.value.trim();
    if (!text) return this.#answer("", null);
    try {
      this.#answer(text, await this.#matching(text));
    } catch (problem) {
      if (problem.name !== "AbortError") this.#refuse(problem.message);
    }
  }

  /** Return the numbers of the runs for which an expression is true: the server knows, if any. */
  async #matching(text) {
    if (isExported) return matching(text, this.#model);
    const { id } = this.#model.sweep;
    return (await getMatching(id, text, this.#asked.signal)).numbers;
  }

  #answer(text, numbers) {
    this.#refuse("");
    if (text || this.#model.filters.text) this.#model.filters.setExpression(text, numbers);
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
    this.#model.filters.clear();
    keepInAddress("");
    this.#field.focus();
  }

  #draw() {
    this.#drawStates();
    const { n, shown } = this.#model;
    const chips = this.#allChips();
    // The line is there without a filter too, so that nothing below moves during the first brush.
    const clear = chips.length > 0 && button("quiet.small", "Clear all", () => this.#clear());
    const all = many(n, "run");
    const text = chips.length ? [h("b", count(shown)), ` of ${all}`] : `All ${all}`;
    fill(this.#chips, h("span.chips-count", { role: "status" }, text), chips, clear);
  }

  #allChips() {
    const { filters } = this.#model;
    const chips = [];
    if (filters.text) chips.push(chip(filters.text, "filter", () => this.#set("")));
    for (const state of filters.hiddenStates) {
      chips.push(chip(`not ${state}`, "state", () => filters.setStateShown(state, true)));
    }
    for (const [axis, { label }] of filters.brushes) {
      const text = label ? `${axis}: ${label}` : axis;
      chips.push(chip(text, "brush", () => filters.setBrush(axis, null)));
    }
    return chips;
  }

  #drawStates() {
    const sums = new Map();
    for (const state of this.#model.column("state")) sums.set(state, (sums.get(state) ?? 0) + 1);
    const { hiddenStates } = this.#model.filters;
    const focused = document.activeElement?.dataset?.state; // it may be replaced
    fillIfChanged(this.#states, [[...sums], [...hiddenStates]], () =>
      RUN_STATES.filter((state) => sums.has(state)).map((state) =>
        this.#toggle(state, sums.get(state), !hiddenStates.has(state)),
      ),
    );
    if (focused) this.#states.querySelector(`[data-state="${focused}"]`)?.focus();
  }

  #toggle(state, runs, isShown) {
    return h(
      "button.button.toggle",
      {
        type: "button",
        "aria-pressed": String(isShown),
        title: `${isShown ? "Hide" : "Show"} the ${state}: ${meaning(state)}`,
        dataset: { tone: tone(state), state },
        onclick: () => this.#model.filters.setStateShown(state, !isShown),
      },
      h("span.glyph.toned", { "aria-hidden": "true" }, glyph(state)),
      ` ${state} `,
      h("b", count(runs)),
    );
  }
}

// So that the page can be loaded again, or sent to someone, as it is.
function keepInAddress(text) {
  if (isExported) return;
  const query = text ? `?${new URLSearchParams({ filter: text })}` : "";
  if (query !== location.search) history.replaceState(history.state, "", location.pathname + query);
}

function chip(text, kind, onRemove) {
  const label = { "aria-label": `Remove the ${kind} ${text}` };
  const remove = button("quiet.small", "×", onRemove, label);
  return h("span.chip", { title: text }, h("span.cut", text), remove);
}
