package cgroup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParsePIDs(t *testing.T) {
	cases := []struct {
		name, text string
		want       []int
	}{
		{"nothing", "", nil},
		{"some", "812\n7\n812\n4194304\n", []int{812, 7, 812, 4194304}},
		{"cut", "812\n41", []int{812}},
		{"not seen here", "0\n0\n9\n", []int{9}},
		{"malformed", "\n-1\n+2\n3 \nx\n99999999999\n4\n", []int{4}},
	}
	for _, tc := range cases {
		if got := parsePIDs([]byte(tc.text)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}

func FuzzParsePIDs(f *testing.F) {
	f.Add([]byte("1\n0\n2147483647\n2147483648\n12"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := parsePIDs(b)
		var text strings.Builder
		for _, pid := range got {
			if pid <= 0 {
				t.Errorf("%q became %v", b, got)
			}
			fmt.Fprintln(&text, pid)
		}
		if again := parsePIDs([]byte(text.String())); !slices.Equal(again, got) || text.Len() > len(b) {
			t.Errorf("%q became %v, then %v", b, got, again)
		}
	})
}
