package main

import "testing"

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
