/** A family of metrics: what is counted or measured, and its samples. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly MetricSample[];
}

/** A number, and what it is of. */
export interface MetricSample {
  /** What follows the family's name in its own: of a histogram "_bucket", "_sum" or "_count". */
  readonly suffix?: "_bucket" | "_sum" | "_count" | undefined;
  /** The values of labels, which may be of strangers. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly value: number;
}

const LONGEST_VALUE = 256;
// What deceives whoever reads it on a dashboard, ends a line, or is no UTF-8.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Families as a text that Prometheus reads, of version 0.0.4. A family without samples is left out. Values that are the same once they
 * are made safe are one sample: what has a name twice is refused whole.
 */
export function exposition(families: readonly MetricFamily[]): string {
  return families.map(familyText).join("");
}

function familyText({ name, help, type, samples }: MetricFamily): string {
  if (samples.length === 0) return "";
  const sums = new Map<string, number>();
  for (const { suffix = "", labels = {}, value } of samples) {
    const series = `${name}${suffix}${labelsText(labels)}`;
    sums.set(series, (sums.get(series) ?? 0) + value);
  }
  const head = `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n`;
  return head + Array.from(sums, ([series, value]) => `${series} ${numberText(value)}\n`).join("");
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${valueText(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

/** A label's value between its quotes: only backslashes and quotes are left to escape. */
function valueText(value: string): string {
  return safeText(value).replace(/[\\"]/g, "\\$&");
}

function safeText(value: string): string {
  const start = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 1)}…` : value;
  return start.replace(hidden, (found) => `\\u{${(found.codePointAt(0) as number).toString(16)}}`);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
