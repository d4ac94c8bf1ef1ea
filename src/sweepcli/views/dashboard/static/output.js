// What a run printed: the end of it, and what it prints while it runs.

import { getOutput } from "./api.js";
import { checkbox, fill, h, setShown } from "./dom.js";
import { bytes } from "./format.js";
import { card } from "./parts.js";

const POLL_MS = 1000;
const MOST = 400_000; // characters that stay in the page
// What terminals read as colours and movements, and a page would show as noise.
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins with one
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** The card with a run's output. */
export class OutputCard {
  #id;
  #attempt = null; // null: the last
  #last = 0;
  #next = null; // the byte from which to read on
  #cut = ""; // what the note says of a beginning that is left out
  #isRunning = false;
  #isFollowing = true;
  #timer = 0;
  #turn = 0;
  #follow;
  #text = h("pre.code.output", { tabindex: "0", "aria-label": "Output" });
  #note = h("span.note");
  #select = h("select.select", {
    "aria-label": "Attempt",
    hidden: true,
    onchange: () => this.#choose(),
  });

  constructor(id) {
    this.#id = id;
    const onChange = (isOn) => this.#setFollowing(isOn);
    this.#follow = checkbox("follow", onChange, { isOn: true, hidden: true });
    const push = h("div.row", this.#select, this.#follow);
    this.element = card("Output", { note: this.#note, push, class: "output-card" }, this.#text);
  }

  /** Set which attempts there are, and whether the last one is running. */
  setAttempts(attempts, run) {
    const last = attempts.at(-1)?.attempt ?? 0;
    const isNew = last !== this.#last;
    const hasEnded = this.#isRunning && run.state !== "running";
    this.#isRunning = run.state === "running";
    setShown(this.#follow, this.#isRunning);
    this.#last = last;
    if (isNew) this.#fillSelect(attempts);
    if (this.#turn && isNew && this.#attempt === null) this.#restart();
    else if (this.#turn && (this.#isRunning || hasEnded)) this.#plan(0);
  }

  #fillSelect(attempts) {
    this.#select.hidden = attempts.length < 2;
    const option = ({ attempt }) => h("option", { value: attempt }, `attempt ${attempt}`);
    fill(this.#select, attempts.map(option));
    this.#select.value = String(this.#attempt ?? this.#last);
  }

  start() {
    this.#restart();
  }

  destroy() {
    this.#turn = 0;
    clearTimeout(this.#timer);
  }

  #choose() {
    const chosen = Number(this.#select.value);
    this.#attempt = chosen === this.#last ? null : chosen;
    this.#restart();
  }

  #setFollowing(isFollowing) {
    this.#isFollowing = isFollowing;
    this.#toEnd();
  }

  #restart() {
    this.#turn += 1;
    this.#next = null;
    this.#plan(0);
  }

  #plan(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(this.#turn), wait);
  }

  async #read(turn) {
    if (!this.#last) return this.#say("The run has not started.");
    const asked = getOutput(this.#id, this.#attempt ?? this.#last, this.#next);
    const piece = await asked.catch(({ message }) => ({ missing: message }));
    if (turn !== this.#turn) return undefined;
    this.#show(piece);
    const isBehind = piece.next < piece.size && piece.next > piece.from;
    if (isBehind) return this.#plan(0);
    return this.#isRunning && this.#attempt === null && this.#plan(POLL_MS);
  }

  #show({ text, from, next, size, missing }) {
    if (missing) return this.#say(missing, text);
    const isFirst = this.#next === null;
    this.#next = next;
    if (isFirst) this.#text.textContent = "";
    if (text || isFirst) this.#append(text);
    if (isFirst) this.#cut = from > 0 ? `the last ${bytes(size - from)} of ` : "";
    const nothing = this.#isRunning ? "nothing printed yet" : "nothing printed";
    this.#note.textContent = size ? `${this.#cut}${bytes(size)}` : nothing;
    return this.#text.classList.toggle("is-empty", !size);
  }

  #append(text) {
    const isAtEnd = this.#text.scrollHeight - this.#text.scrollTop - this.#text.clientHeight < 40;
    const whole = this.#text.textContent + shownText(text);
    this.#text.textContent = whole.length > MOST ? whole.slice(-MOST) : whole;
    if (isAtEnd) this.#toEnd();
  }

  #toEnd() {
    if (this.#isFollowing) this.#text.scrollTop = this.#text.scrollHeight;
  }

  /** Show a sentence in place of the output, or above what there is of it. */
  #say(sentence, text = "") {
    this.#note.textContent = text ? sentence : "";
    this.#text.textContent = text ? shownText(text) : sentence;
    this.#text.classList.toggle("is-empty", !text);
  }
}

/** Return a text without escapes, each line as it is after its last carriage return. */
function shownText(text) {
  return text
    .replace(ESCAPES, "")
    .replaceAll("\r\n", "\n")
    .replace(/[^\n]*\r(?=[^\n])/g, "")
    .replaceAll("\r", "");
}
