package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestComplete fails on a text that a language lacks, on one that is in no code, and on
// names in braces that differ.
func TestComplete(t *testing.T) {
	t.Chdir("../..")
	texts, problems, err := readCode(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range languages {
		have, err := readFile(lang)
		if err != nil {
			t.Fatal(err)
		}
		problems = append(problems, compare(texts, have, lang)...)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// TestCompare holds translations that are wrong against a text and a plural.
func TestCompare(t *testing.T) {
	texts := map[string]*text{
		"{{.A}} of {{.B}}": {key: "{{.A}} of {{.B}}"},
		"{{.N}} of {{.B}}": {key: "{{.N}} of {{.B}}", plural: true},
	}
	good := func() map[string]form {
		return map[string]form{"{{.A}} of {{.B}}": "{{.B}}: {{.A}}", "{{.N}} of {{.B}}": map[string]any{"one": "ein {{.B}}", "other": "{{.N}} {{.B}}"}}
	}
	if got := compare(texts, good(), "de"); got != nil {
		t.Errorf("what is right: %q", got)
	}
	for what, spoil := range map[string]func(map[string]form){
		"missing":      func(m map[string]form) { delete(m, "{{.A}} of {{.B}}") },
		"unused":       func(m map[string]form) { m["no more"] = "nicht mehr" },
		"empty":        func(m map[string]form) { m["{{.A}} of {{.B}}"] = " " },
		"other name":   func(m map[string]form) { m["{{.A}} of {{.B}}"] = "{{.A}} {{.C}}" },
		"less names":   func(m map[string]form) { m["{{.A}} of {{.B}}"] = "{{.A}}" },
		"no plural":    func(m map[string]form) { m["{{.N}} of {{.B}}"] = "{{.N}} {{.B}}" },
		"a plural":     func(m map[string]form) { m["{{.A}} of {{.B}}"] = map[string]any{"other": "{{.A}} {{.B}}"} },
		"no form":      func(m map[string]form) { m["{{.N}} of {{.B}}"] = map[string]any{"other": "{{.N}} {{.B}}"} },
		"another form": func(m map[string]form) { m["{{.N}} of {{.B}}"].(map[string]any)["few"] = "{{.N}} {{.B}}" },
		"no text":      func(m map[string]form) { m["{{.A}} of {{.B}}"] = 1.0 },
	} {
		have := good()
		spoil(have)
		if compare(texts, have, "de") == nil {
			t.Errorf("%s: not noticed", what)
		}
	}
}

// TestReadCode finds texts by their types, and calls that fill in other names.
func TestReadCode(t *testing.T) {
	root := t.TempDir()
	for name, code := range map[string]string{
		"assets/words/words.go": "package words\ntype Text string\nfunc (t Text) With(p ...any) string { return string(t) }\nfunc (p Plural) Of(n int, q ...any) string { return p.One }\nfunc Wrap(t Text, reason error, p ...any) error { return reason }\ntype Error string\ntype Plural struct{ One, Other string }\n",
		"app/a_linux.go":        "package app\nimport \"portlight/assets/words\"\nconst a = words.Text(\"a {{.X}}\")\nvar b = []words.Text{\"b\"}\nfunc c() words.Text { return \"c\" }\nfunc d() { a.With(\"Y\", 1); h.Of(1, \"V\", 2) }\nvar h = words.Plural{One: \"{{.N}} g\", Other: \"{{.N}} gs\"}\nfunc g() { words.Wrap(a, nil, \"Z\", 1); words.Wrap(\"{{.X}}: {{.Reason}}\", nil, \"X\", 1) }\n",
		"app/a_darwin.go":       "package app\nimport (\n\t\"example.org/elsewhere\"\n\t\"portlight/assets/words\"\n)\nconst e = words.Error(\"e\")\nvar f = elsewhere.G(words.Plural{One: \"{{.N}} f\", Other: \"{{.N}} fs\"})\nvar no = \"no\"\n",
	} {
		path := filepath.Join(root, name)
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, top := range []string{"scanner", "services"} {
		os.Mkdir(filepath.Join(root, top), 0o700)
	}
	texts, problems, err := readCode(root)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(texts)), []string{"a {{.X}}", "b", "c", "e", "{{.N}} fs", "{{.N}} gs", "{{.X}}: {{.Reason}}"}; !slices.Equal(got, want) {
		t.Errorf("texts %q, want %q", got, want)
	}
	all := strings.Join(problems, "\n")
	if len(problems) != 3 || !strings.Contains(all, "fills in [Y]") || !strings.Contains(all, "fills in [V]") || !strings.Contains(all, "fills in [Reason Z]") {
		t.Errorf("problems %q, want one on the name Y, one on V and one on Z", problems)
	}
}
