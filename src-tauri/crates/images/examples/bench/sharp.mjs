// One job by sharp: sharp.mjs FORMAT QUALITY SIDE OUT FILE...
// Prints milliseconds and peak memory in KB, as the Rust side does.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const [format, quality, side, out, ...files] = process.argv.slice(2);
const sharp = createRequire(process.env.SHARP_HOME + '/')('sharp');
sharp.cache(false);

async function one(file) {
  let job = sharp(await readFile(file))
    .rotate()
    .resize(Number(side), Number(side), { fit: 'inside', withoutEnlargement: true });
  if (format === 'png') job = job.png();
  else if (format === 'webp') job = job.webp({ quality: Number(quality) });
  else job = job.jpeg({ quality: Number(quality) });
  const bytes = await job.toBuffer();
  if (out !== '-') await writeFile(out, bytes);
}

const start = performance.now();
await Promise.all(files.map(one));
const ms = performance.now() - start;
console.log(ms.toFixed(2), process.resourceUsage().maxRSS);
