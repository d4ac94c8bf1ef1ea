// Filter expressions, for exported pages, which have no server to ask.
//
// The language is that of sweepcli.expressions, and the names are those of sweepcli.views.columns;
// one table of cases is run on both. What is missing or cannot be computed is null.

import { RUN_STATES } from "./states.js";

const LONGEST = 2000; // characters
const DEEPEST = 50; // levels of brackets and signs
const LARGEST = 1e300; // as in Python, where whole numbers have no end
const KINDS = {
  number: /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?/iy,
  text: /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/y,
  name: /[\p{L}_][\p{L}\p{N}_]*|`[^`]*`/uy,
  sign: /\*\*|\/\/|[=!<>]=|[-+*/%<>()[\],.]/y,
};
const ESCAPES = { n: "\n", r: "\r", t: "\t", "'": "'", '"': '"', "\\": "\\" };
const KEYWORDS = // of Python, none of which is a name
  "and as assert async await break class continue def del elif else except finally for from " +
  "global if import in is lambda nonlocal not or pass raise return try while with yield";
const OTHERS_WORDS = { true: "True", false: "False", null: "None", none: "None" };
const OTHERS_SIGNS = { "&&": "and", "||": "or", "=": "==", "!": "not" };
const FIELDS =
  "number id state attempt value step exit_code duration duration_s started_at ended_at reason";
// Also `name` and so on, where nothing else has that name.
const SAID = "run.name run.notes run.tags run.code run.code_after run.environment";
const NONE = () => null;
const LITERALS = { True: () => true, False: () => false, None: NONE };

const ARITHMETIC = {
  "+": (one, other) => one + other,
  "-": (one, other) => one - other,
  "*": (one, other) => one * other,
  "/": (one, other) => one / other,
  "//": (one, other) => Math.floor(one / other),
  "%": (one, other) => one - other * Math.floor(one / other),
  "**": (one, other) => one ** other,
};
const COMPARISONS = {
  "==": isEqual,
  "!=": (one, other) => !isEqual(one, other),
  "<=": (one, other) => order(one, other) <= 0,
  ">=": (one, other) => order(one, other) >= 0,
  "<": (one, other) => order(one, other) < 0,
  ">": (one, other) => order(one, other) > 0,
  in: (one, many) => contains(many, one) === true,
  "not in": (one, many) => contains(many, one) === false,
};
const FUNCTIONS = {
  abs: (value) => (isNumber(value) ? Math.abs(value) : null),
  min: (...values) => outermost(values, (sign) => sign < 0),
  max: (...values) => outermost(values, (sign) => sign > 0),
  log10: (value) => (isNumber(value) && !(value <= 0) ? Math.log10(value) : null),
  len: (value) => (typeof value === "string" || Array.isArray(value) ? [...value].length : null),
};

/** Return the numbers of the runs of a model for which an expression is true. */
export function matching(text, model) {
  const value = new Reader(text.replaceAll("\n", " ").trim(), model).whole();
  return model.column("number").filter((_, row) => isTrue(value(row)));
}

/** Reads an expression into a function from a row to its value. */
class Reader {
  #text;
  #model;
  #tokens; // {kind, value, at}
  #place = 0;
  #depth = 0;

  constructor(text, model) {
    this.#text = text;
    this.#model = model;
  }

  whole() {
    if (!this.#text) this.#fail(0, "it is empty; write a condition such as state == 'failed'");
    if (this.#text.length > LONGEST) this.#fail(LONGEST, `it has more than ${LONGEST} characters`);
    this.#tokens = [...this.#split()];
    const value = this.#or();
    return this.#token.kind === "end" ? value : this.#fail(this.#token.at);
  }

  #fail(at, why = "this cannot be read; a name that is not like a_b.c needs backquotes: `a/b`") {
    const isEnd = at > 0 && at === this.#text.length;
    const shown = isEnd ? "something is missing at the end" : why;
    throw new Error(`filter: ${shown}\n  ${this.#text}\n  ${" ".repeat(at)}^`);
  }

  *#split() {
    for (let at = 0; at < this.#text.length; ) {
      const found = Object.keys(KINDS)
        .map((kind) => ({ kind, value: this.#match(KINDS[kind], at), at }))
        .find(({ value }) => value);
      yield found ?? this.#failAtSign(at);
      at += found.value.length + this.#match(/ */y, at + found.value.length).length;
    }
    yield { kind: "end", at: this.#text.length };
  }

  #match(pattern, at) {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }

  #failAtSign(at) {
    const sign = Object.keys(OTHERS_SIGNS).find((each) => this.#text.startsWith(each, at));
    if (sign) this.#fail(at, `'${sign}' is written '${OTHERS_SIGNS[sign]}' here`);
    this.#fail(at, "'\"".includes(this.#text[at]) ? "unterminated string literal" : undefined);
  }

  get #token() {
    return this.#tokens[this.#place];
  }

  /** Go on if one of some words or signs is next, and return it. */
  #takes(...wanted) {
    const { kind, value } = this.#token;
    if (kind === "text" || !wanted.includes(value)) return undefined;
    this.#place += 1;
    return value;
  }

  #deeper(read) {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.#fail(0, `it is nested more than ${DEEPEST} deep`);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #or() {
    const parts = [this.#and()];
    while (this.#takes("or")) parts.push(this.#and());
    return parts.length === 1 ? parts[0] : (row) => parts.some((part) => isTrue(part(row)));
  }

  #and() {
    const parts = [this.#not()];
    while (this.#takes("and")) parts.push(this.#not());
    return parts.length === 1 ? parts[0] : (row) => parts.every((part) => isTrue(part(row)));
  }

  #not() {
    if (!this.#takes("not")) return this.#comparison();
    const inner = this.#deeper(() => this.#not());
    return (row) => !isTrue(inner(row));
  }

  #comparison() {
    const parts = [];
    let left = this.#sum();
    for (let sign = this.#sign(); sign; sign = this.#sign()) {
      const [one, other] = [left, this.#sum()];
      if (sign.isForNone && other !== NONE) {
        this.#fail(sign.at, "`is` compares with None alone; use == for equal values");
      }
      const isOfNone = [one, other].includes(NONE);
      parts.push((row) => compared(COMPARISONS[sign.name], one(row), other(row), isOfNone));
      left = other;
    }
    return parts.length ? (row) => parts.every((part) => part(row)) : left;
  }

  #sign() {
    const { at } = this.#token;
    const name = this.#takes(...Object.keys(COMPARISONS), "is", "not");
    if (name === "is") return { name: this.#takes("not") ? "!=" : "==", at, isForNone: true };
    if (name !== "not") return name && { name, at };
    return this.#takes("in") ? { name: "not in", at } : this.#fail(this.#token.at);
  }

  #sum() {
    return this.#chain(["+", "-"], () => this.#chain(["*", "/", "//", "%"], () => this.#signed()));
  }

  #chain(signs, read) {
    let left = read();
    for (let sign = this.#takes(...signs); sign; sign = this.#takes(...signs)) {
      const [make, one, other] = [ARITHMETIC[sign], left, read()];
      left = (row) => computed(make, one(row), other(row));
    }
    return left;
  }

  #signed() {
    const sign = this.#takes("-", "+");
    if (!sign) return this.#power();
    const inner = this.#deeper(() => this.#signed());
    return (row) => signed(sign, inner(row));
  }

  #power() {
    const base = this.#atom();
    if (!this.#takes("**")) return base;
    const exponent = this.#deeper(() => this.#signed());
    return (row) => computed(ARITHMETIC["**"], base(row), exponent(row));
  }

  #atom() {
    const { kind, value, at } = this.#token;
    const inner =
      kind === "name" && !KEYWORDS.split(" ").includes(value) ? this.#name() : this.#literal();
    this.#refuseTrailer(at);
    return inner;
  }

  #refuseTrailer(at) {
    if (this.#takes(".")) this.#fail(at, "only the parts of a name are joined with a dot");
    if (this.#takes("(", "[")) this.#fail(at, "this is not allowed here");
  }

  #literal() {
    const { kind, value, at } = this.#token;
    if (this.#takes("[")) return listOf(this.#list("]").values);
    if (this.#takes("(")) {
      const { values, hasComma } = this.#list(")");
      return values.length === 1 && !hasComma ? values[0] : listOf(values);
    }
    if (kind !== "number" && kind !== "text") this.#fail(at);
    this.#place += 1;
    const literal = kind === "number" ? Number(value.replaceAll("_", "")) : unquoted(value);
    return () => literal;
  }

  #list(end) {
    const values = [];
    let hasComma = false;
    while (!this.#takes(end)) {
      if (values.length && !hasComma) this.#fail(this.#token.at);
      values.push(this.#deeper(() => this.#or()));
      hasComma = Boolean(this.#takes(","));
    }
    return { values, hasComma };
  }

  #name() {
    const { at } = this.#token;
    const parts = [];
    do {
      if (this.#token.kind !== "name") this.#fail(this.#token.at);
      parts.push(this.#token.value.replaceAll("`", ""));
      this.#place += 1;
    } while (this.#takes("."));
    const name = parts.join(".");
    if (Object.hasOwn(LITERALS, name)) return LITERALS[name];
    if (parts.length === 1 && this.#takes("(")) return this.#call(name, at);
    this.#refuseTrailer(at);
    return this.#column(name, at);
  }

  #call(name, at) {
    const [call, known] = [FUNCTIONS[name], Object.keys(FUNCTIONS).join(", ")];
    if (!call) this.#fail(at, `there is no function '${name}'; there are ${known}`);
    const given = listOf(this.#list(")").values);
    return (row) => (given(row).includes(null) ? null : call(...given(row)));
  }

  /** Return what reads a name: a field, else a param, else a name of the summary, else of SAID. */
  #column(name, at) {
    const model = this.#model;
    const logged = ["params", "summary"].flatMap((kind) =>
      model.names(kind).map((each) => `${kind}.${each}`),
    );
    const expected = [
      ...model.parameters.map((each) => `params.${each.name}`),
      ...(model.sweep.metrics ?? []).map((each) => `summary.${each.name}`),
    ];
    const known = [...FIELDS.split(" "), ...expected, ...logged, ...SAID.split(" ")];
    const spelled = [name, `params.${name}`, `summary.${name}`, `run.${name}`];
    const found = spelled.find((each) => known.includes(each));
    if (expected.includes(found) && !logged.includes(found)) return NONE;
    if (!found) return this.#fail(at, unknownName(name, known));
    const values = model.column(found.replace("duration_s", "duration"));
    if (found === "run.tags") return (row) => values[row] ?? []; // null where a run has none
    return (row) => values[row];
  }
}

function unknownName(name, known) {
  if (name in OTHERS_WORDS) return `${name} is written ${OTHERS_WORDS[name]} here`;
  if (RUN_STATES.includes(name)) return `text needs quotes: '${name}'`;
  return `no run has '${name}'; there are ${[...new Set(known)].join(", ")}`;
}

function listOf(values) {
  return (row) => values.map((value) => value(row));
}

function unquoted(text) {
  return text.slice(1, -1).replace(/\\(.)/g, (whole, sign) => ESCAPES[sign] ?? whole);
}

function isNumber(value) {
  return typeof value === "number" || typeof value === "boolean"; // as in Python, where True is 1
}

/** Return whether Python takes a value as true. */
function isTrue(value) {
  return Array.isArray(value) ? value.length > 0 : Number.isNaN(value) || Boolean(value);
}

function compared(compare, one, other, isOfNone) {
  return (isOfNone || (one !== null && other !== null)) && compare(one, other);
}

function isEqual(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, place) => isEqual(each, other[place]));
  }
  return isNumber(one) && isNumber(other) ? Number(one) === Number(other) : one === other;
}

/** Return a negative number, 0 or a positive one; NaN of what cannot be compared. */
function order(one, other) {
  const areTexts = typeof one === "string" && typeof other === "string";
  if (!areTexts && !(isNumber(one) && isNumber(other))) return NaN;
  if (isEqual(one, other)) return 0;
  return one < other ? -1 : one > other ? 1 : NaN;
}

/** Return whether a list or a text contains a value; null if that makes no sense. */
function contains(many, one) {
  if (Array.isArray(many)) return many.some((each) => isEqual(each, one));
  return typeof many === "string" && typeof one === "string" ? many.includes(one) : null;
}

function signed(sign, value) {
  if (!isNumber(value)) return null;
  return sign === "-" ? -value : Number(value);
}

function computed(make, one, other) {
  if (!isNumber(one) || !isNumber(other)) return null;
  const found = make(Number(one), Number(other));
  const isNone = Number.isNaN(found) && !Number.isNaN(one) && !Number.isNaN(other);
  return isNone || Math.abs(found) > LARGEST ? null : found;
}

/** Return the least or the greatest of some values; null if they cannot be compared. */
function outermost(values, isBetter) {
  const areAlike = values.every((each) => !Number.isNaN(order(each, values[0])));
  if (values.length < 2 || !areAlike) return null;
  return values.reduce((best, each) => (isBetter(order(each, best)) ? each : best));
}
