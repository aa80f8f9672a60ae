# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source it
# What packaging/run and packaging/test share: finding and installing what is
# missing, and building. Sourced, with $root set to the top of the project; it has
# to run on the bash 3.2 of macOS.

# The build tags of the app on this system, and what a build with them needs: a
# compiler and these pkg-config modules.
build_modules=()
if [[ $(uname) == Darwin ]]; then
	app_tags=migrated_fynedo
else
	app_tags=gles,x11,migrated_fynedo
	build_modules=(gl x11 xcursor xrandr xinerama xi xxf86vm)
fi
debian_build=(gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev)
fedora_build=(gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel)
arch_build=(gcc pkgconf libglvnd libx11 libxcursor libxrandr libxinerama libxi libxxf86vm)

# say LINE…: to the person, not to the output.
say() { printf '%s\n' "$@" >&2; }

die() {
	say "$@"
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# asks tells whether there is a person to ask: a terminal, and neither CI nor --yes.
asks() { [[ -t 0 && ${CI:-} != true && -z ${yes:-} ]]; }

# confirm QUESTION: true for yes, and where there is nobody to ask.
confirm() {
	asks || return 0
	local answer
	read -r -p "$1 [Y/n] " answer || return 1
	case $answer in '' | [Yy]*) return 0 ;; esac
	return 1
}

# older A B: true if version A is before version B, both like 1.24.0.
older() {
	local IFS=. i
	# shellcheck disable=SC2206 # to be split at the dots
	local a=($1) b=($2)
	for i in 0 1 2; do
		((10#${a[i]:-0} == 10#${b[i]:-0})) || { ((10#${a[i]:-0} < 10#${b[i]:-0})) && return 0 || return 1; }
	done
	return 1
}

# need_go ends the script where Go is missing or too old. From 1.21 on Go fetches
# the version that go.mod asks for by itself, unless GOTOOLCHAIN forbids it.
need_go() {
	local want found
	want=$(sed -n 's/^go //p' "$root/go.mod")
	have go || die "Portlight is built with Go $want or newer, and there is no Go here." \
		"Install it as https://go.dev/doc/install says, and see that 'go version' answers."
	found=$(cd / && GOTOOLCHAIN=local go version | sed -E 's/^go version go([0-9.]+).*/\1/')
	case $found in *[!0-9.]* | '') return ;; esac # a development version says no number
	older "$found" "$want" || return 0
	if ! older "$found" 1.21 && [[ $(cd / && go env GOTOOLCHAIN) != local* ]]; then
		return
	fi
	die "Portlight is built with Go $want or newer; this is Go $found ($(command -v go))." \
		"Install a newer one as https://go.dev/doc/install says."
}

# can_build tells whether the compiler and the headers are there.
can_build() {
	local cc
	cc=$(go env CC)
	have "${cc%% *}" || return 1
	if [[ $(uname) == Darwin ]]; then
		xcode-select -p >/dev/null 2>&1
		return
	fi
	have pkg-config && pkg-config --exists "${build_modules[@]}"
}

# need_apple_tools ends the script where Apple's compiler is missing.
need_apple_tools() {
	can_build || die "The build needs Apple's command-line tools. Install them with: xcode-select --install"
}

# missing_debs PACKAGE…: prints those that are not installed, a line each.
missing_debs() {
	local p
	for p in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || printf '%s\n' "$p"
	done
}

# as_root COMMAND…: by sudo where this is not root; without a terminal sudo must
# not ask for a password.
as_root() {
	if ((EUID == 0)); then
		"$@"
	elif [[ -t 0 ]]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

# can_install tells whether as_root has a chance.
can_install() { ((EUID == 0)) || have sudo; }

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# install_debs PACKAGE…: fetches the lists and installs, twice at most; prints what
# apt-get said only if it failed for good.
install_debs() {
	local log=$root/build/log/apt.txt try
	mkdir -p "${log%/*}"
	for try in 1 2; do
		if { apt_get update && apt_get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
			return
		fi
		((try == 2)) || sleep 5
	done
	tail -n 40 "$log" >&2
	return 1
}

# version is what the binary says of itself: the tag, or the version of FyneApp.toml
# with the commit.
version() {
	local tag commit base
	if tag=$(git -C "$root" describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null); then
		printf '%s\n' "${tag#v}"
		return
	fi
	base=$(sed -n 's/^ *Version = "\(.*\)"$/\1/p' "$root/FyneApp.toml")
	commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || commit=
	printf '%s\n' "$base${commit:+-dev+$commit}"
}

# needs_c KIND tells whether a build needs a C compiler: with a window always, and
# the tray of macOS is Objective-C.
needs_c() { [[ $1 == window || $(uname) == Darwin ]]; }

# build FILE window|nowindow [VERSION]: the app as one file, for this system and the
# processor that GOARCH names.
build() {
	local tags=$app_tags cgo=1
	[[ $2 == window ]] || tags=nowindow
	needs_c "$2" || cgo=0
	(cd "$root" && CGO_ENABLED=$cgo go build -trimpath -buildvcs=false -tags "$tags" \
		-ldflags "-s -w -X main.version=${3:-$(version)}" -o "$1" ./app)
}
