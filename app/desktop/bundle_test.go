package desktop

import "testing"

func TestBundleFault(t *testing.T) {
	for _, c := range []struct {
		id, path string
		bundled  bool
	}{
		{AppID, "/Applications/Portlight.app", true},
		{AppID, "/Users/u/My Apps/Portlight 2.app", true},
		{AppID, "/usr/local/bin", false},
		{"", "/Applications/Portlight.app", false},
		{"", "/Users/u/portlight/bin", false},
		{"", "", false},
	} {
		if err := bundleFault(c.id, c.path); (err == nil) != c.bundled {
			t.Errorf("bundleFault(%q, %q) = %v", c.id, c.path, err)
		}
	}
}
