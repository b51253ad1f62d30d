/**
 * The end of a chart script: draws every spec with the script's own `config(spec, color)`, again whenever light and dark change, and says how many there are.
 * Needs `specs` and `charts`.
 */
export const CHART_DRAWING = `function draw() {
    charts.forEach(function (chart) { chart.destroy(); });
    var style = getComputedStyle(document.documentElement);
    var color = function (name) { return style.getPropertyValue(name).trim(); };
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    charts = specs.map(function (spec) { return new Chart(document.getElementById(spec.id), config(spec, color)); });
  }
  if (specs.length > 0) {
    draw();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  }
  document.documentElement.setAttribute('data-charts', String(charts.length));`;
