// Writes a .gz beside each text file of the build, so that the server never compresses while it answers.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.(js|css|html|svg)$/.test(name)) {
    writeFileSync(`dist/${name}.gz`, gzipSync(readFileSync(`dist/${name}`), { level: 9 }));
  }
}
