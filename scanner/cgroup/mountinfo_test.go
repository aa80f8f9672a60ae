package cgroup

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestParseMounts(t *testing.T) {
	const (
		proc    = "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
		old     = "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
		unified = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
		pure    = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 master:1 - cgroup2 cgroup2 rw,nsdelegate\n"
		part    = "90 24 0:26 /docker/ab /mnt/part ro - cgroup2 cgroup2 ro\n"
	)
	cases := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"none", proc + old, nil},
		{"version 2 alone", proc + pure, []string{"/sys/fs/cgroup"}},
		{"beside version 1", proc + old + unified, []string{"/sys/fs/cgroup/unified"}},
		{"a part, then the whole", part + pure + unified, []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/mnt/part"}},
		{"without a line end", strings.TrimSuffix(pure, "\n"), []string{"/sys/fs/cgroup"}},
		{"escaped", `1 2 0:3 / /a\040b\134\011c rw - cgroup2 none rw`, []string{"/a b\\\tc"}},
		{"not escapes", `1 2 0:3 / /a\999\0 rw - cgroup2 none rw`, []string{`/a\999\0`}},
		{"a name with another blank", "1 2 0:3 / /a\u00a0b rw - cgroup2 none rw", []string{"/a\u00a0b"}},
		{"no dash", "1 2 0:3 / /a rw cgroup2 none rw\n" + pure, []string{"/sys/fs/cgroup"}},
		{"nothing behind the dash", "1 2 0:3 / /a rw -\n" + pure, []string{"/sys/fs/cgroup"}},
		{"too short", "1 2 0:3\n\n" + pure, []string{"/sys/fs/cgroup"}},
		{"a dash as options", "1 2 0:3 / /a - - cgroup2 none rw", []string{"/a"}},
		{"no path", "1 2 0:3 / a rw - cgroup2 none rw", nil},
	}
	for _, tc := range cases {
		if got := parseMounts([]byte(tc.text)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func FuzzParseMounts(f *testing.F) {
	f.Add([]byte("41 31 0:38 / /sys/fs/cgroup/uni\\040fied rw,relatime shared:1 - cgroup2 cgroup2 rw\n"))
	f.Add([]byte("1 2 0:3 /x /\\777\\ rw - cgroup2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := parseMounts(b)
		if len(got) > bytes.Count(b, []byte("cgroup2")) {
			t.Errorf("%q became %q", b, got)
		}
		for _, point := range got {
			if point[0] != '/' || len(point) > len(b) {
				t.Errorf("%q became %q", b, got)
			}
		}
	})
}
