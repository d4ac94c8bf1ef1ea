// Ticks: the round numbers that label an axis, and how a number is written on one.

const PLAIN_FROM = 1e-3;
const PLAIN_BELOW = 1e5;
const PLAIN_TICK_BELOW = 1e7; // as neighbours are written alike, however round one of them is
const MOST = 24; // however fine the step is, so that a range of a few ulps ends

/** Return a number as short text with some significant digits: 0.0123, 4500, 1.2e-7. */
export function compact(number, digits = 4) {
  if (!Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  const isPlain = size === 0 || (size >= PLAIN_FROM && size < PLAIN_BELOW);
  if (!isPlain) return scientific(number, digits - 1);
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(digits)));
}

/** Return round values between two numbers, about as many as asked: [{value, label}]. */
export function linearTicks(low, high, count) {
  const step = roundStep(high / count - low / count);
  if (!(step > 0)) return [{ value: low, label: compact(low, 6) }];
  const ticks = [];
  const last = high + step * 1e-9;
  for (let index = Math.ceil(low / step - 1e-9); index * step <= last; index += 1) {
    const value = index * step;
    if (Number.isFinite(value)) ticks.push({ value, label: stepLabel(value, step) });
    if (ticks.length === MOST) break;
  }
  return distinct(ticks);
}

/** Return powers of ten between two positive numbers; in short ranges also multiples of them. */
export function logTicks(low, high, count) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const decades = last - first + 1;
  const stride = Math.max(1, Math.ceil(decades / count));
  if (decades >= 3 || (decades === 2 && count <= 3)) return decadeTicks(first, last, stride);
  const isInside = ({ value }) =>
    value >= low * (1 - 1e-9) && value / high <= 1 + 1e-9 && Number.isFinite(value);
  const ticks = multiples(first - 1, last, [1, 2, 5]).filter(isInside);
  if (ticks.length < 2) return linearTicks(low, high, count);
  return ticks.length > count + 1 ? ticks.filter(({ label }) => /^[^1-9]*1/.test(label)) : ticks;
}

function decadeTicks(first, last, stride) {
  const ticks = [];
  const from = Math.ceil(first / stride) * stride;
  for (let power = from; power <= last; power += stride) ticks.push(powerTick(power, 1));
  return ticks;
}

function multiples(first, last, factors) {
  const powers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return powers.flatMap((power) => factors.map((factor) => powerTick(power, factor)));
}

// Read from text, since 10 ** -5 is not the number that 1e-5 is.
function powerTick(power, factor) {
  const value = Number(`${factor}e${power}`);
  return { value, label: compact(value) };
}

function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9));
  return factor * power;
}

function stepLabel(value, step) {
  const size = Math.abs(value);
  if (size < step / 2) return "0";
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const isPlain = size < PLAIN_TICK_BELOW && size >= PLAIN_FROM && decimals <= 12;
  return isPlain ? value.toFixed(decimals) : scientific(value, digitsBetween(size, step));
}

function digitsBetween(size, step) {
  return Math.min(
    12,
    Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step) + 1e-9)),
  );
}

function scientific(number, digits) {
  return number
    .toExponential(Math.max(0, digits))
    .replace(/(\.\d*?)0+e/, "$1e")
    .replace(".e", "e")
    .replace("e+", "e");
}

function distinct(ticks) {
  return ticks.filter((tick, index) => index === 0 || tick.label !== ticks[index - 1].label);
}
