package history

import (
	"strings"
	"testing"

	"portlight/app/alerts"
	"portlight/scanner"
)

func TestListenerComesBack(t *testing.T) {
	all := []scanner.Listener{listener("web", 80), filled(0), filled(1000)}
	v4in6 := listener("web", 80)
	v4in6.Addr = all[1].Addr.WithZone("").Unmap()
	none := all[0]
	none.Owners, none.UID = nil, scanner.UnknownUID
	raw := filled(0)
	raw.Namespace, raw.Owners[1].Comm, raw.Behind.Container.Name = "\xff", "a\xc3", "é"
	for _, l := range append(all, v4in6, none, raw) {
		b, err := encodeListener(&l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeListener(b)
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		wantSame(t, string(b), back, l)
	}
}

func TestNotAListener(t *testing.T) {
	for _, text := range []string{
		``, `null`, `[]`, `{}`, `{"p":1}`, `{"p":3,"a":"::","o":1}`, `{"p":1,"a":"::","o":0}`, `{"p":1,"a":"::","o":70000}`, `{"p":1,"a":"nowhere","o":1}`,
		`{"p":1,"a":"::","o":1,"m":{"t":"x"}}`, `{"p":1,"a":"::","o":1,"w":{}}`, strings.Repeat("[", 200_000), `"` + strings.Repeat("x", maxJSON) + `"`,
	} {
		if l, err := decodeListener([]byte(text)); err == nil {
			t.Errorf("%.40s is %+v", text, l)
		}
	}
}

// FuzzListener has any text in the database: an error, or a listener that is bounded
// and can be stored.
func FuzzListener(f *testing.F) {
	for _, l := range []scanner.Listener{listener("web", 80), filled(0), {}} {
		b, err := encodeListener(&l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"x":true,"p":1,"a":"\u00ff","o":1,"w":[{"n":"\ud800😀"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := decodeListener(b)
		if err != nil {
			return
		}
		for _, text := range newStored(&l).texts() {
			if len(*text) > maxText {
				t.Errorf("text of %d bytes", len(*text))
			}
		}
		l.ID()
		again, err := encodeListener(&l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeListener(again)
		if err != nil {
			t.Fatalf("%s became %s: %v", b, again, err)
		}
		if len(back.Owners) == len(l.Owners) {
			wantSame(t, string(b), back, l)
		}
	})
}

// FuzzFindings is the same for the other programs of an event.
func FuzzFindings(f *testing.F) {
	b, err := encodeFindings([]alerts.Finding{{Verdict: alerts.New, Program: "exe:/a\xff", Would: alerts.Watched, Rule: 1}, {Verdict: alerts.New, Program: "exe:/é"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := decodeFindings(b)
		if err != nil {
			return
		}
		for _, f := range found {
			if len(f.Program) > maxName || len(f.Verdict) > maxWord || len(f.Would) > maxWord {
				t.Errorf("%+v", f)
			}
		}
		again, err := encodeFindings(found)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeFindings(again)
		if err != nil || len(back) > len(found) {
			t.Fatalf("%s became %s: %v", b, again, err)
		}
	})
}
