// Writes a .gz beside each text file of the build, so that the server never compresses while it
// answers; and says what each page weighs when it is opened first, application included.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const sizes = {};
for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.(js|css|html|svg|webmanifest)$/.test(name)) {
    const squeezed = gzipSync(readFileSync(`dist/${name}`), { level: 9 });
    sizes[name] = squeezed.length;
    writeFileSync(`dist/${name}.gz`, squeezed);
  }
}

const listed = 'dist/.vite/manifest.json';
if (existsSync(listed)) {
  const chunks = JSON.parse(readFileSync(listed, 'utf8'));
  /** A chunk and what it cannot do without, each once. */
  const closure = (name, seen = new Set()) => {
    if (seen.has(name) || !chunks[name]) return seen;
    seen.add(name);
    for (const other of chunks[name].imports ?? []) closure(other, seen);
    return seen;
  };
  const weigh = (names, kind) => {
    const files = new Set(
      [...names].flatMap((it) => (kind === 'js' ? [chunks[it].file] : (chunks[it].css ?? []))),
    );
    return [...files].reduce((sum, file) => sum + (sizes[file] ?? 0), 0) / 1024;
  };
  const entry = closure('index.html');
  const language = closure('src/i18n/languages/fr.ts');
  const first = new Set([...entry, ...language]);
  const line = (page, names) =>
    console.log(
      `${page.padEnd(44)} ${weigh(names, 'js').toFixed(1).padStart(6)} KB gz script ${weigh(names, 'css').toFixed(1).padStart(5)} KB gz style`,
    );
  line('first load (application and French)', first);
  for (const name of Object.keys(chunks)
    .filter((it) => it.endsWith('.svelte'))
    .sort()) {
    line(
      `+ ${name.replace('src/', '')}`,
      new Set([...closure(name)].filter((it) => !first.has(it))),
    );
  }
  const total = weigh(first, 'js');
  rmSync('dist/.vite', { recursive: true });
  if (total > 60) {
    console.error(`The first load weighs ${total.toFixed(1)} KB: more than 60.`);
    process.exitCode = 1;
  }
}
