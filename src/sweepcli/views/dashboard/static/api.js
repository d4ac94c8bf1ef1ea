// What the page asks of the server; each function returns the answer or throws an ApiError.

import { answers, embedded } from "./embedded.js";

/** Whether this page was exported: nothing changes, and there are no pages of runs. */
export const isExported = embedded !== null;

/** When it was, in seconds since the epoch; null for a page that is served. */
export const exportedAt = embedded?.exported_at ?? null;

/** An answer that was none, in a sentence. Status 0: the server could not be reached. */
class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new ApiError(0, "The server does not answer. Is `sweep ui` still running?");
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, sentenceOf(text, response));
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(response.status, "The server's answer could not be read.");
  }
}

function sentenceOf(text, response) {
  try {
    const { error } = JSON.parse(text);
    if (error) return error;
  } catch {
    // no JSON: the text itself says it, if it is one line
  }
  return text && text.length < 200 && !text.startsWith("<") ? text : `The server answered ${response.status}.`;
}

const of = (id) => `/api/sweeps/${encodeURIComponent(id)}`;

/** Return {sweeps, results}. */
export async function getSweeps() {
  return isExported ? answers.sweeps() : ask("/api/sweeps");
}

/** Return the record of a sweep. */
export async function getSweep(id) {
  return isExported ? answers.sweep() : ask(of(id));
}

/** Return the runs that changed since a cursor; all of them without one. */
export async function getRuns(id, cursor = "") {
  return isExported ? answers.runs() : ask(`${of(id)}/runs?${new URLSearchParams(cursor ? { since: cursor } : {})}`);
}

/** Return how much each parameter matters. */
export async function getImportance(id) {
  return isExported ? answers.importance() : ask(`${of(id)}/importance`);
}

/** Return {numbers} of the runs that an expression takes. */
export async function getMatching(id, expression, signal) {
  if (!isExported) return ask(`${of(id)}/matching?${new URLSearchParams({ filter: expression })}`, { signal });
  try {
    return answers.matching(expression);
  } catch (problem) {
    throw new ApiError(422, problem.message);
  }
}

/** Return the curves of some runs: of one name, or of the metric's. */
export async function getCurves(id, runs, key = null) {
  if (isExported) return answers.curves(runs, key);
  return ask(`${of(id)}/curves?${new URLSearchParams({ runs: runs.join(","), ...(key === null ? {} : { key }) })}`);
}

/** Return everything about a run. */
export async function getRun(id) {
  return ask(`/api/runs/${encodeURIComponent(id)}`);
}

/** Return a piece of what an attempt printed: from a byte on, or the end. */
export async function getOutput(id, attempt, from = null) {
  const query = new URLSearchParams({ attempt, ...(from === null ? {} : { from }) });
  return ask(`/api/runs/${encodeURIComponent(id)}/output?${query}`);
}

/** Pause, resume, stop or cancel a sweep; the header is what other sites cannot send. */
export async function setState(id, verb) {
  const headers = { "Content-Type": "application/json", "X-Sweepcli": "1" };
  return ask(`${of(id)}/state`, { method: "POST", headers, body: JSON.stringify({ verb }) });
}
