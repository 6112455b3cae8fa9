// The pages name all modules that they need, so that the browser fetches them at once instead of level by level.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const WEB = new URL('../../../web/', import.meta.url);
const read = (url) => readFileSync(fileURLToPath(url), 'utf8');

// All modules that `url` imports, and theirs.
function imports(url, found = new Set()) {
  for (const [, path] of read(url).matchAll(/^(?:import|export)[^;]*?from '(\.\/[^']+)';/gms)) {
    const next = new URL(path, url);
    if (found.has(next.pathname)) continue;
    found.add(next.pathname);
    imports(next, found);
  }
  return found;
}

for (const [page, script] of [['index', 'main'], ['player', 'player']]) {
  test(`${page}.html fetches each module of ${script}.js ahead, and no other`, () => {
    const text = read(new URL(`${page}.html`, WEB));
    const wanted = [...imports(new URL(`js/${script}.js`, WEB))].map((path) => path.replace(WEB.pathname, '/')).sort();
    const named = [...text.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href).sort();
    assert.deepEqual(named, wanted);
  });
}
