import { CHART_DRAWING } from './chart-drawing.js';

/**
 * The script of the page. It only draws: what is drawn stands as JSON in the page (`ChartSpec`), colours in the style sheet. Browser
 * code in a text, because it is inlined and its hash stands in the page's policy.
 */
export const CHART_SCRIPT = String.raw`(function () {
  'use strict';
  var specs = JSON.parse(document.getElementById('charts').textContent);
  var charts = [];

  function clock(seconds) {
    var total = Math.round(seconds), s = total % 60, m = Math.floor(total / 60), h = Math.floor(m / 60);
    var two = function (n) { return (n < 10 ? '0' : '') + n; };
    return h > 0 ? h + ':' + two(m % 60) + ':' + two(s) : m + ':' + two(s);
  }
  function number(value) {
    var text = value >= 100 ? value.toFixed(0) : String(Math.round(value * 100) / 100);
    return text.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  }
  function amount(value, unit) {
    if (unit === 'kbps') return value >= 1000 ? number(value / 1000) + '\u00a0Mbit/s' : number(value) + '\u00a0kbit/s';
    if (unit !== 'ms') return number(value);
    return value >= 10000 ? number(value / 1000) + '\u00a0s' : number(value) + '\u00a0ms';
  }
  function dataset(source, color) {
    var tone = color('--' + source.tone);
    var points = source.kind === 'points';
    return {
      label: source.label,
      data: source.points.map(function (p) { return { x: p[0], y: p[1] }; }),
      showLine: !points,
      stepped: points || source.kind === 'line' ? false : 'before',
      borderDash: source.kind === 'limit' ? [5, 4] : undefined,
      borderColor: tone,
      borderWidth: points ? 0 : 1.5,
      backgroundColor: points ? tone + '99' : tone + (source.kind === 'area' ? '55' : '2e'),
      fill: source.kind === 'area' ? 'stack' : source.kind === 'step' ? 'origin' : false,
      stack: source.kind === 'area' ? 'all' : undefined,
      pointRadius: points ? (source.points.length > 600 ? 1.6 : 2.6) : 0,
      pointHoverRadius: points ? 4 : 3,
      pointHitRadius: 6
    };
  }
  function annotations(spec, color) {
    var all = {};
    spec.bands.forEach(function (band, index) {
      var middle = (band.fromS + band.toS) / 2 / spec.endS;
      all['band' + index] = {
        type: 'box', xMin: band.fromS, xMax: band.toS, drawTime: 'beforeDatasetsDraw',
        backgroundColor: color('--fault') + '1c', borderColor: color('--fault') + '70', borderWidth: 0,
        label: {
          display: true, content: band.label, color: color('--fault-ink'), font: { size: 11, weight: '500' }, padding: 3,
          position: { x: middle > 0.7 ? 'end' : 'start', y: 'start' }, yAdjust: (index % 3) * 14, drawTime: 'afterDatasetsDraw'
        }
      };
    });
    (spec.alerts || []).forEach(function (alert, index) {
      var tone = color(alert.severity === 'critical' ? '--bad' : '--migration');
      var middle = (alert.pendingS + alert.toS) / 2 / spec.endS;
      var fires = alert.firingS !== null;
      all['pending' + index] = {
        type: 'box', xMin: alert.pendingS, xMax: fires ? alert.firingS : alert.toS, drawTime: 'beforeDatasetsDraw',
        backgroundColor: color('--neutral') + '26', borderWidth: 0
      };
      if (!fires) return;
      all['firing' + index] = {
        type: 'box', xMin: alert.firingS, xMax: alert.toS, drawTime: 'beforeDatasetsDraw',
        backgroundColor: tone + '30', borderColor: tone, borderWidth: 1,
        label: {
          display: true, content: alert.label, color: tone, font: { size: 11, weight: '500' }, padding: 3,
          position: { x: middle > 0.7 ? 'end' : 'start', y: 'end' }, yAdjust: -4 - (index % 3) * 14, drawTime: 'afterDatasetsDraw'
        }
      };
    });
    spec.lines.forEach(function (line, index) {
      all['line' + index] = {
        type: 'line', yMin: line.value, yMax: line.value, borderColor: color('--muted'), borderWidth: 1, borderDash: [4, 4],
        label: {
          display: true, content: line.label, position: ['start', 'center', 'end'][index % 3], yAdjust: -10, backgroundColor: color('--paper') + 'b0',
          color: color('--ink'), font: { size: 11, weight: '500' }, padding: { x: 5, y: 2 }
        }
      };
    });
    return all;
  }
  function config(spec, color) {
    var grid = color('--rule'), ink = color('--muted');
    var values = spec.scale === 'log' ? spec.datasets[0].points.map(function (p) { return p[1]; }) : [];
    var low = values.reduce(function (a, b) { return Math.min(a, b); }, Infinity), high = values.reduce(function (a, b) { return Math.max(a, b); }, 0);
    var stacked = spec.datasets.some(function (d) { return d.kind === 'area'; });
    return {
      type: 'line',
      data: { datasets: spec.datasets.map(function (d) { return dataset(d, color); }) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, normalized: true, parsing: stacked ? undefined : false,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: {
            type: 'linear', min: 0, max: spec.endS, grid: { display: false }, border: { color: grid },
            afterBuildTicks: function (axis) {
              axis.ticks = [];
              for (var at = 0; at <= spec.endS; at += spec.tickS) axis.ticks.push({ value: at });
            },
            ticks: { color: ink, maxRotation: 0, autoSkip: true, callback: function (v) { return clock(v); } }
          },
          y: {
            type: spec.scale === 'log' ? 'logarithmic' : 'linear', beginAtZero: spec.scale !== 'log', stacked: stacked, grace: spec.scale === 'log' ? 0 : '8%',
            min: spec.range ? spec.range[0] : undefined, max: spec.range ? spec.range[1] : undefined,
            suggestedMin: values.length ? low * 0.7 : undefined, suggestedMax: values.length ? high * 1.6 : undefined,
            grid: { color: grid }, border: { display: false }, afterFit: function (axis) { axis.width = 76; },
            ticks: {
              color: ink, precision: spec.unit === '1' ? 0 : undefined, maxTicksLimit: 7,
              callback: function (v) {
                if (spec.scale === 'log') {
                  var digits = Number(String(v.toExponential()).charAt(0));
                  if (digits !== 1 && digits !== 3) return null;
                }
                return amount(v, spec.unit);
              }
            }
          }
        },
        plugins: {
          legend: { display: false },
          annotation: { annotations: annotations(spec, color) },
          tooltip: {
            backgroundColor: color('--ink'), titleColor: color('--paper'), bodyColor: color('--paper'), padding: 8, cornerRadius: 4, displayColors: false,
            callbacks: {
              title: function (items) { return items.length ? clock(items[0].parsed.x) : ''; },
              label: function (item) { return item.dataset.label + ': ' + amount(item.parsed.y, spec.unit); }
            }
          }
        }
      }
    };
  }
  ${CHART_DRAWING}
})();`;
