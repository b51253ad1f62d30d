import { CHART_DRAWING } from '../html/chart-drawing.js';

/** The script of the page: it draws what stands as JSON in the page (`CapacityChart`), in the colours of the style sheet. */
export const CAPACITY_CHART_SCRIPT = String.raw`(function () {
  'use strict';
  var specs = JSON.parse(document.getElementById('charts').textContent);
  var charts = [];

  function number(value) {
    var text = Math.abs(value) >= 100 ? value.toFixed(0) : String(Math.round(value * 1000) / 1000);
    return text.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  }
  // the marks of an axis have one unit, that of the largest
  function amount(value, unit, largest) {
    if (unit === 'share') return number(value * 100) + '\u00a0%';
    if (unit === 'USD') return '$' + number(value);
    if (unit === 'ms' && Math.max(Math.abs(value), largest || 0) >= 10000) return number(value / 1000) + '\u00a0s';
    return unit === '1' || unit === '' ? number(value) : number(value) + '\u00a0' + unit;
  }
  function dataset(source, color) {
    var tone = color('--' + source.tone);
    var points = source.kind === 'points', line = source.kind === 'line';
    return {
      label: source.label,
      data: source.points.map(function (p, index) { return { x: p[0], y: p[1], label: source.labels ? source.labels[index] : '' }; }),
      showLine: !points,
      borderColor: tone,
      borderWidth: line ? 2 : 0,
      backgroundColor: points || line ? tone : tone + '26',
      fill: source.kind === 'band' ? '+1' : false,
      pointRadius: line ? 3 : points ? 4.5 : 0,
      pointHoverRadius: line || points ? 5 : 0,
      pointHitRadius: line || points ? 8 : 0
    };
  }
  function annotations(spec, color) {
    var all = {};
    spec.cliffs.forEach(function (cliff, index) {
      var middle = (cliff.from + cliff.to) / 2;
      all['cliff' + index] = {
        type: 'box', xMin: Math.min(cliff.from, cliff.to), xMax: Math.max(cliff.from, cliff.to), drawTime: 'beforeDatasetsDraw',
        backgroundColor: color('--bad') + '24', borderWidth: 0,
        label: {
          display: true, content: cliff.label, color: color('--bad'), font: { size: 11, weight: '600' }, padding: 3,
          position: { x: middle > (spec.x.min + spec.x.max) / 2 ? 'end' : 'start', y: 'start' }, yAdjust: (index % 3) * 14, drawTime: 'afterDatasetsDraw'
        }
      };
    });
    spec.limits.forEach(function (line, index) {
      all['limit' + index] = {
        type: 'line', yMin: line.value, yMax: line.value, borderColor: color('--bad'), borderWidth: 1, borderDash: [5, 4],
        label: {
          display: true, content: line.label, position: index % 2 ? 'end' : 'start', yAdjust: -9, backgroundColor: color('--paper') + 'c0',
          color: color('--bad'), font: { size: 11, weight: '500' }, padding: { x: 4, y: 1 }
        }
      };
    });
    spec.series.forEach(function (source, which) {
      if (source.kind !== 'points' || !source.labels) return;
      source.points.forEach(function (p, index) {
        if (!source.labels[index] || source.tone === 'muted') return;
        all['name' + which + '_' + index] = {
          type: 'label', xValue: p[0], yValue: p[1], content: source.labels[index], color: color('--ink'), font: { size: 11 }, yAdjust: index % 2 ? 14 : -14,
          xAdjust: p[0] > (spec.x.min + spec.x.max) / 2 ? -24 : 24
        };
      });
    });
    return all;
  }
  // marks whose texts would lie on each other are left out; those beside a cliff come first
  function marks(axis, spec) {
    var log = spec.x.scale === 'log';
    var at = function (value) { return log ? Math.log(value) : value; };
    var width = Math.max(100, axis.chart.width - 100), span = at(spec.x.max) - at(spec.x.min) || 1;
    var place = function (tick) { return (at(tick.value) - at(spec.x.min)) / span * width; };
    var held = function (tick) { return spec.cliffs.some(function (cliff) { return cliff.from === tick.value; }) ? 0 : 1; };
    var kept = [];
    spec.x.ticks.slice().sort(function (a, b) { return held(a) - held(b) || a.value - b.value; }).forEach(function (tick) {
      var free = kept.every(function (other) {
        return Math.abs(place(other) - place(tick)) >= (other.label.length + tick.label.length) * 3.5 + 8;
      });
      if (free) kept.push(tick);
    });
    return kept.sort(function (a, b) { return a.value - b.value; });
  }
  function highest(spec) {
    var top = 0;
    spec.series.forEach(function (s) { s.points.forEach(function (p) { top = Math.max(top, p[1]); }); });
    var bounds = spec.limits.map(function (line) { return line.value; }).filter(function (value) { return top === 0 || value < 4 * top; });
    return bounds.length ? Math.max.apply(null, bounds) * 1.1 : undefined;
  }
  // shares end at 100 % (with room for what stands there) unless some are larger, as those of a link that is too full
  function ends(spec) {
    var top = 0;
    spec.series.forEach(function (s) { s.points.forEach(function (p) { top = Math.max(top, p[1]); }); });
    spec.limits.forEach(function (line) { if (top === 0 || line.value < 4 * top) top = Math.max(top, line.value); });
    return spec.unit !== 'share' || top > 1 ? undefined : top === 0 ? 0.012 : top > 0.7 ? 1.12 : undefined;
  }
  function config(spec, color) {
    var grid = color('--rule'), ink = color('--muted');
    return {
      type: 'line',
      data: { datasets: spec.series.map(function (s) { return dataset(s, color); }) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: {
            type: spec.x.scale === 'log' ? 'logarithmic' : 'linear', min: spec.x.min, max: spec.x.max, grid: { display: false }, border: { color: grid },
            title: { display: true, text: spec.x.title, color: ink },
            afterBuildTicks: function (axis) { if (spec.x.ticks.length) axis.ticks = marks(axis, spec).map(function (t) { return { value: t.value }; }); },
            ticks: {
              color: ink, maxRotation: 0, autoSkip: spec.x.ticks.length === 0,
              callback: function (v) {
                var tick = spec.x.ticks.filter(function (t) { return t.value === v; })[0];
                return tick ? tick.label : amount(v, spec.x.unit);
              }
            }
          },
          y: {
            type: 'linear', min: spec.fromZero ? 0 : undefined, max: ends(spec), suggestedMax: highest(spec), grace: spec.id === 'chart-pareto' ? '25%' : '12%', grid: { color: grid }, border: { display: false },
            afterBuildTicks: function (axis) { if (ends(spec)) axis.ticks = axis.ticks.filter(function (t) { return t.value <= (axis.max > 1 ? 1 : 0.01); }); },
            afterFit: function (axis) { axis.width = 76; }, ticks: { color: ink, maxTicksLimit: 6, callback: function (v) { return amount(v, spec.unit, this.max); } }
          }
        },
        plugins: {
          legend: { display: false },
          annotation: { annotations: annotations(spec, color) },
          tooltip: {
            backgroundColor: color('--ink'), titleColor: color('--paper'), bodyColor: color('--paper'), padding: 8, cornerRadius: 4, displayColors: false,
            filter: function (item) { return item.dataset.label !== ''; },
            callbacks: {
              title: function (items) {
                if (!items.length) return '';
                var x = items[0].parsed.x, tick = spec.x.ticks.filter(function (t) { return t.value === x; })[0];
                return items[0].raw.label || spec.x.title + ' ' + (tick ? tick.label : amount(x, spec.x.unit));
              },
              label: function (item) { return item.dataset.label + ': ' + amount(item.parsed.y, spec.unit); }
            }
          }
        }
      }
    };
  }
  ${CHART_DRAWING}
})();`;
