/** What the page of a gate adds to the style sheet of pages. */
export const GATE_STYLE = `
.objection { padding: 1rem 0 1.1rem; border-top: 1px solid var(--rule); }
.objection h3 { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; }
.objection h3 .outcome { --tone: var(--bad); }
.objection p { max-width: 46rem; margin-top: .3rem; }
.objection .replay { margin-top: .7rem; max-width: none; }
.scenarios summary { width: 100%; display: grid; grid-template-columns: minmax(11rem, 1.2fr) 5rem 6.5rem 7rem; gap: .2rem 1rem; color: var(--ink); padding: .5rem 0; border-bottom: 1px solid var(--rule); }
.scenarios summary > span { white-space: nowrap; }
.scenarios details { margin-top: 0; }
.scenarios details[open] > summary { border-bottom-color: transparent; }
.scenarios details > .scroll { margin: 0 0 1.2rem; padding-left: 1rem; border-left: 2px solid var(--rule); }
.scenarios .muted { color: var(--muted); }
.strip { display: inline-block; width: 10rem; height: 1.1rem; vertical-align: -.25rem; }
.strip .axis { stroke: var(--rule); stroke-width: 1; }
.strip .bound { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 2; }
.strip circle { fill: var(--neutral); fill-opacity: .55; }
.strip circle.bad { fill: var(--bad); fill-opacity: .8; }
@media (max-width: 40rem) { .scenarios summary { grid-template-columns: 1fr auto; } }
`;
