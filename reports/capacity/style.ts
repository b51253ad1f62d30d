import { SHADES } from './heat-map.js';

const shades = Array.from(
  { length: SHADES },
  (_, shade) => `.heat .heat-${shade} { background: color-mix(in srgb, var(--sfu) ${4 + shade * 8}%, var(--paper)); }`,
);

/** What the page of a sweep has beside the style sheet of all pages. */
export const CAPACITY_STYLE = `
.tone-neutral::before { color: var(--neutral); } .tone-migration::before { color: var(--migration); }
.tone-good::before { color: var(--good); } .tone-muted::before { color: var(--muted); }
.legend { flex-wrap: wrap; }
.verdict h1 span, .reasons li, h3 { overflow-wrap: anywhere; min-width: 0; }
.reasons { padding-left: 1.1rem; max-width: 52rem; } .reasons li + li { margin-top: .3rem; }
tr.chosen td { background: color-mix(in srgb, var(--good) 9%, transparent); }
.cap td:first-child, .cap th:first-child { padding-left: .5rem; }
.heat { width: auto; border-collapse: separate; border-spacing: 2px; }
.heat td, .heat th { padding: .45rem .8rem; border: 0; }
.heat td.missed { outline: 2px solid var(--bad); outline-offset: -2px; }
.heat td.none { color: var(--muted); background: var(--raised); }
${shades.join('\n')}
.inputs dt { color: var(--muted); font-size: .84rem; margin-top: .7rem; } .inputs dd { overflow-wrap: anywhere; }
`;
