import { readFileSync } from 'node:fs';

export function greeting(language) {
  return JSON.parse(readFileSync(new URL(`${language}.json`, import.meta.url), 'utf8')).greeting;
}
