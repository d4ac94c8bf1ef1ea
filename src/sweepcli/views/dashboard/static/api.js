// What the page asks of the server; each function returns the answer or throws an ApiError.
// An exported page carries its data with it, and asks no server.

const element = document.getElementById("sweepcli-data");
const embedded = element ? JSON.parse(element.textContent) : null;

/** Whether this page was exported: nothing changes, and there are no pages of runs. */
export const isExported = embedded !== null;

/** When it was, in seconds since the epoch; null for a page that is served. */
export const exportedAt = embedded?.exported_at ?? null;

/** A request that failed, in a sentence. Status 0: the server could not be reached. */
class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, query = {}, options = {}) {
  const text = new URLSearchParams(query).toString();
  const address = text ? `${path}?${text}` : path;
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new ApiError(0, "The server does not answer. Is `sweep ui` still running?");
  }
  const answer = await response.text();
  if (!response.ok) throw new ApiError(response.status, sentenceOf(answer, response));
  try {
    return JSON.parse(answer);
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
  const isSentence = text && text.length < 200 && !text.startsWith("<");
  return isSentence ? text : `The server answered ${response.status}.`;
}

const sweepAddress = (id) => `/api/sweeps/${encodeURIComponent(id)}`;
const runAddress = (id) => `/api/runs/${encodeURIComponent(id)}`;

/** Return {sweeps, results}. */
export async function getSweeps() {
  return ask("/api/sweeps");
}

/** Return the record of a sweep. */
export async function getSweep(id) {
  return embedded?.sweep ?? ask(sweepAddress(id));
}

/** Return the runs that changed since a cursor; all of them without one. */
export async function getRuns(id, cursor = "") {
  return embedded?.runs ?? ask(`${sweepAddress(id)}/runs`, cursor ? { since: cursor } : {});
}

/** Return how much each parameter matters. */
export async function getImportance(id) {
  return embedded?.importance ?? ask(`${sweepAddress(id)}/importance`);
}

/** Return {numbers} of the runs for which an expression is true. */
export async function getMatching(id, expression, signal) {
  return ask(`${sweepAddress(id)}/matching`, { filter: expression }, { signal });
}

/** Return the curves of some runs: of one name, or of the metric's. */
export async function getCurves(id, runs, key = null) {
  const query = { runs: runs.join(","), ...(key === null ? {} : { key }) };
  return embedded?.curves ?? ask(`${sweepAddress(id)}/curves`, query);
}

/** Return everything about a run. */
export async function getRun(id) {
  return ask(runAddress(id));
}

/** Return a piece of what an attempt printed: from a byte on, or the end. */
export async function getOutput(id, attempt, from = null) {
  return ask(`${runAddress(id)}/output`, { attempt, ...(from === null ? {} : { from }) });
}

/** Return the beginning of what was changed since the commit of a run's code. */
export async function getPatch(id) {
  return ask(`${runAddress(id)}/patch`);
}

/** Pause, resume, stop or cancel a sweep; the header is what other sites cannot send. */
export async function setState(id, verb) {
  const headers = { "Content-Type": "application/json", "X-Sweepcli": "1" };
  const options = { method: "POST", headers, body: JSON.stringify({ verb }) };
  return ask(`${sweepAddress(id)}/state`, {}, options);
}
