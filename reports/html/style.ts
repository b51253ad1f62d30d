import { PALETTE } from './palette.js';

/** The style sheet of the page. */
export const STYLE = `
${PALETTE}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); font-feature-settings: "cv05", "ss03"; }
main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; }
code, pre { font-family: var(--mono); font-size: .86em; }
.number { font-variant-numeric: tabular-nums; }

.verdict { padding: 2.5rem 0 2rem; --tone: var(--good); }
.verdict.bad { --tone: var(--bad); }
.verdict.warn { --tone: var(--warn); }
.brand { display: flex; align-items: center; gap: .6rem; color: var(--muted); font-size: .82rem; letter-spacing: .06em; margin-bottom: 2.75rem; }
.brand svg { width: 4rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linejoin: round; stroke-linecap: round; }
.brand .dead { stroke-dasharray: .1 3; stroke: var(--bad); stroke-width: 1.8; }
.scenario { font-size: 1.15rem; font-weight: 600; }
.description { color: var(--muted); max-width: 44rem; }
h1 { display: flex; align-items: center; gap: 1.1rem; margin: 1.4rem 0 .7rem; font-size: clamp(2.5rem, 7vw, 4.25rem); line-height: 1.05; font-weight: 650; letter-spacing: -.03em; color: var(--tone); }
.sign { flex: none; width: .86em; height: .86em; padding: .12em; border-radius: 50%; background: var(--tone); fill: none; stroke: var(--paper); stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
.detail { max-width: 46rem; font-size: 1.1rem; }
.facts { display: flex; flex-wrap: wrap; gap: .35rem 1.75rem; margin-top: 1.6rem; font-size: .88rem; }
.facts div { display: flex; gap: .45rem; }
.facts dt { color: var(--muted); }
.facts dd { font-family: var(--mono); font-size: .94em; }
.replay { display: flex; align-items: baseline; gap: .8rem; margin-top: 1rem; padding: .7rem 1rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; overflow-x: auto; }
.replay span { color: var(--muted); font-size: .82rem; }
.replay code { white-space: pre; user-select: all; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
.figures div { padding: 1.1rem 1rem 1rem 0; }
.figures dd { font-size: 1.65rem; font-weight: 600; letter-spacing: -.02em; line-height: 1.2; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures dt { color: var(--muted); font-size: .84rem; }

section { padding-top: 3rem; }
h2 { font-size: 1.4rem; font-weight: 650; letter-spacing: -.015em; margin-bottom: .9rem; }
h3 { font-size: 1rem; font-weight: 600; }
.empty { color: var(--muted); max-width: 46rem; }
.summary { color: var(--muted); font-size: .92rem; max-width: 46rem; }
section > h3 { margin-top: 1.8rem; margin-bottom: .4rem; }

.scroll { overflow-x: auto; }
.scroll:focus-visible, pre:focus-visible, summary:focus-visible { outline: 2px solid var(--neutral); outline-offset: 2px; border-radius: 3px; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th { text-align: left; font-weight: 500; color: var(--muted); font-size: .84rem; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td { padding: .42rem 1rem .42rem 0; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
th.number, td.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.expectations td:last-child, .expectations th:last-child { width: 7rem; padding-left: 1rem; }
.expectations tr.bad td { background: color-mix(in srgb, var(--bad) 7%, transparent); }
.outcome { display: inline-flex; align-items: center; gap: .45rem; font-size: .88rem; font-weight: 500; color: var(--tone, var(--ink)); }
.outcome::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: currentColor; }
.outcome.good { --tone: var(--good); }
.outcome.bad { --tone: var(--bad); }
.outcome.bad::before { border-radius: 1px; }
.outcome.warn { --tone: var(--warn); }
.outcome.warn::before { background: none; border: 2px solid currentColor; }

.chart + .chart { margin-top: 2.2rem; }
.canvas { position: relative; height: 17rem; margin-top: .6rem; }
.legend { display: flex; gap: 1.2rem; padding: 0; margin-top: .4rem; list-style: none; font-size: .88rem; }
.legend li { display: flex; align-items: center; gap: .45rem; }
.legend li::before { content: ""; width: .8rem; height: .8rem; border-radius: 2px; background: currentColor; }
.tone-p2p::before { color: var(--p2p); } .tone-sfu::before { color: var(--sfu); }

.violation + .violation { margin-top: 2.5rem; padding-top: 2rem; border-top: 1px solid var(--rule); }
.violation h3 { display: flex; flex-wrap: wrap; gap: .8rem; align-items: baseline; }
.at { color: var(--muted); font-weight: 400; }
.subjects { display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; margin-top: .5rem; list-style: none; font: .82rem var(--mono); }
.subjects li { padding: .1rem .5rem; border: 1px solid var(--rule); border-radius: 4px; }
.diagram { margin-top: 1rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; padding: .5rem; }
.sequence { display: block; font: 12px var(--sans); }
.sequence text { fill: var(--ink); paint-order: stroke; stroke: var(--raised); stroke-width: 4px; stroke-linejoin: round; }
.sequence rect.host { fill: var(--paper); stroke: var(--rule); }
.sequence text.host { font-weight: 600; stroke: none; }
.sequence .life { stroke: var(--rule); stroke-width: 1.5; }
.sequence .time { fill: var(--muted); font: 11px var(--mono); stroke: none; }
.sequence .event line { stroke: var(--neutral); stroke-width: 1.5; }
.sequence .event circle, .sequence .head { fill: var(--neutral); }
.sequence .last line { stroke: var(--bad); stroke-width: 2; }
.sequence .last circle, .sequence .head.last { fill: var(--bad); }
.sequence .last text { fill: var(--bad); font-weight: 600; }
.sequence .silence line { stroke: var(--rule); stroke-dasharray: 2 5; }
.sequence .silence text { fill: var(--muted); font: italic 11px var(--sans); stroke: none; }
.events { font-size: .88rem; }

details { margin-top: .8rem; }
summary { cursor: pointer; color: var(--muted); font-size: .92rem; width: fit-content; }
summary:hover { color: var(--ink); }
pre { margin: .8rem 0 0; padding: 1rem; max-height: 32rem; overflow: auto; background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; }
footer { padding-top: 3rem; padding-bottom: 3rem; color: var(--muted); font-size: .84rem; }
@media (max-width: 40rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  .brand { margin-bottom: 1.75rem; }
  .canvas { height: 14rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  td, th { padding-right: .6rem; }
  table { font-size: .84rem; }
  .expectations td:last-child, .expectations th:last-child { width: auto; padding-left: .2rem; }
}
@media print { section { break-inside: avoid; } .scroll { overflow: visible; } }
`;
