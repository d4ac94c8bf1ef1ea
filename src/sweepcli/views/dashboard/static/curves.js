// Curves: what runs logged, step by step, as lines on shared axes.

import { readTheme, watchSize } from "./canvas.js";
import { crosshair } from "./crosshair.js";
import { lineSwatch, prepared, strokeSeries } from "./curve_lines.js";
import { fill, h, oncePerFrame, setShown } from "./dom.js";
import { many } from "./format.js";
import { Plane } from "./plane.js";
import { extent, numberScale, padded } from "./scale.js";
import { onTheme } from "./theme.js";

const positive = (value) => value > 0;

/** Draw series {label, colour, steps, values} of one key; a series without a colour gets one. */
export function curves(container, { series, key, xLog = false, yLog = false }) {
  return new Curves(container, series, { key, xLog, yLog });
}

class Curves {
  constructor(container, series, { key, xLog, yLog }) {
    Object.assign(this, { container, key, isLog: { x: xLog, y: yLog }, theme: readTheme(), given: series });
    this.#build();
    this.flush = oncePerFrame(() => this.#draw());
    this.offs = [
      onTheme(() => {
        this.theme = readTheme();
        this.flush();
      }),
      watchSize(this.plane.picture, () => {
        this.plane.resize();
        this.flush();
      }),
    ];
    this.hover = crosshair(this.plane, () => this);
    this.flush();
  }

  #build() {
    const check = (axis, text) => {
      const change = () => {
        this.isLog[axis] = box.checked;
        this.flush();
      };
      const box = h("input", { type: "checkbox", checked: this.isLog[axis], onchange: change });
      return h("label", { class: "plot-check" }, box, text);
    };
    this.checks = { x: check("x", "log steps"), y: check("y", "log values") };
    this.legend = h("ul", { class: "curve-legend" });
    this.body = h("div", { class: "plot-body" });
    this.message = h("p", { class: "plot-empty" });
    this.container.classList.add("plot-column");
    fill(this.container, h("div", { class: "plot-bar" }, this.legend, h("span", { class: "plot-checks" }, this.checks.x, this.checks.y)), this.body);
    this.plane = new Plane(this.body);
    this.body.append(this.message);
  }

  /** Draw other series, or more of the same. */
  update(series) {
    this.given = series;
    this.flush();
  }

  destroy() {
    for (const off of this.offs) off();
    this.flush.cancel();
    this.hover.destroy();
    this.container.replaceChildren();
  }

  #draw() {
    const { plane, theme, key } = this;
    if (!plane.width) return;
    this.series = prepared(this.given, theme);
    const axes = this.#axes();
    setShown(this.message, !axes);
    plane.marks.clear();
    plane.over.clear();
    if (!axes) {
      plane.back.clear();
      this.series = [];
      for (const check of Object.values(this.checks)) setShown(check, false);
      this.message.textContent = `No number has been logged as ${key} yet.`;
    } else {
      plane.frame({ ...axes, xName: "step" }, theme);
      for (const each of this.series) strokeSeries(plane, each);
    }
    this.#tell();
    this.hover.redraw();
  }

  #axes() {
    const [steps, values] = ["steps", "values"].map((part) => this.series.flatMap((each) => [...each[part]]));
    const ends = { x: extent(steps), y: extent(values) };
    if (!ends.x || !ends.y) return null;
    if (ends.x[0] === ends.x[1]) ends.x = [ends.x[0] - 1, ends.x[1] + 1];
    // A run's first step is often 0, which a logarithm leaves out.
    const logEnds = { x: extent(steps, positive), y: ends.y[0] > 0 ? ends.y : null };
    for (const axis of ["x", "y"]) setShown(this.checks[axis], logEnds[axis] !== null && logEnds[axis][0] < logEnds[axis][1]);
    const scale = (axis, share) => {
      const kind = this.isLog[axis] && logEnds[axis] ? "log" : "linear";
      return numberScale(kind, padded(kind, kind === "log" ? logEnds[axis] : ends[axis], share));
    };
    return { x: { ...scale("x", 0.01), isWhole: true }, y: scale("y", 0.05) };
  }

  #tell() {
    const { series, key } = this;
    fill(this.legend, series.map(({ label, colour, dash }) => h("li", { title: label }, lineSwatch(colour, dash), h("span", {}, label))));
    setShown(this.legend, series.length > 1);
    const sentence = series.length === 1 ? `${key} by step.` : `${key} by step of ${many(series.length, "run")}.`;
    this.plane.picture.setAttribute("aria-label", sentence);
  }
}
