import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.js';

/** A pulse, as the icon of every page. */
export const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 8h2l2-5 2 10 1-5m5 0h2' fill='none' stroke='%23888' stroke-width='1.6'/%3E%3C/svg%3E";

/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  readonly style: string;
  /** What stands in `main`. */
  readonly body: string;
  readonly footer: string;
  /** What the last of the scripts draws; plain JSON. */
  readonly charts: readonly unknown[];
  readonly scripts: readonly string[];
}

/** One HTML file without any request, under a policy that forbids them. */
export function renderPage({ title, style, body, footer, charts, scripts }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · deadair</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
<footer>${footer}</footer>
<script type="application/json" id="charts">${safeJson(charts)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

/** A section with its heading. */
export function section(id: string, title: string, body: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

function contentSecurityPolicy(scripts: readonly string[], style: string): string {
  const allowed = scripts.map((script) => `'sha256-${sha256(script)}'`).join(' ');
  return [
    "default-src 'none'",
    `script-src ${allowed}`,
    `style-src 'sha256-${sha256(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function safeJson(value: readonly unknown[]): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
