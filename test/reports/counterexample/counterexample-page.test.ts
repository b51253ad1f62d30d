import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderPage } from '../../../reports/counterexample/index.js';
import { leastFixture, raceFixture } from './counterexample-fixture.js';

const page = renderPage(raceFixture());

describe('the page of a counterexample', () => {
  test('is the same, byte for byte', () => {
    expect(renderPage(raceFixture())).toBe(page);
  });

  test('asks for nothing and allows exactly its script and its style', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => hash(match[1] as string));
    expect(scripts).toHaveLength(1);
    expect(policy).toContain(`script-src ${scripts[0]};`);
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '')};`);
    const own = page.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(own).not.toMatch(/\sstyle="|\son[a-z]+="|url\(|@import/);
    expect(own.match(/\b(?:src|href|action|data|poster)="(?!data:image)[^"]*"/g)).toBeNull();
  });

  test('shows what it is given as text', () => {
    const evil = '</script><img src=x onerror=alert(1)>"\'';
    const race = raceFixture();
    const bad = renderPage({
      ...race,
      deadairVersion: evil,
      scenario: { name: evil, hash: evil },
      hazard: evil,
      strategy: evil,
      replay: evil,
      violation: { ...race.violation, oracle: evil, message: evil, subjects: [evil] },
      hosts: race.hosts.map((host) => ({ ...host, kind: evil })),
      events: race.events.map((event) => ({ ...event, label: evil, detail: evil })),
      critical: { first: 18, second: 21, sentence: evil, swapPasses: true },
      actions: [{ atS: 1, actor: evil, what: evil }],
      faults: [{ atS: 1, kind: evil, target: evil, forS: null }],
    });
    expect(bad).not.toContain('<img');
    expect(bad.match(/<\/script>/g)).toHaveLength(2);
    expect(bad.match(/data-value="[^"]*"/g)?.length).toBe(page.match(/data-value="[^"]*"/g)?.length);
  });

  test('has every event as text, and the schedule', () => {
    const items = [...page.matchAll(/<li(?: class="(\w+)")?><span class="number">/g)].map((match) => match[1]);
    expect(items).toHaveLength(25);
    expect(items.filter((tone) => tone === 'critical')).toHaveLength(2);
    expect(page).toContain('Swap these two and it passes.');
    expect(page).toContain('backend-pause for 6');
    const least = renderPage(leastFixture());
    expect(least).not.toContain('id="critical"');
    expect(least).not.toContain('The minimal schedule');
  });

  test('ids are unique', () => {
    const own = page.replace(/<script>[\s\S]*?<\/script>/g, '');
    const ids = [...own.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
