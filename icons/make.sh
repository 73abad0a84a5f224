#!/bin/sh
# Makes every size of the icon from dragoman.svg.
# Needs rsvg-convert (librsvg2-bin), convert (imagemagick) and python3.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for size in 32 48 64 128 256 512 1024; do
  rsvg-convert -w $size -h $size dragoman.svg -o "$out/$size.png"
done
# At the smallest sizes the pupil would blur into grey.
for size in 16 24; do
  grep -v 'r="22"' dragoman.svg | rsvg-convert -w $size -h $size -o "$out/$size.png"
done
for size in 32 128 256 512; do
  # Tauri takes 8-bit RGBA only.
  convert "$out/$size.png" -strip -define png:color-type=6 -depth 8 "$out/rgba-$size.png"
done
cp "$out/rgba-32.png" 32x32.png
cp "$out/rgba-128.png" 128x128.png
cp "$out/rgba-256.png" 128x128@2x.png
cp "$out/rgba-512.png" icon.png
# What Linux installs: icons/hicolor/SIZE.png, beside dragoman.svg and dragoman-symbolic.svg.
mkdir -p hicolor
for size in 16 24 32 48 64 128 256 512; do
  convert "$out/$size.png" -strip -define png:color-type=6 -depth 8 "hicolor/$size.png"
done
convert "$out/16.png" "$out/24.png" "$out/32.png" "$out/48.png" "$out/64.png" "$out/256.png" icon.ico
# An icns file is a header and, for each size, a type, a length and a PNG.
python3 - "$out" <<'PY'
import struct, sys
types = {16: [b'icp4'], 32: [b'icp5', b'ic11'], 64: [b'ic12'], 128: [b'ic07'],
         256: [b'ic08', b'ic13'], 512: [b'ic09', b'ic14'], 1024: [b'ic10']}
body = b''
for size, names in types.items():
    png = open(f'{sys.argv[1]}/{size}.png', 'rb').read()
    for name in names:
        body += name + struct.pack('>I', len(png) + 8) + png
open('icon.icns', 'wb').write(b'icns' + struct.pack('>I', len(body) + 8) + body)
PY
