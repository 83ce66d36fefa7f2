/** The page's only style sheet. Colours are Okabe and Ito's, which the colour-blind can tell apart; none says anything alone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1a1d21; --soft: #5a6270; --line: #dfe3e8; --page: #f5f6f8; --card: #ffffff; --track: #e9ecf0;
  --good: #00805e; --fair: #b36b00; --poor: #b3261e; --unknown: #8a919c;
  --series-0: #0072b2; --series-1: #e69f00; --series-2: #009e73; --series-3: #cc79a7; --series-4: #56b4e9; --series-5: #d55e00; --series-6: #a3a9b3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --soft: #a3abb8; --line: #343a43; --page: #14171a; --card: #1d2126; --track: #2c323a;
    --good: #35c197; --fair: #f0b040; --poor: #ff8a80; --unknown: #8a919c;
    --series-0: #3d9bd6; --series-1: #e8ab2e; --series-2: #2cb890; --series-3: #d894bb; --series-4: #8fcdf2; --series-5: #ef7d3c; --series-6: #6c7480;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.75rem; font-size: 1.05rem; }
p { margin: 0.25rem 0; }
.soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0 0.75rem; padding: 0; list-style: none; }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tiles li { padding: 0.9rem 1rem; color: var(--soft); font-size: 0.85rem; line-height: 1.35; }
.tiles strong { display: block; color: var(--ink); font-size: 1.7rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles .good strong { color: var(--good); } .tiles .fair strong { color: var(--fair); } .tiles .poor strong { color: var(--poor); }
section { padding: 1.1rem 1.25rem 1.25rem; margin: 0.75rem 0; overflow-x: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0.75rem; margin: 0.75rem 0; }
.pair > section { margin: 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.32rem 0.6rem 0.32rem 0; text-align: left; vertical-align: middle; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: 0.8rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; overflow-wrap: break-word; }
.number { text-align: right; }
.number, .whole { white-space: nowrap; }
.chart { width: 46%; }
.chart svg { min-width: 8rem; }
tr.group th, tr.group td { border-top: 2px solid var(--line); }
tbody tr:first-child.group th, tbody tr:first-child.group td { border-top-width: 1px; }
svg { display: block; width: 100%; }
svg text { fill: var(--soft); font-size: 12px; font-family: inherit; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.meter { height: 0.85rem; border-radius: 3px; } .range { height: 1rem; }
.track { fill: var(--track); }
.meter .count { fill: var(--series-0); }
.meter .good { fill: var(--good); } .meter .fair { fill: var(--fair); } .meter .poor { fill: var(--poor); } .meter .unknown { fill: none; }
.span { stroke: var(--series-4); stroke-width: 5; vector-effect: non-scaling-stroke; }
.half { stroke: var(--series-0); stroke-width: 4; vector-effect: non-scaling-stroke; }
.most { stroke: var(--series-1); stroke-width: 4; vector-effect: non-scaling-stroke; }
.days rect { stroke: var(--card); stroke-width: 1; }
${[0, 1, 2, 3, 4, 5, 6].map((i) => `.series-${i} { fill: var(--series-${i}); background: var(--series-${i}); }`).join('\n')}
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0 0 0.75rem; padding: 0; list-style: none; color: var(--soft); font-size: 0.85rem; }
.legend i { display: inline-block; width: 0.75rem; height: 0.75rem; margin-right: 0.4rem; border-radius: 2px; vertical-align: -1px; }
.legend .half-key { background: var(--series-0); } .legend .most-key { background: var(--series-1); }
details { margin-top: 0.75rem; } summary { color: var(--soft); cursor: pointer; font-size: 0.85rem; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: 0.8rem; }
@page { margin: 13mm; }
@media print {
  :root {
    color-scheme: light;
    --ink: #000000; --soft: #444b55; --line: #cfd4da; --page: #ffffff; --card: #ffffff; --track: #e9ecf0;
    --good: #00805e; --fair: #b36b00; --poor: #b3261e;
    --series-0: #0072b2; --series-1: #e69f00; --series-2: #009e73; --series-3: #cc79a7; --series-4: #56b4e9; --series-5: #d55e00; --series-6: #a3a9b3;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 9.5pt; } main { max-width: none; padding: 0; }
  .tiles { grid-template-columns: repeat(6, 1fr); gap: 0.5rem; } .tiles li { padding: 0.6rem; } .tiles strong { font-size: 1.3rem; }
  .long { font-size: 8pt; }
  section, .tiles li, tr { break-inside: avoid; }
  section.long { break-inside: auto; } section { overflow: visible; }
  h2 { break-after: avoid; } thead { display: table-header-group; }
  .pair { grid-template-columns: 1fr 1fr; } .pair > section { padding: 0.8rem; }
  details { display: none; }
}
`;
