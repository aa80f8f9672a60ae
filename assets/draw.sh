#!/bin/sh
# Draws every PNG of this folder anew from the SVG beside it. Run it after a
# change of a drawing. Needs rsvg-convert: Debian and Ubuntu librsvg2-bin,
# Fedora librsvg2-tools, Arch and Homebrew librsvg.
set -eu
cd "$(dirname "$0")"

if ! command -v rsvg-convert >/dev/null; then
	echo "draw.sh: rsvg-convert is missing: install librsvg2-bin (Debian, Ubuntu), librsvg2-tools (Fedora) or librsvg" >&2
	exit 1
fi

draw() { # name, width and height in pixels, name of the PNG if it is another
	rsvg-convert --width "$2" --height "$2" --output "${3:-$1}.png" "$1.svg"
}

draw icon 512
draw icon 256 icon-window
draw tray 44
draw tray-marked 44
draw tray-template 32
draw tray-template-marked 32
