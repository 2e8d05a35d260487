process.stdout.write(`child of ${require('node:path').basename(process.execPath)}`);
