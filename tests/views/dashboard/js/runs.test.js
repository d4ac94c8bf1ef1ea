import assert from "node:assert/strict";
import { test } from "node:test";
import { bestSoFar, timeUnit } from "#static/history.js";
import { SweepModel } from "#static/model.js";
import { bucketsOf, metricAxes, NO_BUCKET, parameterAxis } from "#static/parallel_axes.js";
import { brushFilter, keyed, rescaled } from "#static/parallel_brush.js";
import { moved } from "#static/parallel_frame.js";
import { drawingOrder, nearestLine } from "#static/parallel_lines.js";
import { csvText, ordered } from "#static/rows.js";
import { linearScale, numberScale } from "#static/scale.js";

const LR = { name: "lr", kind: "number", scale: "log", min: 1e-3, max: 1 };

function modelOf(columns, full = true) {
  const metric = { name: "loss", goal: "minimize" };
  const model = new SweepModel({ parameters: [LR], metric, metrics: [metric] });
  model.apply({ cursor: "1", full, columns });
  return model;
}

function three() {
  return modelOf({
    number: [1, 2, 3],
    state: ["finished", "failed", "running"],
    value: [0.5, null, "NaN"],
    params: { lr: [0.1, 0.01, 1], name: ["b", "a10", 'a2 "x",'] },
    summary: { list: [null, [1], null] },
  });
}

test("rows keep the order of numbers, and selected runs stay selected", () => {
  const model = modelOf({ number: [1, 4], state: ["finished", "running"], params: { lr: [1, 4] } });
  model.toggleSelected(1);
  model.apply({ cursor: "2", full: false, columns: { number: [2, 4], params: { lr: [2, 5] } } });
  assert.deepEqual(model.column("number"), [1, 2, 4]);
  assert.deepEqual(model.column("params.lr"), [1, 2, 5]);
  assert.deepEqual([...model.selected], [2]);
  model.apply({ cursor: "3", full: true, columns: { number: [4], params: {} } });
  assert.deepEqual([...model.selected], [0]);
  assert.deepEqual(model.names("params"), []);
});

test("a row is visible when it passes all filters", () => {
  const model = three();
  let events = 0;
  const off = model.on("visible", () => {
    events += 1;
  });
  model.filters.setBrush("lr", (row) => row < 2);
  model.filters.setExpression("…", [2, 3]);
  assert.deepEqual([...model.visible], [0, 1, 0]);
  model.filters.setStateShown("failed", false);
  assert.equal(model.shown, 0);
  model.filters.clear();
  off();
  model.filters.setStateShown("running", false);
  assert.deepEqual([model.shown, events], [2, 4]);
});

test("rows are ordered by numbers, then texts; what is missing comes last", () => {
  const model = three();
  const rows = (name, isDescending) => [...ordered(model, { name, isDescending })];
  assert.deepEqual(rows("number", true), [2, 1, 0]);
  assert.deepEqual(rows("params.lr", false), [1, 0, 2]);
  assert.deepEqual(rows("params.name", false), [2, 1, 0]);
  assert.deepEqual(rows("value", false), [0, 1, 2]);
  assert.deepEqual(rows("value", true), [0, 1, 2]);
});

test("CSV has exact values, quoted where they need it", () => {
  const columns = ["number", "params.name", "value", "summary.list"].map((name) => ({ name }));
  assert.equal(
    csvText(three(), [2, 1], columns),
    'number,name,value,summary.list\n3,"a2 ""x"",",NaN,\n2,a10,,[1]\n',
  );
  const both = [{ name: "value" }, { name: "params.value" }];
  assert.equal(csvText(three(), [], both), "value,params.value\n");
});

test("an infinity in CSV is what every reader takes for a float", () => {
  const model = { column: () => [null, 1.5, "Infinity", "-Infinity"] };
  const ofRows = (rows) => csvText(model, rows, [{ name: "loss" }]);
  assert.equal(ofRows([0, 1, 2, 3]), "loss\n\n1.5\ninf\n-inf\n");
  assert.equal(ofRows([0, 3, 2]), "loss\n\n-1e999\ninf\n");
});

test("the best so far goes on in the order of x alone", () => {
  assert.deepEqual(bestSoFar([3, 1, 2, null], [1, 5, 7, 0], "minimize"), [1, 0]);
  assert.deepEqual(bestSoFar([3, 1, 2], [1, 5, 7], "maximize"), [1, 2]);
  assert.deepEqual(
    [1, 130, 8_000, 200_000].map((each) => timeUnit(each).name),
    ["seconds", "minutes", "hours", "days"],
  );
});

test("an axis has a share for each run, and colours follow the metric", () => {
  const model = three();
  assert.deepEqual(
    [...parameterAxis(model, LR).shares].map((share) => share.toFixed(2)),
    ["0.67", "0.33", "1.00"],
  );
  const [metric] = metricAxes(model, () => undefined);
  assert.deepEqual([metric.key, metric.missing, metric.isFlat], ["loss", 2, true]);
  assert.deepEqual([...bucketsOf(metric, 3)], [31, NO_BUCKET, NO_BUCKET]);
});

test("a brush lets runs pass, says which, and follows another scale", () => {
  const model = three();
  const axis = parameterAxis(model, LR);
  const { predicate, label } = brushFilter(model, axis, [0.5, 1]);
  assert.deepEqual([0, 1, 2].map(predicate), [true, false, true]);
  assert.equal(label, "0.0316 – 1");
  assert.equal(brushFilter(model, axis, [-1, -1]).label, "none");
  const linear = numberScale("linear", [1e-3, 1]);
  assert.deepEqual(rescaled([0, 1], axis.scale, linear), [0, 1]);
});

test("arrow keys make, move and resize a brush", () => {
  const scale = linearScale(0, 1);
  const rounded = (brush) => brush.map((share) => Number(share.toFixed(3)));
  assert.deepEqual(rounded(keyed(null, { key: "ArrowUp" }, scale)), [0.95, 1]);
  assert.deepEqual(rounded(keyed([0.2, 0.4], { key: "ArrowDown" }, scale)), [0.15, 0.35]);
  const longer = keyed([0.2, 0.4], { key: "ArrowUp", shiftKey: true }, scale);
  assert.deepEqual(rounded(longer), [0.2, 0.45]);
  assert.equal(keyed(null, { key: "a" }, scale), null);
  assert.deepEqual(moved(["a", "b", "c"], "a", 9), ["b", "c", "a"]);
});

test("lines are drawn from the worst to the best, and found where they pass", () => {
  const order = drawingOrder(Uint8Array.from([5, NO_BUCKET, 0, 5]), (row) => row !== 3);
  assert.deepEqual([...order], [1, 2, 0]);
  const ys = [Float32Array.from([0, 50, 100]), Float32Array.from([0, 50, 100])];
  const scene = { xs: [0, 100], ys, order: Uint32Array.from([0, 1, 2]) };
  assert.equal(nearestLine(scene, 50, 53), 1);
  assert.equal(nearestLine(scene, 50, 75), -1);
  assert.equal(nearestLine(scene, 500, 50), -1);
});
