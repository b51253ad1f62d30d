import { createHash } from 'node:crypto';
import { escapeHtml } from '../../html/escape.js';
import type { Counterexample, CounterexampleEvent } from '../counterexample-schema.js';
import { scheduleOf } from '../schedule.js';
import { criticalPlace, eventTime, lateness, minimisedSentence, swapSentence } from '../wording.js';
import { DIAGRAM_SCRIPT } from './diagram-script.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

const SCRIPT = `(function () {\n'use strict';${DIAGRAM_SCRIPT}${PAGE_SCRIPT}})();`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 2v12M13 2v12M3 5l9 5' fill='none' stroke='%23888' stroke-width='1.6'/%3E%3C/svg%3E";

/**
 * The counterexample as an interactive page: one HTML file without any request, under a policy that forbids them. Swim lanes with an
 * arrow per message, to be stepped through, filtered and searched; below it the minimal schedule and all events as text. The same bytes
 * for the same counterexample.
 */
export function renderPage(counterexample: Counterexample): string {
  const { violation } = counterexample;
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(SCRIPT)}'`,
    `style-src 'sha256-${sha256(PAGE_STYLE)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`${violation.oracle}: ${violation.message}`)} · deadair</title>
<link rel="icon" href="${ICON}">
<style>${PAGE_STYLE}</style>
</head>
<body>
${header(counterexample)}
<main>
${viewer(counterexample)}
${schedule(counterexample)}
<section aria-labelledby="text-title"><h2 id="text-title">Every event</h2><details><summary>${counterexample.events.length} events as text</summary><ol class="events">${counterexample.events.map((event) => listItem(event, counterexample)).join('')}</ol></details></section>
</main>
<footer>deadair ${escapeHtml(counterexample.deadairVersion)} · counterexample format ${counterexample.version} · deterministic: the same counterexample gives this same page, byte for byte</footer>
<div id="tip" class="tip" role="presentation" hidden></div>
<script type="application/json" id="counterexample">${JSON.stringify(counterexample).replaceAll('<', '\\u003c')}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function header(counterexample: Counterexample): string {
  const { violation, scenario, hazard, seed, strategy, replay } = counterexample;
  const facts = [
    ['', `${violation.kind} violation at ${eventTime(violation.atUs)} s`],
    ['about', violation.subjects.join(', ')],
    ['scenario', scenario.name],
    ['hazard', hazard ?? ''],
    ['seed', String(seed)],
    ['strategy', strategy],
    ['', minimisedSentence(counterexample)],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [`<span>${name} <b>${escapeHtml(value)}</b></span>`]));
  return `<header>
<div class="brand">deadair · counterexample</div>
<h1><b>${escapeHtml(violation.oracle)}</b> ${escapeHtml(violation.message)}</h1>
<div class="facts">${facts.join('')}</div>
${criticalBox(counterexample)}
<div class="replay">Again: <code>${escapeHtml(replay)}</code></div>
</header>`;
}

function criticalBox(counterexample: Counterexample): string {
  const { critical, events } = counterexample;
  if (critical === null) return '';
  const line = (place: number, n: number) => {
    const event = events.find((candidate) => candidate.n === n);
    const text = event === undefined ? '' : `${eventTime(event.atUs)} s, ${event.host}: ${event.label}`;
    return `<li><span class="badge">${place}</span><span>${escapeHtml(text)}</span><button type="button" data-goto="${n}">show<span class="hidden-text"> event ${place} of the critical pair</span></button></li>`;
  };
  return `<div class="pair" role="note" aria-label="The critical pair"><ol>${line(1, critical.first)}${line(2, critical.second)}</ol><p>${escapeHtml(critical.sentence)} <strong>${swapSentence(counterexample)}</strong></p></div>`;
}

function viewer(counterexample: Counterexample): string {
  const { hosts, events, critical } = counterexample;
  const button = (set: string, value: string, label: string) =>
    `<button type="button" aria-pressed="true" data-filter="${set}" data-value="${escapeHtml(value)}" title="Show or hide; with Shift: only this">${escapeHtml(label)}</button>`;
  const kinds = [...new Set(events.map(({ kind }) => kind))];
  const routine = events.some((event) => event.routine === true);
  return `<div class="viewer" role="region" aria-label="Timeline">
<div class="bar"><div class="group" role="group" aria-label="Step"><button type="button" id="first" aria-label="First step">|◀</button><button type="button" id="back" aria-label="One step back">◀</button><button type="button" id="forward" aria-label="One step on">▶</button><button type="button" id="last" aria-label="Last step">▶|</button>${critical === null ? '' : '<button type="button" id="critical">critical pair</button>'}</div><input type="range" id="slider" min="0" max="0" value="0" aria-label="Step"><output id="count"></output><div class="group" role="search"><input type="search" id="search" placeholder="Search" aria-label="Search in events"><span id="found" role="status"></span></div></div>
<div class="bar"><div class="group" role="group" aria-label="Hosts"><span class="name">hosts</span>${hosts.map(({ id }) => button('hosts', id, id)).join('')}<button type="button" data-all="hosts">all</button></div><div class="group" role="group" aria-label="Kinds of events"><span class="name">kinds</span>${kinds.map((kind) => button('kinds', kind, kind)).join('')}${routine ? button('kinds', 'routine', 'routine') : ''}</div></div>
<div class="stage"><div class="diagram" id="diagram" tabindex="0" role="region" aria-label="Swim lanes"><div class="heads" id="heads"></div><div id="body"></div><noscript>The picture needs scripts; the list below has the same events.</noscript></div><aside class="panel" aria-label="The current step"><div id="step"></div><div id="states"></div></aside></div>
<div class="keys"><kbd>←</kbd> <kbd>→</kbd> step, <kbd>Home</kbd> <kbd>End</kbd>, <kbd>c</kbd> critical pair, <kbd>/</kbd> search, <kbd>Enter</kbd> next hit</div>
<div id="spoken" class="hidden-text" aria-live="polite"></div>
</div>`;
}

function schedule(counterexample: Counterexample): string {
  const rows = scheduleOf(counterexample).map(({ atUs, kind, who, what, n }) => {
    const show = n === undefined ? '' : ` <button type="button" data-goto="${n}">show</button>`;
    return `<tr><td class="number">${eventTime(atUs)}</td><td class="${kind}">${kind}</td><td>${escapeHtml(who)}</td><td>${escapeHtml(what)}${show}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<section aria-labelledby="schedule-title"><h2 id="schedule-title">The minimal schedule</h2><div class="scroll" tabindex="0" role="region" aria-label="The minimal schedule"><table><thead><tr><th scope="col">at (s)</th><th scope="col">kind</th><th scope="col">who</th><th scope="col">what</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function listItem(event: CounterexampleEvent, counterexample: Counterexample): string {
  const place = criticalPlace(counterexample, event);
  const way = event.from === undefined || event.from === event.host ? event.host : `${event.from} → ${event.host}`;
  const late = lateness(event);
  const notes = [place > 0 ? `critical pair, ${place}` : '', event.chosen === true ? 'out of turn' : '', late].filter(
    (note) => note !== '',
  );
  const text = `${way}: ${event.label === '' ? event.kind : event.label}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
  const tone = place > 0 ? ' class="critical"' : event.kind === 'violation' ? ' class="violation"' : '';
  return `<li${tone}><span class="number">${eventTime(event.atUs)} s</span> ${escapeHtml(text)}</li>`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
