// The tooltip of a plot, and what it says of a run.

import { h } from "./dom.js";
import { exact, shortNumber } from "./format.js";

const MARGIN = 14;
const MOST_PARAMETERS = 14;

/** A small box beside the pointer. */
export class Tooltip {
  constructor() {
    this.element = h("div", { class: "plot-tooltip", "aria-hidden": "true", hidden: true });
    document.body.append(this.element);
  }

  /** Show some children near a point of the window, on the side where there is room. */
  show(x, y, children) {
    this.element.replaceChildren(...children);
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const right = x + MARGIN + width < innerWidth ? x + MARGIN : x - MARGIN - width;
    const below = y + MARGIN + height < innerHeight ? y + MARGIN : y - MARGIN - height;
    this.element.style.left = `${Math.max(4, right)}px`;
    this.element.style.top = `${Math.max(4, below)}px`;
  }

  hide() {
    this.element.hidden = true;
  }

  destroy() {
    this.element.remove();
  }
}

/** Return lines of a tooltip: pairs of a name and a text, a colour before it where one is given. */
export function pairLines(pairs) {
  return h(
    "dl",
    { class: "plot-pairs" },
    pairs.map(({ name, text, colour, isStrong }) => [
      h("dt", {}, colour ? h("i", { class: "plot-swatch", style: { background: colour } }) : null, name),
      h("dd", { class: isStrong ? "is-strong" : null }, text),
    ]),
  );
}

/** Return what a tooltip says of a run: number, id, state, value of the metric, parameters. */
export function aboutRun(model, row, parameters) {
  const [number, id, state, value] = ["number", "id", "state", "value"].map((name) => model.column(name)[row]);
  const pairs = [];
  if (model.metric) pairs.push({ name: model.metric.name, text: value === null ? "no value" : shortNumber(value), isStrong: true });
  for (const { name, values } of parameters.slice(0, MOST_PARAMETERS)) {
    const given = model.column(`params.${name}`)[row];
    const isNone = given === null && !values?.includes(null); // null can be a choice
    pairs.push({ name, text: isNone ? "none" : typeof given === "number" ? shortNumber(given) : exact(given) });
  }
  const left = parameters.length - MOST_PARAMETERS;
  const head = h("div", { class: "plot-tooltip-head" }, h("b", {}, `Run ${number}`), h("span", {}, `${id} · ${state}`));
  return [head, pairLines(pairs), left > 0 ? h("div", { class: "plot-note" }, `and ${left} more parameters`) : ""];
}
