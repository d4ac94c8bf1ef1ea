// Params as arguments of a script, as `${args}` in a sweep's command passes them.

/** Return params as words for a shell: `--lr=0.1 '--name=a b'`. */
export function asArguments(params) {
  return Object.entries(params ?? {}).map(([name, value]) => quoted(`--${name}=${typeof value === "string" ? value : python(value)}`)).join(" ");
}

// What Python's `str` makes of a value, since that is what scripts are given.
function python(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return value.includes("'") ? JSON.stringify(value) : `'${value.replaceAll("\\", "\\\\")}'`;
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, inner]) => `${python(name)}: ${python(inner)}`).join(", ")}}`;
  return String(value);
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
