/** Colours by meaning, light and dark, and fonts. Colours are six hex digits, because the script of the charts adds alpha to them. */
export const PALETTE = `:root {
  --paper: #fcfbf9; --raised: #ffffff; --ink: #1d1f24; --muted: #666a73; --rule: #e6e3dd;
  --good: #22713f; --bad: #b0281f; --warn: #8a5a00;
  --p2p: #2a7f95; --sfu: #c0621f; --migration: #6a54b0; --neutral: #3f6196; --fault: #b0281f; --fault-ink: #8f2a22;
  --sans: "Inter", "Segoe UI", ui-sans-serif, system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --raised: #1c1f24; --ink: #eceae6; --muted: #9aa0aa; --rule: #2d3138;
    --good: #6fc98d; --bad: #f28b82; --warn: #e5b45c;
    --p2p: #5fbcd0; --sfu: #eb9a5c; --migration: #a995ee; --neutral: #8fb0e0; --fault: #f28b82; --fault-ink: #f5aaa3;
  }
}
`;
