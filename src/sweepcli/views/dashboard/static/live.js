// Hearing of changes: an event stream that comes back by itself, and pulls that do not pile up.

import { getSweeps, isExported } from "./api.js";

const RETRY_MS = 2000;
const PULL_MS = 500; // between two pulls, at least, while what is shown changes
const QUIET_MS = 5000; // when it has come to its end, and only a retry would change it
const SIGNED_OUT = [401, 403];

/** Pulls when asked to: one at a time, not too often, never while nobody looks. */
export class Puller {
  #pull;
  #onProblem;
  #timer = 0;
  #isPulling = false;
  #isWanted = false;
  #last = -Infinity;
  #pause = PULL_MS;
  #isClosed = false;
  #onVisible = () => this.#plan();

  constructor(pull, onProblem) {
    this.#pull = pull;
    this.#onProblem = onProblem;
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  /** Say whether what is shown has come to its end, so that there is no hurry. */
  setQuiet(isQuiet) {
    this.#pause = isQuiet ? QUIET_MS : PULL_MS;
  }

  /** Pull soon. */
  request() {
    this.#isWanted = true;
    this.#plan();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#onVisible);
  }

  #plan() {
    if (!this.#isWanted || this.#isPulling || this.#timer || this.#isClosed || document.hidden) return;
    const wait = Math.max(0, this.#last + this.#pause - performance.now());
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  async #run() {
    this.#timer = 0;
    this.#isWanted = false;
    this.#isPulling = true;
    try {
      await this.#pull();
    } catch (problem) {
      if (problem.status !== 0) this.#onProblem(problem); // lost connections are the stream's to tell
    } finally {
      this.#isPulling = false;
      this.#last = performance.now();
      this.#plan();
    }
  }
}

/**
 * Call `onChange` when a sweep (null: any) has changed, and `onStatus` with live, lost or signed-out.
 *
 * Only while somebody looks: a browser has six connections to a server, for all its tabs.
 */
export function follow(sweepId, { onChange, onStatus }) {
  if (isExported) return () => {};
  const address = `/api/events?${new URLSearchParams(sweepId === null ? {} : { sweep: sweepId })}`;
  let source = null;
  let timer = 0;
  function open() {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.addEventListener("open", () => onStatus("live"));
    source.addEventListener("change", onChange); // the first comes at once: nothing is missed
    source.addEventListener("error", lost);
  }
  function close() {
    clearTimeout(timer);
    source?.removeEventListener("error", lost);
    source?.close();
    source = null;
  }
  async function lost() {
    onStatus("lost");
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    close();
    const why = await getSweeps().then(() => null, (problem) => problem);
    if (SIGNED_OUT.includes(why?.status)) onStatus("signed-out");
    timer = setTimeout(open, RETRY_MS);
  }
  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  open();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}
