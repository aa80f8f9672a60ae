# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source it
# What the scripts of this folder share. Sourced behind packaging/lib.sh; it has to run
# on the bash 3.2 of macOS.

# Where packaging/macos/build puts the bundle, and the others look for it.
output=$root/build/macos

# need_tools TOOL…: ends the script where one of Apple's tools is missing.
need_tools() {
	local tool
	for tool in "$@"; do
		have "$tool" || die "${0##*/}: $tool is missing. It comes with macOS or its command-line tools: run this on a Mac, after xcode-select --install."
	done
}

# need_path PATH: ends the script where a bundle or a disk image is missing.
need_path() {
	[[ -e $1 ]] || die "${0##*/}: $1 is missing. packaging/macos/build makes the bundle, packaging/macos/dmg the disk image."
}

# oldest_macos prints the oldest macOS that programs of this Go run on, as
# https://go.dev/doc/go1.26 and go1.27 say under Darwin. Fyne asks for nothing newer.
oldest_macos() {
	local go
	go=$(cd "$root" && go env GOVERSION | sed -E 's/^.*go([0-9]+[.][0-9]+).*/\1/')
	if older "$go" 1.27; then
		printf '12.0\n'
	else
		printf '13.0\n'
	fi
}

# macos_name VERSION: what Homebrew calls a version of macOS.
macos_name() {
	case $1 in
	12.0) printf 'monterey\n' ;;
	13.0) printf 'ventura\n' ;;
	*) return 1 ;;
	esac
}

# bundle_version BUNDLE prints the version that the bundle has.
bundle_version() {
	plutil -extract CFBundleShortVersionString raw -o - "$1/Contents/Info.plist"
}
