// The first route works as soon as Express does, the second loads what nothing has loaded before.
const express = require('express');
const app = express();

app.get('/', (request, response) => response.type('html').send('<p>Grüße & more</p>\n'));

app.get('/late', async (request, response, next) => {
  try {
    const { late } = await import('./lib/late.mjs');
    response.json(await late());
  } catch (error) {
    next(error);
  }
});

app.listen(8000, '0.0.0.0');
process.on('SIGTERM', () => process.exit(0));
