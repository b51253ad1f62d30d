/**
 * First half of the script of the page: `layOut` decides which rows there are and where, `drawDiagram` makes SVG of them. Browser code in
 * a text, because it is inlined and its hash stands in the page's policy. Every text goes in as a text node.
 */
export const DIAGRAM_SCRIPT = String.raw`
const SVG = 'http://www.w3.org/2000/svg';
const GUTTER = 108, HEAD = 44, ROW = 26, GAP = 20, CHARACTER = 6.3;
const COLUMN = { min: 48, max: 200 };

function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
}
function time(us) { return (us / 1e6).toFixed(4); }
function significant(value) { return String(Number(value.toPrecision(3))); }
function round(value) { return String(Math.round(value * 100) / 100); }
function duration(us) {
  return us < 1000 ? us + ' µs' : us < 1e6 ? significant(us / 1000) + ' ms' : significant(us / 1e6) + ' s';
}
function cut(text, characters) {
  const room = Math.max(3, Math.floor(characters));
  return text.length <= room ? text : text.slice(0, room - 1) + '…';
}
function clean(text) { return text.replace(/\s+/g, ' ').trim(); }

/** Rows for the events that the filters let through; where something is left out or nothing happens for long, a row says so. */
function layOut(data, filter) {
  const hosts = data.hosts.filter(function (host) { return !filter.hosts.has(host.id); });
  const there = new Set(hosts.map(function (host) { return host.id; }));
  const first = data.events[0], last = data.events[data.events.length - 1];
  const silence = Math.max(50000, (last.atUs - first.atUs) / 40);
  const rows = [];
  let y = 10, hidden = [], before = null;
  for (const event of data.events) {
    if (event.omittedBefore) hidden.push(event.omittedBefore);
    const decisive = event.kind === 'violation' || (data.critical && (event.n === data.critical.first || event.n === data.critical.second));
    if (!there.has(event.host) || filter.kinds.has(event.kind)) continue;
    if (event.routine && !decisive && !event.chosen && filter.kinds.has('routine')) { hidden.push({ count: 1, what: event.label }); continue; }
    const gapUs = before === null ? 0 : event.atUs - before.atUs;
    const words = [];
    if (hidden.length > 0) words.push('… ' + counted(hidden) + ' …');
    if (gapUs >= silence) words.push(duration(gapUs));
    if (words.length > 0) {
      rows.push({ gap: words.join('  '), y: y + GAP / 2 });
      y += GAP;
    }
    rows.push({ event: event, y: y + ROW / 2 });
    y += ROW;
    before = event;
    hidden = [];
  }
  if (hidden.length > 0) { rows.push({ gap: '… ' + counted(hidden) + ' …', y: y + GAP / 2 }); y += GAP; }
  return { hosts: hosts, rows: rows, height: y + 12 };
}
function counted(hidden) {
  const count = hidden.reduce(function (sum, part) { return sum + part.count; }, 0);
  const stems = new Set(hidden.map(function (part) { return part.what.replace(/s$/, ''); }));
  const noun = stems.size === 1 ? hidden[0].what.replace(/s$/, '') : 'routine event';
  return count + ' ' + noun + (count === 1 ? '' : 's');
}

function glyph(kind, x, y) {
  if (kind === 'action') return svg('rect', { class: 'glyph', x: x - 5, y: y - 5, width: 10, height: 10, rx: 2 });
  if (kind === 'command') return svg('path', { class: 'glyph', d: 'M' + x + ' ' + (y - 6.5) + 'l6.5 6.5-6.5 6.5-6.5-6.5z' });
  if (kind === 'state') return svg('rect', { class: 'glyph', x: x - 4.5, y: y - 4.5, width: 9, height: 9, rx: 1 });
  if (kind === 'fault' || kind === 'violation') {
    return svg('path', { class: 'glyph', d: 'M' + (x - 5) + ' ' + (y - 5) + 'l10 10m0-10l-10 10' });
  }
  return svg('circle', { class: 'glyph', cx: x, cy: y, r: kind === 'timer' ? 4.5 : 5 });
}

/** The head with the hosts, the picture below it, and what the page needs of them: groups by number of the event, arrows likewise. */
function drawDiagram(data, layout, room) {
  // Labels of the last lanes stand beside them where there is room, otherwise before them.
  const count = Math.max(1, layout.hosts.length), labels = count > 6 ? 84 : 170;
  const column = Math.max(COLUMN.min, Math.min(COLUMN.max, Math.floor((room - GUTTER - labels) / count)));
  const width = Math.max(room, GUTTER + column * count + 84);
  const xs = new Map(layout.hosts.map(function (host, place) { return [host.id, Math.round(GUTTER + column * (place + 0.5))]; }));
  const ys = new Map();
  for (const row of layout.rows) if (row.event) ys.set(row.event.n, row.y);
  const byNumber = new Map(data.events.map(function (event) { return [event.n, event]; }));
  const head = svg('svg', { width: width, height: HEAD, 'aria-hidden': 'true' });
  for (const host of layout.hosts) drawHead(head, host, xs.get(host.id), column);
  const body = svg('svg', { width: width, height: layout.height, role: 'img', 'aria-labelledby': 'diagram-title' });
  body.append(svg('title', { id: 'diagram-title' }, 'Timeline of ' + ys.size + ' events at ' + layout.hosts.length + ' hosts; the panel beside it tells the current step, the list below the page all of them'));
  const bands = svg('g', {}), lives = svg('g', {}), arrows = svg('g', {}), marks = svg('g', {});
  for (const x of xs.values()) lives.append(svg('line', { class: 'life', x1: x, x2: x, y1: 0, y2: layout.height }));
  const groups = new Map(), lines = new Map();
  for (const row of layout.rows) {
    if (!row.event) { drawGap(bands, row, width); continue; }
    const arrow = drawArrow(row, xs, ys, byNumber);
    if (arrow) { arrows.append(arrow); lines.set(row.event.n, arrow); }
    const group = drawRow(data, row, xs, width, arrow !== null);
    groups.set(row.event.n, group);
    marks.append(group);
  }
  body.append(bands, lives, arrows, marks);
  drawPair(body, data.critical, ys);
  return { head: head, body: body, groups: groups, lines: lines, ys: ys };
}
function drawHead(head, host, x, column) {
  const prefixed = host.id.indexOf(host.kind + '-') === 0;
  const name = prefixed ? host.id.slice(host.kind.length + 1) : host.id;
  const group = svg('g', {});
  group.append(svg('title', {}, host.id + ' (' + host.kind + ')'));
  group.append(svg('text', { class: 'head-kind', x: x, y: 17, 'text-anchor': 'middle' }, cut(host.kind, column / 6)));
  group.append(svg('text', { class: 'head-name', x: x, y: 33, 'text-anchor': 'middle' }, cut(name, column / 7)));
  head.append(group);
}
function drawGap(parent, row, width) {
  const group = svg('g', { class: 'gap' });
  group.append(svg('line', { x1: GUTTER - 8, x2: width - 8, y1: row.y, y2: row.y }));
  group.append(svg('text', { x: 30, y: row.y + 4 }, row.gap));
  parent.append(group);
}
/** From the row of the event that sent it; where that is not shown, from a little above, dashed. */
function drawArrow(row, xs, ys, byNumber) {
  const event = row.event;
  if (event.from === undefined || event.from === event.host) return null;
  const x = xs.get(event.host), from = xs.get(event.from);
  const cause = event.cause === undefined ? undefined : byNumber.get(event.cause);
  const shown = cause !== undefined && cause.host === event.from && ys.has(cause.n);
  const side = from === undefined ? -1 : Math.sign(from - x);
  const startX = from === undefined ? x - 26 : from;
  const startY = from === undefined ? row.y : shown ? ys.get(cause.n) : row.y - Math.min(ROW * 0.7, Math.abs(from - x) * 0.2);
  const endX = x + side * 7;
  const length = Math.hypot(startX - endX, startY - row.y) || 1;
  const ux = (endX - startX) / length, uy = (row.y - startY) / length;
  const group = svg('g', { class: 'arrow' + (shown ? '' : ' stub') });
  const trim = shown ? 11 : 0;
  group.append(svg('path', { d: 'M' + round(startX + ux * trim) + ' ' + round(startY + uy * trim) + 'L' + round(endX - ux * 5) + ' ' + round(row.y - uy * 5) }));
  group.append(svg('path', { class: 'tip-of-arrow', 'stroke-width': 0, d:
    'M' + round(endX) + ' ' + round(row.y) + 'l' + round(-ux * 8 - uy * 4) + ' ' + round(-uy * 8 + ux * 4) + 'l' + round(uy * 8) + ' ' + round(-ux * 8) + 'z' }));
  return group;
}
function drawRow(data, row, xs, width, hasArrow) {
  const event = row.event, x = xs.get(event.host), y = row.y, critical = data.critical;
  const place = critical === null ? 0 : event.n === critical.first ? 1 : event.n === critical.second ? 2 : 0;
  const classes = ['row', 'kind-' + event.kind];
  if (place > 0) classes.push('critical');
  if (event.chosen) classes.push('chosen');
  if (event.routine) classes.push('routine');
  const group = svg('g', { class: classes.join(' '), 'data-n': event.n });
  group.append(svg('rect', { class: 'band', x: 1, y: y - ROW / 2 + 1, width: width - 2, height: ROW - 2, rx: 4 }));
  group.append(svg('text', { class: 'time', x: GUTTER - 16, y: y + 4, 'text-anchor': 'end' }, time(event.atUs)));
  if (place > 0) {
    group.append(svg('circle', { class: 'pair-mark', cx: 16, cy: y, r: 8.5 }));
    group.append(svg('text', { class: 'pair-digit', x: 16, y: y + 4 }, String(place)));
  }
  if (event.chosen) group.append(svg('circle', { class: 'ring', cx: x, cy: y, r: 10 }));
  group.append(glyph(event.kind, x, y));
  const late = event.lateUs ? ' ↷ ' + duration(event.lateUs) + ' late' : event.chosen ? ' ↷ out of turn' : '';
  const missing = event.from !== undefined && !xs.has(event.from) ? ' (from ' + event.from + ')' : '';
  const text = clean(event.label || event.kind) + missing;
  // Away from the arrow when there is room, otherwise where more room is.
  const right = width - x - 22, left = x - GUTTER - 22;
  const character = place > 0 || event.kind === 'violation' ? CHARACTER * 1.12 : CHARACTER;
  const needed = Math.min(240, (text.length + late.length) * character);
  const fromLeft = !hasArrow || !xs.has(event.from) || xs.get(event.from) < x;
  const onRight = fromLeft ? right >= needed || right >= left : left < needed && right >= left;
  const characters = (onRight ? right : left) / character - late.length;
  const label = svg('text', { class: 'label', x: onRight ? x + 13 : x - 13, y: y + 4, 'text-anchor': onRight ? 'start' : 'end' }, cut(text, characters));
  if (late !== '') label.append(svg('tspan', { class: 'late' }, late));
  group.append(label);
  return group;
}
/** A bracket from one event of the critical pair to the other. */
function drawPair(body, critical, ys) {
  if (critical === null || !ys.has(critical.first) || !ys.has(critical.second)) return;
  const top = ys.get(critical.first) + 10, bottom = ys.get(critical.second) - 10;
  if (bottom > top) body.append(svg('path', { class: 'pair-line', d: 'M16 ' + top + 'V' + bottom }));
}
`;
