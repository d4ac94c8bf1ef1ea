// The tooltip of a plot, and what it says of a run.

import { fill, h } from "./dom.js";
import { exact, shortNumber } from "./format.js";

const MARGIN = 14;
const MOST_PARAMETERS = 14;

/** A small box beside the pointer. */
export class Tooltip {
  constructor() {
    this.element = h("div.plot-tooltip", { "aria-hidden": "true", hidden: true });
    document.body.append(this.element);
  }

  /** Show some children near a point of the window, on the side where there is room. */
  show({ windowX: x, windowY: y }, children) {
    fill(this.element, children);
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
    "dl.plot-pairs",
    pairs.map(({ name, text, colour, isStrong }) => [
      h("dt.cut.muted", colour && h("i.plot-swatch", { style: { background: colour } }), name),
      h("dd", { class: isStrong && "is-strong" }, text),
    ]),
  );
}

/** Return what a tooltip says of a run: number, id, state, value of the metric, parameters. */
export function aboutRun(model, row, parameters) {
  const at = (name) => model.column(name)[row];
  const { metric } = model;
  const value = at("value") === null ? "no value" : shortNumber(at("value"));
  const pairs = parameters
    .slice(0, MOST_PARAMETERS)
    .map((parameter) => ({
      name: parameter.name,
      text: parameterText(at(`params.${parameter.name}`), parameter),
    }));
  if (metric) pairs.unshift({ name: metric.name, text: value, isStrong: true });
  const left = parameters.length - MOST_PARAMETERS;
  const title = [h("b", `Run ${at("number")}`), h("span.muted", `${at("id")} · ${at("state")}`)];
  return [
    h("div.plot-tooltip-head.row", title),
    pairLines(pairs),
    left > 0 && h("div.note", `and ${left} more parameters`),
  ];
}

function parameterText(value, { values }) {
  if (value === null && !values?.includes(null)) return "none"; // null can be a choice
  return typeof value === "number" ? shortNumber(value) : exact(value);
}
