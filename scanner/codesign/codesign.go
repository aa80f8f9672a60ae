// Package codesign tells who signed a program of macOS: what the kernel has
// validated of a process that runs, and what a file on disk claims to be.
//
// An identity says who made a program, and nothing about what it does.
package codesign

import "strings"

// Evidence is what a Signature rests on.
type Evidence uint8

// The kinds of evidence. The zero value is none: nothing is known, as on every
// system but macOS.
const (
	Kernel Evidence = iota + 1 // the kernel has validated it, for the process that runs
	File                       // it stands in a file, which may say what it likes
)

// Signer is who vouches for a program.
type Signer uint8

// The signers.
const (
	Unsigned    Signer = iota + 1 // nobody: there is no signature, or none that is valid
	AdHoc                         // nobody: the signature only tells when the program changes
	Certificate                   // a certificate that macOS does not take for one of a team of developers
	Developer                     // a team of developers that is known to Apple
	Apple                         // Apple itself: a part of macOS
)

// Category is the way in which macOS came to accept a program, the kernel's
// CS_VALIDATION_CATEGORY_* (osfmk/kern/cs_blobs.h of xnu). Zero is untold, as before
// macOS 13.
type Category uint8

// The categories that tell who vouches for a program.
const (
	Platform    Category = 1
	TestFlight  Category = 2
	Development Category = 3
	AppStore    Category = 4
	Enterprise  Category = 5
	DeveloperID Category = 6
)

// vouched reports whether Apple stands behind the certificate. Where the category is
// not told, that the kernel runs the program is all there is.
func (c Category) vouched() bool { return c <= DeveloperID }

// Signature is what is known of who signed a program. It is comparable. Its texts come
// from the program and may hold any bytes but NUL; they have at most 1024.
type Signature struct {
	ID       string   // identifier of the code: "com.apple.rapportd"
	Team     string   // identifier of the developers' team, "9BNSXJN65R"; "" for Apple's own
	Evidence Evidence //
	Signer   Signer   //
	Category Category // of a process only
}

// appleTeam stands where the team does. No team is named so: theirs are of capital
// letters and digits.
const appleTeam = "apple"

// Identity is one word for the program of a process, the same after an update:
// "9BNSXJN65R/com.docker.backend", "apple/com.apple.rapportd". It is "" unless the
// kernel has validated it, and a team or Apple vouches for it.
func (s Signature) Identity() string {
	if s.Evidence != Kernel {
		return ""
	}
	return s.Claim()
}

// Claim is the Identity that a program has if what its file says is true.
func (s Signature) Claim() string {
	team := s.Team
	switch {
	case !plain(s.ID):
		return ""
	case s.Signer == Apple:
		team = appleTeam
	case s.Signer != Developer || strings.Trim(team, capitals) != "":
		return ""
	}
	return team + "/" + s.ID
}

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// plain reports whether a text is of ASCII that can be seen.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return text != ""
}
