/** The part of the style sheet that only pages with voice need. */
export const MEDIA_STYLE = `
.strips { display: grid; grid-template-columns: 3.6rem minmax(0, 1fr); column-gap: .5rem; margin-top: .6rem; }
.strips.long { grid-template-columns: 7.5rem minmax(0, 1fr); }
.strips svg { display: block; min-width: 0; }
.strip-labels text { fill: var(--muted); font: 9.5px var(--mono); text-anchor: end; }
.strip-plot { background: var(--raised); border: 1px solid var(--rule); shape-rendering: crispEdges; }
.strip-axis text { fill: var(--muted); font: 11px var(--sans); font-variant-numeric: tabular-nums; }
.strip-heard { fill: var(--p2p); color: var(--p2p); }
.strip-doubled { fill: var(--migration); color: var(--migration); }
.strip-silent { fill: var(--bad); color: var(--bad); }
.strip-unwatched { fill: var(--rule); color: var(--rule); }
.strip-high { fill: var(--neutral); color: var(--neutral); }
.strip-middle { fill: color-mix(in srgb, var(--neutral) 55%, var(--raised)); color: color-mix(in srgb, var(--neutral) 55%, var(--raised)); }
.strip-low { fill: var(--sfu); color: var(--sfu); }
.strip-fault { fill: var(--fault); fill-opacity: .12; }
.strip-touch { fill: transparent; }
.strip-touch:hover { fill: var(--ink); fill-opacity: .07; }
.legend { flex-wrap: wrap; row-gap: .2rem; }
.legend li[class^="strip-"] { color: var(--ink); }
.legend li.strip-heard::before { background: var(--p2p); }
.legend li.strip-doubled::before { background: var(--migration); }
.legend li.strip-silent::before { background: var(--bad); }
.legend li.strip-unwatched::before { background: var(--rule); }
.legend li.strip-high::before { background: var(--neutral); }
.legend li.strip-middle::before { background: color-mix(in srgb, var(--neutral) 55%, var(--raised)); }
.legend li.strip-low::before { background: var(--sfu); }
.tone-neutral::before { color: var(--neutral); } .tone-migration::before { color: var(--migration); } .tone-bad::before { color: var(--bad); }
.distribution td.bar { width: 50%; }
.gauge { display: block; }
.gauge rect { fill: var(--neutral); }
.formula { margin-top: 1.2rem; max-width: none; font-size: .84rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 2rem 1.6rem; }
.multiples .chart { margin: 0; min-width: 0; }
.multiples .canvas { height: 12rem; }
td.name { white-space: nowrap; }
details .chart { margin-top: 1rem; }
@media (max-width: 40rem) {
  .strips { column-gap: .3rem; }
  .distribution td.bar { width: 30%; }
}
`;
