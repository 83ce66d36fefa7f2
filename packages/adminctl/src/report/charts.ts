/** Charts as SVG within the page, coloured by its style sheet, each with a title that says what it shows. */
import type { Waits } from '@receptionist/core';
import { html, type Markup, NOTHING } from './html.ts';

export interface Series {
  name: string;
  /** One for each bar. */
  values: number[];
}

interface Stack {
  title: string;
  /** Of the bars. */
  names: string[];
  /** From the bottom up. */
  series: Series[];
}

const WIDTH = 960;
const HEIGHT = 260;
const LEFT = 40;
const TOP = 12;
const BOTTOM = 28;
const PLOT = HEIGHT - TOP - BOTTOM;
const MOST_LABELS = 10;

export function stackedBars({ title, names, series }: Stack): Markup {
  const totals = names.map((_, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const step = tickStep(Math.max(1, ...totals));
  const top = step * Math.ceil(Math.max(1, ...totals) / step);
  const y = (value: number) => round(TOP + PLOT * (1 - value / top));
  const slot = (WIDTH - LEFT) / names.length;
  const x = (i: number) => LEFT + slot * i;
  const ticks = Array.from({ length: top / step + 1 }, (_, i) => i * step);
  const every = Math.ceil(names.length / MOST_LABELS);
  return html`<svg class="days" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y(tick)}" y2="${y(tick)}"/><text class="end" x="${LEFT - 8}" y="${y(tick) + 4}">${tick}</text>`)}
${names.map((name, i) => bar({ name, x: round(x(i) + slot * 0.1), width: round(slot * 0.8), y }, series, i))}
${names.map((name, i) => (i % every === 0 ? html`<text class="middle" x="${round(x(i) + slot / 2)}" y="${HEIGHT - 8}">${name}</text>` : NOTHING))}
</svg>`;
}

interface Place {
  name: string;
  x: number;
  width: number;
  y: (value: number) => number;
}

function bar({ name, x, width, y }: Place, series: Series[], i: number): Markup {
  let below = 0;
  const parts = series.map(({ name: part, values }, number) => {
    const value = values[i] ?? 0;
    const [bottom, top] = [y(below), y(below + value)];
    below += value;
    if (value === 0) return NOTHING;
    return html`<rect class="series-${number}" x="${x}" y="${top}" width="${width}" height="${round(bottom - top)}"><title>${name}: ${part}, ${value}</title></rect>`;
  });
  return html`${parts}`;
}

/** 1, 2 or 5 times a power of ten, so that there are five lines at most. */
function tickStep(most: number): number {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power;
}

/** A bar in a table's cell; `kind` is its class. */
export function meter(share: number, kind: string): Markup {
  return html`<svg class="meter" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="200" height="14"/><rect class="${kind}" width="${round(200 * share)}" height="14"/></svg>`;
}

const SHORTEST_S = 1;
const LONGEST_S = 86_400;

/** From the median to the ninetieth percentile, on a scale on which each line is ten times, or some six times, the one before. */
export function range({ p50_s, p90_s }: Waits): Markup {
  if (p50_s === null || p90_s === null) return NOTHING;
  const [p50, p90] = [onScale(p50_s), onScale(p90_s)];
  return html`<svg class="range" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">${SCALE.map(({ at }) => html`<line class="grid" x1="${at}" x2="${at}" y1="0" y2="16"/>`)}<line class="span" x1="${p50}" x2="${p90}" y1="8" y2="8"/><line class="half" x1="${p50}" x2="${p50}" y1="2" y2="14"/><line class="most" x1="${p90}" x2="${p90}" y1="2" y2="14"/></svg>`;
}

function onScale(seconds: number): number {
  const within = Math.min(Math.max(seconds, SHORTEST_S), LONGEST_S);
  return round(198 * (Math.log(within / SHORTEST_S) / Math.log(LONGEST_S / SHORTEST_S)) + 1);
}

const SCALE = [
  { name: '1s', seconds: 1 },
  { name: '10s', seconds: 10 },
  { name: '1m', seconds: 60 },
  { name: '10m', seconds: 600 },
  { name: '1h', seconds: 3600 },
  { name: '6h', seconds: 21_600 },
  { name: '1d', seconds: 86_400 },
].map(({ name, seconds }) => ({ name, at: onScale(seconds) }));

export function scale(): Markup {
  return html`<svg class="scale" viewBox="0 0 400 24" role="img" aria-label="scale from one second to one day">${SCALE.map(
    ({ name, at }, i) =>
      html`<text class="${i === 0 ? 'start' : i === SCALE.length - 1 ? 'end' : 'middle'}" x="${round(at * 2)}" y="17">${name}</text>`,
  )}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
