// What is pointed at and chosen, over the lines of the parallel coordinates.

import { Layer } from "./canvas.js";
import { trace } from "./parallel_lines.js";

/** A layer of its own, so that pointing at a run redraws no other. */
export class Overlay {
  constructor(parent) {
    this.layer = new Layer(parent);
  }

  resize(width, height) {
    this.layer.resize(width, height);
  }

  /** Draw the chosen runs and the highlighted one; `scene` says where the lines are, null for nowhere. */
  paint(scene, { selected, highlighted, n }, theme) {
    this.layer.clear();
    if (!scene) return;
    for (const row of selected) if (row < n) this.#line(scene, row, [[theme.panel, 5], [theme.accent, 2.5]]);
    if (highlighted < 0 || highlighted >= scene.ys[0].length) return;
    this.#line(scene, highlighted, [[theme.panel, 7], [theme.ink, 3]]);
    this.#dots(scene, highlighted, theme.ink);
  }

  #line({ xs, ys }, row, strokes) {
    const { context } = this.layer;
    context.lineJoin = "round";
    for (const [colour, width] of strokes) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width });
      context.beginPath();
      trace(context, xs, ys, row);
      context.stroke();
    }
  }

  #dots({ xs, ys }, row, colour) {
    const { context } = this.layer;
    context.fillStyle = colour;
    context.beginPath();
    xs.forEach((x, axis) => {
      context.moveTo(x, ys[axis][row]);
      context.arc(x, ys[axis][row], 4.5, 0, 2 * Math.PI);
    });
    context.fill();
  }
}
