/**
 * Second half of the script of the page: steps, filters, search, the panel. Uses what `DIAGRAM_SCRIPT` defines. The counterexample stands
 * as JSON in the page.
 */
export const PAGE_SCRIPT = String.raw`
const data = JSON.parse(document.getElementById('counterexample').textContent);
const byId = function (id) { return document.getElementById(id); };
const byNumber = new Map(data.events.map(function (event) { return [event.n, event]; }));
const filter = { hosts: new Set(), kinds: new Set(['routine']) };
let drawing = null, steps = [], at = 0, matches = [], drawnWidth = 0;

function node(name, attributes, text) {
  const element = document.createElement(name);
  for (const key of Object.keys(attributes || {})) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
}
function placeOf(n) { return steps.findIndex(function (event) { return event.n === n; }); }
function pairPlace(n) { return data.critical === null ? 0 : n === data.critical.first ? 1 : n === data.critical.second ? 2 : 0; }

function draw() {
  const kept = steps[at];
  const box = byId('diagram');
  const layout = layOut(data, filter);
  steps = layout.rows.filter(function (row) { return row.event; }).map(function (row) { return row.event; });
  drawnWidth = box.clientWidth;
  drawing = drawDiagram(data, layout, drawnWidth);
  byId('heads').replaceChildren(drawing.head);
  byId('body').replaceChildren(drawing.body);
  // The step that was current stays so, or the last one before it.
  at = Math.max(0, steps.length - 1);
  if (kept) while (at > 0 && steps[at].n > kept.n) at--;
  byId('slider').max = String(Math.max(0, steps.length - 1));
  find();
  show(false);
  document.documentElement.setAttribute('data-steps', String(steps.length));
}

function show(scroll) {
  const event = steps[at], n = event ? event.n : -1;
  const chain = new Set();
  for (let cause = event; cause && !chain.has(cause.n); cause = byNumber.get(cause.cause)) chain.add(cause.n);
  drawing.groups.forEach(function (group, number) {
    group.classList.toggle('future', number > n);
    group.classList.toggle('current', number === n);
    group.classList.toggle('chain', chain.has(number) && number !== n);
  });
  drawing.lines.forEach(function (line, number) {
    line.classList.toggle('future', number > n);
    line.classList.toggle('chain', chain.has(number));
    line.classList.toggle('critical', pairPlace(number) > 0);
  });
  byId('slider').value = String(at);
  byId('slider').setAttribute('aria-valuetext', event ? 'Step ' + (at + 1) + ', ' + time(event.atUs) + ' seconds' : 'nothing');
  byId('count').textContent = event ? 'Step ' + (at + 1) + ' of ' + steps.length + ', ' + time(event.atUs) + ' s' : 'Everything is filtered out';
  byId('first').disabled = byId('back').disabled = at === 0;
  byId('forward').disabled = byId('last').disabled = at >= steps.length - 1;
  fillPanel(event);
  byId('spoken').textContent = event ? time(event.atUs) + ' s, ' + event.host + ', ' + event.kind + ': ' + event.label : 'Everything is filtered out';
  if (scroll && event) reveal(drawing.ys.get(event.n));
}
function reveal(y) {
  const box = byId('diagram'), margin = 60;
  if (y < box.scrollTop + margin) box.scrollTop = y - margin;
  else if (y > box.scrollTop + box.clientHeight - HEAD - margin) box.scrollTop = y - box.clientHeight + HEAD + margin;
}
function go(place) {
  at = Math.min(Math.max(0, place), Math.max(0, steps.length - 1));
  show(true);
}
/** To an event by its number; filters that hide it are lifted. */
function goTo(n) {
  const event = byNumber.get(n);
  if (!event) return;
  if (placeOf(n) < 0) {
    filter.hosts.delete(event.host);
    filter.kinds.delete(event.kind);
    if (event.routine) filter.kinds.delete('routine');
    pressed();
    draw();
  }
  go(placeOf(n));
}

function fillPanel(event) {
  const panel = byId('step');
  panel.replaceChildren();
  if (!event) { panel.append(node('h2', {}, 'Nothing to show: every event is filtered out.')); byId('states').replaceChildren(); return; }
  panel.append(node('h2', {}, '#' + event.n + ', ' + time(event.atUs) + ' s, ' + event.host + ', ' + event.kind));
  panel.append(node('h3', {}, event.label || event.kind));
  const badges = node('div', { class: 'badges' });
  const place = pairPlace(event.n);
  if (place > 0) badges.append(node('span', { class: 'badge' }, 'critical pair, ' + (place === 1 ? 'first' : 'second')));
  if (event.chosen) badges.append(node('span', { class: 'badge chosen' }, '↷ out of turn'));
  if (event.kind === 'violation') badges.append(node('span', { class: 'badge bad' }, data.violation.oracle));
  if (badges.childNodes.length > 0) panel.append(badges);
  if (event.detail) panel.append(node('pre', { tabindex: '0' }, event.detail));
  const facts = node('dl');
  const fact = function (name, value) { facts.append(node('dt', {}, name)); const dd = node('dd'); dd.append(value); facts.append(dd); };
  if (event.from !== undefined) fact('from', event.from);
  if (event.sentUs !== undefined) fact('sent', time(event.sentUs) + ' s, ' + duration(event.atUs - event.sentUs) + ' before');
  if (event.lateUs) fact('late', duration(event.lateUs) + ' after its turn');
  if (event.cause !== undefined && byNumber.has(event.cause)) fact('because of', jump(event.cause));
  if (event.reads && event.reads.length) fact('reads', event.reads.join(', '));
  if (event.writes && event.writes.length) fact('writes', event.writes.join(', '));
  const effects = data.events.filter(function (other) { return other.cause === event.n; });
  effects.slice(0, 4).forEach(function (other, index) { fact(index === 0 ? 'leads to' : '', jump(other.n)); });
  if (facts.childNodes.length > 0) panel.append(facts);
  fillStates(event);
}
function jump(n) {
  const event = byNumber.get(n);
  const button = node('button', { type: 'button', class: 'link' }, '#' + n + ' ' + event.host + ': ' + event.label);
  button.addEventListener('click', function () { goTo(n); });
  return button;
}
function fillStates(current) {
  const states = new Map();
  for (const event of data.events) {
    if (event.n > current.n) break;
    if (event.state) states.set(event.host, Object.assign({}, states.get(event.host), event.state));
  }
  const box = byId('states');
  box.replaceChildren(node('h4', {}, 'State after this step'));
  const table = node('table', { class: 'state' });
  for (const host of data.hosts) {
    const state = states.get(host.id);
    if (!state || filter.hosts.has(host.id)) continue;
    const row = node('tr');
    row.append(node('th', { scope: 'row' }, host.id));
    const cell = node('td');
    for (const name of Object.keys(state)) {
      const changed = current.host === host.id && current.state && name in current.state;
      const line = node('div');
      line.append(node('span', changed ? { class: 'changed' } : {}, name + ': ' + String(state[name])));
      cell.append(line);
    }
    row.append(cell);
    table.append(row);
  }
  box.append(table.childNodes.length > 0 ? table : node('p', {}, 'No host has told its state yet.'));
}

function textOf(event) {
  return [event.label, event.detail, event.host, event.from, event.kind, (event.reads || []).join(' '), (event.writes || []).join(' '),
    event.state ? JSON.stringify(event.state) : ''].join(' ').toLowerCase();
}
function find() {
  const wanted = byId('search').value.trim().toLowerCase();
  matches = wanted === '' ? [] : steps.filter(function (event) { return textOf(event).indexOf(wanted) >= 0; }).map(function (event) { return event.n; });
  const set = new Set(matches);
  drawing.groups.forEach(function (group, n) { group.classList.toggle('match', set.has(n)); });
  byId('found').textContent = wanted === '' ? '' : matches.length === 0 ? 'none' : matches.length + ' found';
}
function nextMatch(backwards) {
  if (matches.length === 0) return;
  const now = steps[at] ? steps[at].n : -1;
  const later = backwards ? matches.filter(function (n) { return n < now; }).reverse() : matches.filter(function (n) { return n > now; });
  go(placeOf(later.length > 0 ? later[0] : backwards ? matches[matches.length - 1] : matches[0]));
}

function pressed() {
  document.querySelectorAll('[data-filter]').forEach(function (button) {
    const hidden = filter[button.dataset.filter].has(button.dataset.value);
    button.setAttribute('aria-pressed', String(!hidden));
  });
}
function nextCritical() {
  if (data.critical === null) return;
  goTo(steps[at] && steps[at].n === data.critical.first ? data.critical.second : data.critical.first);
}
document.querySelectorAll('[data-filter]').forEach(function (button) {
  button.addEventListener('click', function (click) {
    const set = filter[button.dataset.filter], value = button.dataset.value;
    if (click.shiftKey) {
      document.querySelectorAll('[data-filter="' + button.dataset.filter + '"]').forEach(function (other) {
        if (other === button) set.delete(other.dataset.value); else set.add(other.dataset.value);
      });
    } else if (!set.delete(value)) set.add(value);
    pressed();
    draw();
  });
});
document.querySelectorAll('[data-all]').forEach(function (button) {
  button.addEventListener('click', function () { filter[button.dataset.all].clear(); pressed(); draw(); });
});
document.querySelectorAll('[data-goto]').forEach(function (button) {
  button.addEventListener('click', function () { goTo(Number(button.dataset.goto)); byId('diagram').scrollIntoView({ block: 'nearest' }); });
});
byId('first').addEventListener('click', function () { go(0); });
byId('back').addEventListener('click', function () { go(at - 1); });
byId('forward').addEventListener('click', function () { go(at + 1); });
byId('last').addEventListener('click', function () { go(steps.length - 1); });
if (byId('critical')) byId('critical').addEventListener('click', nextCritical);
byId('slider').addEventListener('input', function () { go(Number(byId('slider').value)); });
byId('search').addEventListener('input', find);
byId('search').addEventListener('keydown', function (key) {
  if (key.key === 'Enter') { nextMatch(key.shiftKey); key.preventDefault(); }
  if (key.key === 'Escape') { byId('search').value = ''; find(); byId('diagram').focus(); }
});
document.addEventListener('keydown', function (key) {
  if (key.ctrlKey || key.metaKey || key.altKey || (key.target instanceof Element && key.target.matches('input'))) return;
  const actions = {
    ArrowRight: function () { go(at + 1); }, ArrowLeft: function () { go(at - 1); },
    Home: function () { go(0); }, End: function () { go(steps.length - 1); },
    c: nextCritical, '/': function () { byId('search').focus(); }
  };
  if (!actions[key.key]) return;
  actions[key.key]();
  key.preventDefault();
});

const tip = byId('tip');
const rowAt = function (event) { return event.target instanceof Element ? event.target.closest('.row') : null; };
byId('body').addEventListener('click', function (click) {
  const row = rowAt(click);
  if (row) { at = placeOf(Number(row.dataset.n)); show(false); }
});
byId('body').addEventListener('pointermove', function (move) {
  const row = rowAt(move);
  tip.hidden = row === null;
  if (row === null) return;
  const event = byNumber.get(Number(row.dataset.n));
  const lines = [time(event.atUs) + ' s, ' + event.host + ': ' + (event.label || event.kind)];
  if (event.detail) lines.push(event.detail);
  if (event.lateUs) lines.push(duration(event.lateUs) + ' late');
  if (event.reads && event.reads.length) lines.push('reads ' + event.reads.join(', '));
  if (event.writes && event.writes.length) lines.push('writes ' + event.writes.join(', '));
  if (event.state) lines.push(Object.keys(event.state).map(function (name) { return name + ' = ' + event.state[name]; }).join('\n'));
  tip.textContent = lines.join('\n');
  tip.style.left = Math.max(8, Math.min(move.clientX + 16, innerWidth - tip.offsetWidth - 8)) + 'px';
  tip.style.top = (move.clientY + tip.offsetHeight + 24 > innerHeight ? move.clientY - tip.offsetHeight - 10 : move.clientY + 18) + 'px';
});
byId('body').addEventListener('pointerleave', function () { tip.hidden = true; });
new ResizeObserver(function () { if (Math.abs(byId('diagram').clientWidth - drawnWidth) > 2) draw(); }).observe(byId('diagram'));
pressed();
draw();
`;
