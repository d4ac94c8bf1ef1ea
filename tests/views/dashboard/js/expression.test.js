import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { matching } from "#static/expression.js";
import { leaves } from "#static/format.js";
import { SweepModel } from "#static/model.js";

const table = JSON.parse(readFileSync(new URL("../filters.json", import.meta.url), "utf-8"));

function columnsOf(runs, part) {
  const names = new Set(runs.flatMap((run) => leaves(run[part]).map(([name]) => name)));
  const leafOf = (run, name) => new Map(leaves(run[part])).get(name) ?? null;
  return Object.fromEntries([...names].map((name) => [name, runs.map((run) => leafOf(run, name))]));
}

function modelOf({ runs, parameters, metrics }) {
  const named = (names) => names.map((name) => ({ name }));
  const model = new SweepModel({ parameters: named(parameters), metrics: named(metrics) });
  const { params, summary, ...own } = runs[0];
  const columns = Object.keys(own).map((name) => [name, runs.map((run) => run[name])]);
  const nested = { params: columnsOf(runs, "params"), summary: columnsOf(runs, "summary") };
  model.apply({ cursor: "", full: true, columns: { ...Object.fromEntries(columns), ...nested } });
  return model;
}

for (const [text, expected] of table.cases) {
  test(`filter: ${text}`, () => {
    const found = () => matching(text, modelOf(table));
    if (Array.isArray(expected)) assert.deepEqual(found(), expected);
    else assert.throws(found, ({ message }) => message.includes(expected));
  });
}

test("a filter that asks for a name adds no column", () => {
  const model = modelOf(table);
  matching("planned is None", model);
  assert.ok(!model.names("params").includes("planned"));
});

test("a filter that is too long or too deep is refused", () => {
  assert.throws(() => matching(`1 ${"+ 1 ".repeat(600)}`, modelOf(table)), /more than 2000/);
  assert.throws(() => matching(`${"- ".repeat(200)}1`, modelOf(table)), /more than 50 deep/);
});
