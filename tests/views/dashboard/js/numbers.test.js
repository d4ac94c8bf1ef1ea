import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketOf, goodness, rampBuckets, rampColour } from "#static/colour.js";
import * as format from "#static/format.js";
import * as scale from "#static/scale.js";
import { compact, linearTicks, logTicks } from "#static/ticks.js";

const labels = (ticks) => ticks.map(({ label }) => label);
const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);

test("numbers are short where people read them", () => {
  const cases = [
    [null, "–"],
    [0, "0"],
    [0.1 + 0.2, "0.3"],
    [123_456_789, "123456789"],
    [1e9, "1e+9"],
    [0.00001234567, "1.2346e-5"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ];
  for (const [value, text] of cases) assert.equal(format.shortNumber(value), text);
  assert.equal(format.many(1, "run"), "1 run");
  assert.equal(format.many(20_000, "run"), "20,000 runs");
});

test("times and sizes have at most two units", () => {
  const cases = [
    [null, "–"],
    [0.01, "< 0.1 s"],
    [9.96, "10 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3_725, "1 h 2 min"],
    [90_000, "1 d 1 h"],
  ];
  for (const [seconds, text] of cases) assert.equal(format.duration(seconds), text);
  assert.equal(format.age(Date.now() / 1000 - 7_300), "2 h ago");
  assert.equal(format.age(null), "–");
  assert.deepEqual([10, 2_048, 3 * 1024 ** 2].map(format.bytes), ["10 B", "2.0 KB", "3.0 MB"]);
});

test("what is nested has names with dots", () => {
  assert.deepEqual(format.leaves({ a: { b: 1, c: {} }, d: [2] }), [
    ["a.b", 1],
    ["a.c", {}],
    ["d", [2]],
  ]);
});

test("a linear scale places values, and answers NaN for what is no number", () => {
  const { at, valueAt } = scale.linearScale(10, 20);
  assert.deepEqual([10, 15, 20, 5, 99].map(at), [0, 0.5, 1, 0, 1]);
  assert.ok(Number.isNaN(at("12")) && Number.isNaN(at(null)));
  assert.equal(at("Infinity"), 1);
  assert.equal(valueAt(0.25), 12.5);
});

test("a scale of equal or of enormous ends still has a length", () => {
  const flat = scale.linearScale(3, 3);
  assert.ok(flat.low < 3 && flat.high > 3);
  near(flat.at(3), 0.5);
  const wide = scale.linearScale(-Number.MAX_VALUE, Number.MAX_VALUE);
  near(wide.at(0), 0.5);
  assert.equal(wide.valueAt(1), Number.MAX_VALUE);
});

test("a log scale has equal steps for equal ratios, and is linear where it cannot be one", () => {
  const log = scale.numberScale("log", [1e-4, 1]);
  near(log.at(1e-2), 0.5);
  near(log.valueAt(0.25), 1e-3);
  assert.equal(log.at(0), 0);
  assert.equal(scale.numberScale("log", [-1, 1]).kind, "linear");
});

test("choices of any type have a place each", () => {
  const choices = scale.choiceScale(["a", 1, [1, 2], "a", null]);
  assert.deepEqual(choices.values, ["a", 1, [1, 2], null]);
  assert.equal(choices.at([1, 2]), 0.625);
  assert.ok(Number.isNaN(choices.at("1")));
  assert.equal(choices.valueAt(0.99), null);
  assert.deepEqual(labels(choices.ticks()), ["a", "1", "[1,2]", "null"]);
});

test("one diverged run does not flatten the others", () => {
  const values = [...Array(40).keys(), 1e9, null, "NaN"];
  assert.deepEqual(scale.bulk(values, "minimize"), [0, 39]);
  assert.deepEqual(scale.bulk(values, "maximize"), [0, 1e9]);
  assert.deepEqual(scale.bulk([1, 1e9], "minimize"), [1, 1e9]);
  const { ends, canBeLog } = scale.metricScale(values, "minimize", false);
  assert.deepEqual(labels(ends), ["≥ 40.6"]);
  assert.equal(canBeLog, false);
  assert.equal(scale.metricScale([null], "minimize", false), null);
});

test("a clipped end takes the place of the ticks beside it", () => {
  const ends = scale.clippedEnds([-5, 5], scale.linearScale(0, 1));
  assert.deepEqual(labels(ends), ["≤ 0", "≥ 1"]);
  const ticks = scale.linearScale(0, 1).ticks(4);
  assert.deepEqual(labels(scale.withEnds(ticks, ends, 0.1)), ["0.5", "≤ 0", "≥ 1"]);
});

test("ticks are round, distinct and written alike", () => {
  assert.deepEqual(labels(linearTicks(0, 1, 5)), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.deepEqual(labels(linearTicks(-3, 3, 3)), ["-2", "0", "2"]);
  assert.deepEqual(labels(linearTicks(1e8, 3e8, 2)), ["1e8", "2e8", "3e8"]);
  assert.equal(linearTicks(5, 5, 4).length, 1);
  assert.ok(linearTicks(1, 1 + 4 * Number.EPSILON, 4).length <= 24);
});

test("ticks of a log axis are powers of ten, and more in a short range", () => {
  assert.deepEqual(labels(logTicks(1e-5, 1e-1, 5)), ["1e-5", "1e-4", "0.001", "0.01", "0.1"]);
  assert.deepEqual(labels(logTicks(1e-8, 1e8, 4)), ["1e-5", "1", "1e5"]);
  assert.deepEqual(labels(logTicks(1, 10, 4)), ["1", "2", "5", "10"]);
  assert.equal(logTicks(1e-5, 1, 6)[0].value, 1e-5);
});

test("a number on an axis has few digits", () => {
  const cases = [
    [0.0123456, "0.01235"],
    [4500, "4500"],
    [1.2e-7, "1.2e-7"],
    [123456, "1.235e5"],
    [NaN, "NaN"],
  ];
  for (const [value, text] of cases) assert.equal(compact(value), text);
});

test("the best end of the ramp stands out from light and dark pages", () => {
  const brightness = (colour) => colour.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0);
  assert.ok(brightness(rampColour(1, false)) < brightness(rampColour(0, false)));
  assert.ok(brightness(rampColour(1, true)) > brightness(rampColour(0, true)));
  assert.equal(rampBuckets(false).length, bucketOf(1) + 1);
  assert.deepEqual([goodness(0.2, "maximize"), goodness(0.2, "minimize")], [0.2, 0.8]);
});
