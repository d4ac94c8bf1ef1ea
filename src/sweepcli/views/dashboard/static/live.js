// Keeping a page up to date: an event stream that reconnects, and requests that do not pile up.

import { getSweeps, isExported } from "./api.js";

const RETRY_MS = 2000;
const PULL_MS = 500; // between two requests, at least, while what is shown changes
const QUIET_MS = 5000; // once it has ended, and only a retry would change it
const SIGNED_OUT = [401, 403];

/**
 * Pulls what a page shows whenever a sweep (null: any) changes; `shell` shows the connection.
 *
 * One request at a time, not too often, and only while the page is visible: a browser has six
 * connections to a server, for all its tabs.
 */
export class Puller {
  #shell;
  #sweepId;
  #pull;
  #timer = 0;
  #isPulling = false;
  #isWanted = false;
  #last = -Infinity;
  #pause = PULL_MS;
  #isClosed = false;
  #onVisible = () => this.#plan();
  unfollow = () => {};

  constructor(shell, sweepId, pull) {
    this.#shell = shell;
    this.#sweepId = sweepId;
    this.#pull = pull;
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  /** Pull at every change from now on. */
  follow() {
    this.unfollow = follow(this.#sweepId, {
      onChange: () => this.request(),
      onStatus: (status) => this.#shell.setConnection(status),
    });
  }

  /** Set whether what is shown has ended, so that there is no hurry. */
  setQuiet(isQuiet) {
    this.#pause = isQuiet ? QUIET_MS : PULL_MS;
  }

  /** Pull soon. */
  request() {
    this.#isWanted = true;
    this.#plan();
  }

  close() {
    this.unfollow();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#onVisible);
  }

  #plan() {
    const isBusy = this.#isPulling || this.#timer;
    if (!this.#isWanted || isBusy || this.#isClosed || document.hidden) return;
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
      if (problem.status !== 0) this.#shell.report(problem); // the stream reports a lost connection
    } finally {
      this.#isPulling = false;
      this.#last = performance.now();
      this.#plan();
    }
  }
}

/** Call `onChange` when a sweep has changed, and `onStatus` with live, lost or signed-out. */
function follow(sweepId, { onChange, onStatus }) {
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
    const problem = await getSweeps().catch((error) => error);
    if (SIGNED_OUT.includes(problem.status)) onStatus("signed-out");
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
