package services

import (
	"slices"
	"testing"
)

func TestSources(t *testing.T) {
	s := setOf(Apple) | setOf(IANA) | setOf("unheard of")
	if got := s.List(); !slices.Equal(got, []Source{IANA, Apple}) || s.Has(User) || s.Has("unheard of") {
		t.Errorf("set %b is %v", s, got)
	}
	if got := Sources(0).List(); got != nil {
		t.Errorf("no source is %v", got)
	}
	all := []Source{User, Hint, Common, System, IANA, Apple}
	for _, one := range all {
		s |= setOf(one)
	}
	if got := s.List(); !slices.Equal(got, all) {
		t.Errorf("all are %v", got)
	}
}

func TestSameName(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"dec_dlm", "dec-dlm", true}, {"z39.50", "Z39-50", true}, {"", "", true},
		{"imap", "imap2", false}, {"a-b", "a+b", false}, {"É", "é", false}, {"ab", "cd", false},
	} {
		if got := sameName(tc.a, tc.b); got != tc.want {
			t.Errorf("%q and %q: %v", tc.a, tc.b, got)
		}
	}
}

func TestFold(t *testing.T) {
	all := fold([]Name{
		{Port: 1, Proto: "tcp", Name: "a", Source: Hint, Program: "p"},
		{Port: 1, Proto: "tcp", Name: "A", Source: System, Description: "words"},
		{Port: 1, Proto: "tcp", Name: "a", Source: System},
		{Port: 1, Proto: "tcp", Name: "a", Source: Hint, Program: "q"},
		{Port: 1, Proto: "udp", Name: "a", Source: IANA},
		{Port: 2, Proto: "udp", Name: "a", Source: IANA},
	})
	want := []Name{
		{Port: 1, Proto: "tcp", Name: "a", Source: Hint, Program: "p", Also: setOf(System), Description: "words"},
		{Port: 1, Proto: "tcp", Name: "a", Source: Hint, Program: "q"},
		{Port: 1, Proto: "udp", Name: "a", Source: IANA},
		{Port: 2, Proto: "udp", Name: "a", Source: IANA},
	}
	if !slices.Equal(all, want) {
		t.Errorf("got %+v, want %+v", all, want)
	}
}
