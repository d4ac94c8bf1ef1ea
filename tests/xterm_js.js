// The terminal of VS Code without a window: a request a line, as JSON, and for each an answer.

import { createInterface } from "node:readline";
import xterm from "@xterm/headless";

const [cols, rows] = process.argv.slice(2).map(Number);
const terminal = new xterm.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true });

for await (const line of createInterface({ input: process.stdin })) {
  const { written, size } = JSON.parse(line);
  await new Promise((done) => terminal.write(Buffer.from(written, "base64"), done));
  if (size) {
    terminal.resize(...size);
  }
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: buffer.length }, (_, at) =>
    buffer.getLine(at).translateToString(true),
  );
  console.log(JSON.stringify({ lines, above: buffer.baseY }));
}
