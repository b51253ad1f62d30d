import { PALETTE } from '../../html/palette.js';

/** The style sheet of the page of a counterexample. */
export const PAGE_STYLE = `
${PALETTE}:root { --pair: #a86400; --pair-fill: #f2a93b; --chosen: #8a3fa0; }
@media (prefers-color-scheme: dark) { :root { --pair: #f0b454; --pair-fill: #b9822b; --chosen: #d49be6; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); }
header, main, footer { max-width: 104rem; margin: 0 auto; padding: 0 1.5rem; }
h1, h2, h3, p, dl, dd, ol, ul { margin: 0; }
code, pre, .number { font-family: var(--mono); font-size: .9em; font-variant-numeric: tabular-nums; }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header { padding-top: 1.4rem; }
.brand { color: var(--muted); font-size: .8rem; letter-spacing: .06em; }
h1 { margin: .35rem 0 .4rem; font-size: clamp(1.35rem, 2.6vw, 1.9rem); line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h1 b { color: var(--bad); font-weight: inherit; }
.facts { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; color: var(--muted); font-size: .86rem; }
.facts b { color: var(--ink); font-weight: 500; }
.pair { margin-top: 1rem; padding: .6rem .9rem; border-left: 4px solid var(--pair-fill); background: var(--raised); border-radius: 0 6px 6px 0; max-width: 70rem; }
.pair ol { list-style: none; padding: 0; font-size: .9rem; }
.pair li { display: flex; gap: .55rem; align-items: baseline; }
.badge { flex: none; display: inline-block; min-width: 1.25rem; padding: 0 .3rem; border-radius: 1rem; background: var(--pair-fill); color: #1d1f24; font: 600 .78rem/1.25rem var(--sans); text-align: center; }
.badge.chosen { background: none; color: var(--chosen); border: 1px solid currentColor; }
.badge.bad { background: var(--bad); color: var(--paper); }
.pair strong { color: var(--pair); }
.replay { margin-top: .7rem; font-size: .86rem; color: var(--muted); overflow-x: auto; white-space: nowrap; }
.replay code { color: var(--ink); user-select: all; }

.viewer { margin-top: 1rem; border: 1px solid var(--rule); border-radius: 8px; background: var(--raised); overflow: hidden; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: center; padding: .5rem .75rem; border-bottom: 1px solid var(--rule); }
.bar .group { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center; }
.bar .name { color: var(--muted); font-size: .78rem; margin-right: .2rem; }
button, input { font: inherit; color: inherit; }
button { padding: .12rem .6rem; border: 1px solid var(--rule); border-radius: 5px; background: var(--paper); font-size: .84rem; cursor: pointer; }
button:hover { border-color: var(--muted); }
button:disabled { opacity: .4; cursor: default; }
button[aria-pressed="false"] { color: var(--muted); text-decoration: line-through; background: none; }
:focus-visible { outline: 2px solid var(--neutral); outline-offset: 1px; }
#slider { flex: 1 1 8rem; min-width: 6rem; accent-color: var(--neutral); }
#count { min-width: 9.5rem; font-size: .84rem; font-variant-numeric: tabular-nums; }
#search { width: 12rem; padding: .12rem .5rem; border: 1px solid var(--rule); border-radius: 5px; background: var(--paper); font-size: .84rem; }
#found { min-width: 4rem; color: var(--muted); font-size: .8rem; }
.stage { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; }
.diagram { position: relative; overflow: auto; max-height: max(26rem, calc(100vh - 8rem)); }
.heads { position: sticky; top: 0; z-index: 1; background: var(--raised); border-bottom: 1px solid var(--rule); width: max-content; }
.diagram svg { display: block; }
.panel { border-left: 1px solid var(--rule); padding: .8rem 1rem 1rem; overflow: auto; max-height: max(26rem, calc(100vh - 8rem)); font-size: .88rem; }
.panel h2 { font-size: .8rem; font-weight: 500; color: var(--muted); }
.panel h3 { margin-top: .15rem; font-size: 1rem; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
.panel h3 + * { margin-top: .5rem; }
.panel .badges { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .3rem; }
.panel pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; padding: .45rem .6rem; background: var(--paper); border: 1px solid var(--rule); border-radius: 5px; }
.panel dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .8rem; margin-top: .5rem; }
.panel dt { color: var(--muted); }
.panel dd { overflow-wrap: anywhere; }
.panel h4 { margin: 1rem 0 .3rem; font-size: .8rem; font-weight: 500; color: var(--muted); border-top: 1px solid var(--rule); padding-top: .7rem; }
.panel .link { padding: 0; border: 0; background: none; color: var(--neutral); text-decoration: underline; text-align: left; }
.changed { background: color-mix(in srgb, var(--pair-fill) 28%, transparent); border-radius: 3px; padding: 0 .2rem; margin: 0 -.2rem; }
.state td { vertical-align: top; }
.state th { vertical-align: top; line-height: 1.6; }
.state { width: 100%; }
.state th { width: 7rem; }
.state td, .state th { padding: .15rem .7rem .15rem 0; }
.tip { position: fixed; z-index: 5; max-width: 26rem; padding: .5rem .7rem; background: var(--ink); color: var(--paper); border-radius: 6px; font-size: .82rem; pointer-events: none; overflow-wrap: anywhere; white-space: pre-line; }
.tip[hidden] { display: none; }

svg text { font: 12px var(--sans); fill: var(--ink); }
.head-kind { fill: var(--muted); font-size: 10.5px; }
.head-name { font-weight: 600; font-size: 12.5px; }
.life { stroke: var(--rule); stroke-width: 1.5; }
.row { cursor: pointer; }
.row .band { fill: transparent; }
.row:hover .band { fill: color-mix(in srgb, var(--ink) 5%, transparent); }
.row.current .band { fill: color-mix(in srgb, var(--neutral) 16%, transparent); }
.row .label { paint-order: stroke; stroke: var(--raised); stroke-width: 7px; stroke-linejoin: round; }
.row.current .label { stroke: color-mix(in srgb, var(--neutral) 16%, var(--raised)); }
.kind-violation .label { stroke: color-mix(in srgb, var(--bad) 13%, var(--raised)); }
.row.critical .label { stroke: color-mix(in srgb, var(--pair-fill) 24%, var(--raised)); }
.row .time, .gap text { fill: var(--muted); font: 11px var(--mono); }
.gap text { font: italic 11px var(--sans); paint-order: stroke; stroke: var(--raised); stroke-width: 6px; }
.gap line { stroke: var(--rule); stroke-dasharray: 2 5; }
.row .late { fill: var(--chosen); font-size: 11px; }
.row .glyph, .head-mark { fill: var(--neutral); stroke: var(--raised); stroke-width: 1.5; }
.arrow { stroke: var(--neutral); stroke-width: 1.3; fill: none; opacity: .75; }
.arrow.stub { stroke-dasharray: 3 3; }
.tip-of-arrow { fill: var(--neutral); }
.kind-action .glyph { fill: var(--p2p); } .kind-state .glyph { fill: var(--raised); stroke: var(--migration); stroke-width: 2; }
.kind-command .glyph { fill: var(--sfu); } .kind-timer .glyph { fill: var(--raised); stroke: var(--neutral); stroke-width: 2; }
.kind-fault .glyph, .kind-violation .glyph { fill: none; stroke: var(--bad); stroke-width: 2.6; stroke-linecap: round; }
.kind-fault .label { fill: var(--bad); }
.kind-violation .label { fill: var(--bad); font-weight: 650; }
.kind-violation .band { fill: color-mix(in srgb, var(--bad) 13%, transparent); }
.row.critical .band { fill: color-mix(in srgb, var(--pair-fill) 24%, transparent); }
.row.critical.current .band, .kind-violation.current .band { stroke: var(--neutral); stroke-width: 1.5; }
.row.critical .label { fill: var(--pair); font-weight: 650; }
.row.chosen .ring { fill: none; stroke: var(--chosen); stroke-width: 1.6; stroke-dasharray: 3 2; }
.row.routine .label { fill: var(--muted); }
.row.match .label { text-decoration: underline; text-decoration-thickness: 2px; text-decoration-color: var(--good); fill: var(--good); }
.pair-mark { fill: var(--pair-fill); } .pair-digit { font-weight: 700; font-size: 11px; fill: #1d1f24; text-anchor: middle; }
.pair-line { stroke: var(--pair-fill); stroke-width: 2.5; fill: none; }
.future { opacity: .26; }
.arrow.chain { stroke-width: 2.4; opacity: 1; }
.arrow.critical { stroke: var(--pair-fill); stroke-width: 2; } .arrow.critical .tip-of-arrow { fill: var(--pair-fill); }
.arrow.critical:not(.future) { opacity: 1; }
.row.chain .time { fill: var(--neutral); font-weight: 700; }

section { padding-top: 2rem; }
section > h2 { font-size: 1.15rem; font-weight: 650; margin-bottom: .4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th { text-align: left; font-weight: 500; color: var(--muted); font-size: .82rem; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--rule); }
td { padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--rule); }
td.order { color: var(--chosen); } td.fault { color: var(--bad); } td.action { color: var(--p2p); }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
.events { font-size: .86rem; padding-left: 0; list-style: none; margin-top: .5rem; }
.events li.critical { color: var(--pair); font-weight: 600; } .events li.violation { color: var(--bad); font-weight: 600; }
kbd { font: .82em var(--mono); border: 1px solid var(--rule); border-radius: 3px; padding: 0 .25rem; }
.keys { padding: .4rem .75rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .8rem; }
footer { padding-top: 2rem; padding-bottom: 2rem; color: var(--muted); font-size: .82rem; }
@media (max-width: 60rem) {
  header, main, footer { padding-left: .8rem; padding-right: .8rem; }
  .stage { grid-template-columns: minmax(0, 1fr); }
  .diagram { max-height: 62vh; }
  .panel { border-left: 0; border-top: 1px solid var(--rule); max-height: 22rem; }
}
@media print { .bar, .keys { display: none; } .diagram, .panel { max-height: none; overflow: visible; } }
@media (prefers-reduced-motion: no-preference) { .future, .row { transition: opacity .12s; } }
`;
