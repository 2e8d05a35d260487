// What a second request brings in: an ES package, internationalisation data, the resolver, trust in certificates, compression.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { greeting } from 'late-data';

export async function late() {
  const moment = new Date(Date.UTC(2024, 6, 1, 12));
  const child = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('child.js', import.meta.url))]);
  return {
    greeting: greeting('de'),
    local: moment.toString(),
    newYork: moment.toLocaleString('de-DE', { timeZone: 'America/New_York', dateStyle: 'full', timeStyle: 'long' }),
    kanji: new TextDecoder('shift_jis').decode(Uint8Array.from([0x8a, 0xbf, 0x8e, 0x9a])),
    digest: createHash('sha3-256').update('ocislim').digest('hex'),
    address: (await lookup('localhost', { family: 4 })).address,
    user: userInfo().username,
    brotli: brotliDecompressSync(brotliCompressSync('squeezed')).toString(),
    child: child.stdout,
  };
}
