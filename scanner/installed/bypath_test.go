package installed

import (
	"strings"
	"testing"
)

const (
	hash   = "0c0vqjgs8gkfbzxbkwv2lfn2gdkxwrjb"
	commit = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

var pathCases = map[string]string{
	"/snap/firefox/4955/usr/lib/firefox/firefox": "snap firefox revision 4955",
	"/var/lib/snapd/snap/lxd_two/x1/bin/lxd":     "snap lxd_two revision x1",
	"/home/u/snap/firefox/4955/x":                "",
	"/snap/bin":                                  "",
	"/var/lib/flatpak/app/org.videolan.VLC/x86_64/stable/" + commit + "/files/bin/vlc":                   "Flatpak org.videolan.VLC stable",
	"/home/u/.local/share/flatpak/runtime/org.kde.Platform/aarch64/6.8/" + commit + "/files/bin/kioexec": "Flatpak org.kde.Platform 6.8",
	"/srv/flatpak/app/x/y/z/files/bin/vlc":                                                               "",
	"/nix/store/" + hash + "-python3-3.12.8/bin/python3.12":                                              "Nix python3 3.12.8",
	"/nix/store/" + hash + "-openssl-3.3.2-bin/bin/openssl":                                              "Nix openssl 3.3.2",
	"/nix/store/" + hash + "-nginx-wrapper/bin/nginx":                                                    "Nix nginx-wrapper ",
	"/nix/store/" + hash + "-7zip/bin/7z":                                                                "Nix 7zip ",
	"/gnu/store/" + hash + "-guile-3.0.9/bin/guile":                                                      "Guix guile 3.0.9",
	"/nix/store/short-x-1/bin/x":                                                                         "",
	"/tmp/.mount_Ultima1Ab2Cd/usr/bin/app":                                                               "AppImage Ultima ",
	"/run/user/1000/.mount_xabcdef/AppRun":                                                               "AppImage x ",
	"/tmp/.mount_abcdef/AppRun":                                                                          "",
	"/opt/homebrew/Cellar/redis/7.2.6/bin/redis-server":                                                  "Homebrew redis 7.2.6",
	"/usr/local/Cellar/python@3.12/3.12.8/Frameworks/x":                                                  "Homebrew python@3.12 3.12.8",
	"/home/linuxbrew/.linuxbrew/Cellar/nginx/1.27.3/bin/nginx":                                           "Homebrew nginx 1.27.3",
	"/opt/homebrew/Caskroom/ngrok/3.18.4/ngrok":                                                          "Homebrew ngrok 3.18.4",
	"/home/u/brew/Cellar/jq/1.7.1/bin/jq":                                                                "Homebrew jq 1.7.1",
	"/home/u/wine/Cellar/red/1999/bin/drink":                                                             "",
	"/Applications/Sound.app/Contents/Frameworks/Helper.app/Contents/MacOS/H":                            "macOS app Sound & Vision 4.2",
	"/Applications/Bare.app/Contents/MacOS/Bare":                                                         "macOS app Bare ",
	"/Applications/Binary.app/Contents/MacOS/b":                                                          "macOS app Binary ",
	"/home/u/my.app/server":                                                                              "",
	"/usr/sbin/cupsd":                                                                                    "macOS macOS 15.1",
	"/System/Library/PrivateFrameworks/x":                                                                "macOS macOS 15.1",
	"/System/Volumes/Data/Users/u/x":                                                                     "",
	"/usr/local/bin/x":                                                                                   "",
}

// mac is what of macOS the cases need, and a brew in a folder of its own.
func mac(t testing.TB) root {
	list := func(pairs ...string) string {
		var b strings.Builder
		for i := 0; i < len(pairs); i += 2 {
			b.WriteString("<key>" + pairs[i] + "</key><string>" + pairs[i+1] + "</string>")
		}
		return `<?xml version="1.0"?><plist version="1.0"><dict>` + b.String() + `</dict></plist>`
	}
	return tree(t, map[string]string{
		systemVersion:          list("ProductName", "macOS", "ProductVersion", "15.1"),
		"home/u/brew/bin/brew": "",
		"Applications/Sound.app/Contents/Info.plist":                                list("CFBundleName", "Sound", "CFBundleDisplayName", "Sound &amp; Vision", "CFBundleShortVersionString", "4.2"),
		"Applications/Binary.app/Contents/Info.plist":                               "bplist00 broken",
		"Applications/Sound.app/Contents/Frameworks/Helper.app/Contents/Info.plist": list("CFBundleName", "Helper"),
	})
}

func TestByPath(t *testing.T) {
	r := mac(t)
	for path, want := range pathCases {
		expect(t, r, path, want)
	}
}

// TestLinkToAPlace follows the link that a manager puts into a folder of programs.
func TestLinkToAPlace(t *testing.T) {
	r := tree(t, map[string]string{"opt/homebrew/Cellar/redis/7.2.6/bin/redis-server": "", "opt/homebrew/bin/redis-server": "-> ../Cellar/redis/7.2.6/bin/redis-server"})
	expect(t, r, "/opt/homebrew/bin/redis-server", "Homebrew redis 7.2.6")
}

func FuzzByPath(f *testing.F) {
	for path := range pathCases {
		f.Add(path)
	}
	r := mac(f)
	f.Fuzz(func(t *testing.T, path string) {
		p, ok := r.byPath(path)
		if ok != (p.Manager != "") || ok != (p.Name != "") {
			t.Errorf("%q: %+v, %v", path, p, ok)
		}
	})
}
