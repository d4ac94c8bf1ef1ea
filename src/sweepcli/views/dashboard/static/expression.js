// A small reader of filter expressions, for pages that were exported and have no server to ask:
// comparisons, also chained, with `and`, `or`, `not`, `in` and brackets.

const WORD =
  /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|('[^']*'|"[^"]*")|(==|!=|<=|>=|[<>()[\],-])|([^\s()[\],<>=!'"]+))/y;
const WORDS = { True: true, true: true, False: false, false: false, None: null, null: null };
const JOINING = ["and", "or", "not", "in"];
const COMPARISONS = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => isOrdered(a, b) && a < b,
  "<=": (a, b) => isOrdered(a, b) && a <= b,
  ">": (a, b) => isOrdered(a, b) && a > b,
  ">=": (a, b) => isOrdered(a, b) && a >= b,
  in: (a, b) => Array.isArray(b) && b.includes(a),
};

function isOrdered(one, other) {
  return one !== null && typeof one === typeof other;
}

/** Return the numbers of the runs in columns for which an expression is true. */
export function matching(expression, columns) {
  const passes = new Reader(expression, columns).whole();
  return columns.number.filter((_, row) => passes(row) === true);
}

function words(text) {
  const found = [];
  WORD.lastIndex = 0;
  while (text.slice(WORD.lastIndex).trim()) {
    const at = WORD.lastIndex;
    const match = WORD.exec(text);
    if (!match) throw new Error(`The filter cannot be read from “${text.slice(at).trim()}” on.`);
    const [, number, quoted, mark, name] = match;
    if (number !== undefined) found.push({ value: Number(number) });
    else if (quoted !== undefined) found.push({ value: quoted.slice(1, -1) });
    else found.push({ mark: mark ?? name, isName: name !== undefined });
  }
  return found;
}

/** Reads an expression into a function from a row to its value. */
class Reader {
  #words;
  #columns;
  #at = 0;

  constructor(text, columns) {
    this.#words = words(text);
    this.#columns = columns;
  }

  whole() {
    const read = this.#or();
    if (this.#at < this.#words.length)
      throw new Error(`The filter does not go on with “${this.#next()}”.`);
    return read;
  }

  #next() {
    const word = this.#words[this.#at];
    return word && (word.mark ?? String(word.value));
  }

  #takes(mark) {
    if (this.#words[this.#at]?.mark !== mark) return false;
    this.#at += 1;
    return true;
  }

  #needs(mark) {
    if (!this.#takes(mark))
      throw new Error(
        `The filter lacks “${mark}”${this.#next() ? ` before “${this.#next()}”` : " at its end"}.`,
      );
  }

  #or() {
    const parts = [this.#and()];
    while (this.#takes("or")) parts.push(this.#and());
    return parts.length === 1 ? parts[0] : (row) => parts.some((part) => part(row) === true);
  }

  #and() {
    const parts = [this.#not()];
    while (this.#takes("and")) parts.push(this.#not());
    return parts.length === 1 ? parts[0] : (row) => parts.every((part) => part(row) === true);
  }

  #not() {
    if (!this.#takes("not")) return this.#comparison();
    const inner = this.#not();
    return (row) => inner(row) !== true;
  }

  #comparison() {
    let left = this.#value();
    const parts = [];
    for (let mark = this.#next(); Object.hasOwn(COMPARISONS, mark ?? ""); mark = this.#next()) {
      this.#at += 1;
      const [one, other] = [left, this.#value()];
      parts.push((row) => COMPARISONS[mark](one(row), other(row)));
      left = other;
    }
    return parts.length ? (row) => parts.every((part) => part(row)) : left;
  }

  #value() {
    const word = this.#words[this.#at];
    if (!word) throw new Error("The filter ends too early.");
    if (this.#takes("(")) return this.#inBrackets();
    if (this.#takes("[")) return this.#list();
    if (this.#takes("-")) {
      const inner = this.#value();
      return (row) => -inner(row);
    }
    this.#at += 1;
    if (!word.mark) return () => word.value;
    if (!word.isName || JOINING.includes(word.mark))
      throw new Error(`The filter does not go on with “${word.mark}”.`);
    return Object.hasOwn(WORDS, word.mark) ? () => WORDS[word.mark] : this.#column(word.mark);
  }

  #inBrackets() {
    const inner = this.#or();
    this.#needs(")");
    return inner;
  }

  #list() {
    const values = [];
    while (!this.#takes("]")) {
      values.push(this.#value());
      if (!this.#takes(",") && this.#next() !== "]") this.#needs("]");
    }
    return (row) => values.map((value) => value(row));
  }

  #column(name) {
    const { params, summary, ...own } = this.#columns;
    const column = [
      params[name],
      summary[name],
      own[name],
      params[name.replace(/^params\./, "")],
      summary[name.replace(/^summary\./, "")],
    ].find(Boolean);
    if (!column) throw new Error(`No run has “${name}”.`);
    return (row) => column[row];
  }
}
