/** Style of the section on alerts; only pages that have one carry it. */
export const ALERT_STYLE = `
.alerts svg { width: 100%; height: auto; display: block; }
.alerts .alert-name { font-size: 12px; fill: currentColor; }
.alerts .alert-time { font-size: 11px; fill: var(--muted); }
.alerts rect.alert-pending { fill: var(--neutral); opacity: 0.45; }
.alerts rect.alert-warning { fill: var(--migration); }
.alerts rect.alert-critical { fill: var(--bad); }
.alerts rect.alert-fault { fill: var(--fault); opacity: 0.13; }
.alerts .legend .alert-pending::before { background: var(--neutral); opacity: 0.45; }
.alerts .legend .alert-warning::before { background: var(--migration); }
.alerts .legend .alert-critical::before { background: var(--bad); }
`;
