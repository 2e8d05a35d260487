// The image's health check: asks the server itself.
require('node:http').get('http://127.0.0.1:8000/', (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1));
