#!/bin/sh
# Makes the lists of sources from the three locks. Needs flatpak-cargo-generator and
# flatpak-node-generator of flatpak-builder-tools.
set -eu
cd "$(dirname "$0")"
for tool in flatpak-cargo-generator flatpak-node-generator; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: see flatpak-builder-tools" >&2; exit 1; }
done
flatpak-cargo-generator ../../Cargo.lock -o cargo-sources.json
flatpak-cargo-generator ../../src-tauri/tools/pack/Cargo.lock -o pack-sources.json
flatpak-node-generator npm ../../ui/package-lock.json -o node-sources.json
