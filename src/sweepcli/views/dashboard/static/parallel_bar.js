// The bar above the parallel coordinates: what the colours mean, and what of the runs is drawn.

import { rampColour } from "./colour.js";
import { h, setShown, setText } from "./dom.js";
import { count } from "./format.js";
import { compact } from "./ticks.js";

const STOPS = [0, 0.25, 0.5, 0.75, 1];

/** Return the bar: {element, update({metric, valueless, isDark, hasBrush, note})}. */
export function parallelBar({ onToggle, onClear }) {
  const box = h("input", { type: "checkbox", checked: true, onchange: () => onToggle(box.checked) });
  const text = h("span", {});
  const toggle = h("label", { class: "plot-check" }, box, text);
  const clear = h("button", { type: "button", class: "plot-clear", onclick: onClear }, "Clear brushes");
  const note = h("span", { class: "plot-note" });
  const legend = h("span", { class: "plot-legend" });
  const element = h("div", { class: "plot-bar" }, toggle, clear, note, legend);
  return {
    element,
    update({ metric, valueless, isDark, hasBrush, message }) {
      setText(text, `${count(valueless)} without ${metric?.name ?? ""}`);
      setShown(toggle, Boolean(metric) && valueless > 0);
      setShown(clear, hasBrush);
      setText(note, message);
      setShown(legend, Boolean(metric));
      if (metric) legend.replaceChildren(...legendParts(metric, isDark));
    },
  };
}

// The ends are those of the metric's axis, the best on the right.
function legendParts(axis, isDark) {
  if (axis.isFlat) return [h("b", {}, axis.name), h("span", {}, `all ${compact(axis.scale.valueAt(0.5))}`)];
  const ends = [axis.scale.low, axis.scale.high].map((end) => compact(end, 3));
  if (axis.clips?.low) ends[0] = `≤ ${ends[0]}`;
  if (axis.clips?.high) ends[1] = `≥ ${ends[1]}`;
  if (axis.goal !== "maximize") ends.reverse();
  const ramp = h("i", { class: "plot-ramp" });
  ramp.style.background = `linear-gradient(to right, ${STOPS.map((share) => rampColour(share, isDark)).join(", ")})`;
  return [h("span", {}, ends[0]), ramp, h("span", {}, `${ends[1]} (best)`), h("b", {}, axis.name)];
}
