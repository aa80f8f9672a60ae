package launchd

import (
	"maps"
	"os"
	"strings"
	"testing"
)

func TestParseDisabled(t *testing.T) {
	capture, err := os.ReadFile("testdata/print-disabled-26.5.txt")
	must(t, err)
	cases := []struct {
		name, text string
		want       map[string]bool
		skipped    int
	}{
		{"macOS 26", string(capture), map[string]bool{"com.apple.ODSAgent": true, "com.apple.screensharing": false, "com.apple.smbd": true}, 0},
		{"older", "\n\tdisabled services = {\n\t\t\"com.x\" => true\n\t\t\"com.y\" => false\n\t}\n", map[string]bool{"com.x": true, "com.y": false}, 0},
		{"an odd label", "disabled services = {\n\"a\" => b\" => disabled\n}", map[string]bool{"a\" => b": true}, 0},
		{"odd lines", "disabled services = {\n\"a\" => maybe\n\" => true\nb => true\n\"c\" => true\n}\n", map[string]bool{"c": true}, 3},
		{"modes of login", "disabled services = {\n\t}\nlogin-mode services = {\n\t\t\"a\" => disabled\n\t}\n", map[string]bool{}, 0},
		{"cut", "disabled services = {\n\t\"a\" => true\n\t\"b\" => fal", map[string]bool{"a": true}, 1},
	}
	for _, tc := range cases {
		if got, skipped, err := ParseDisabled([]byte(tc.text)); err != nil || skipped != tc.skipped || !maps.Equal(got, tc.want) {
			t.Errorf("%s: got %v, %d, %v", tc.name, got, skipped, err)
		}
	}
	for _, text := range []string{"", "Could not find domain", "\"a\" => true"} {
		if got, _, err := ParseDisabled([]byte(text)); err != errNoDatabase {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

func FuzzParseDisabled(f *testing.F) {
	f.Add("disabled services = {\n\t\t\"com.x\" => true\n\t}\n")
	f.Add("disabled services = {\n\" => true\n\"\" => enabled\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, skipped, err := ParseDisabled([]byte(text))
		if err != nil && (got != nil || skipped != 0) {
			t.Errorf("got %v, %d, %v", got, skipped, err)
		}
		if len(got)+skipped > strings.Count(text, "\n")+1 {
			t.Errorf("%q: %d labels and %d lines skipped", text, len(got), skipped)
		}
		for label := range got {
			if !strings.Contains(text, `"`+label+`" => `) {
				t.Errorf("%q has no %q", text, label)
			}
		}
	})
}
