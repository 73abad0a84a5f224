#!/bin/sh
# Takes out of the AppImage of a folder what must be the host's own: with the Wayland and X
# libraries of the machine that built it, a newer Mesa finds no display (EGL_BAD_PARAMETER)
# and the window stays empty. Needs appimagetool. Its signature is made after this.
set -eu
cd "$1"
image=$(ls ./*.AppImage)
image=$(readlink -f "$image")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod +x "$image"
"$image" --appimage-extract >/dev/null
taken='libwayland-*.so* libxkbcommon*.so* libxcb*.so* libX11*.so* libXau.so* libXdmcp.so* libEGL*.so* libGL*.so* libdrm*.so* libgbm*.so*'
for name in $taken; do
  find squashfs-root -name "$name" -delete
done
for name in $taken; do
  left=$(find squashfs-root -name "$name")
  if [ -n "$left" ]; then
    echo "$left is still in the AppImage" >&2
    exit 1
  fi
done
for program in dragoman dragoman-cli dragoman-draw; do
  test -x "squashfs-root/usr/bin/$program" || { echo "no $program in the AppImage" >&2; exit 1; }
done
ARCH=$(uname -m) appimagetool --no-appstream squashfs-root "$image"
