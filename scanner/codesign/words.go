package codesign

// Words says who signed a program, and how that is known; "" where nothing is. It
// holds the texts of the program as they are.
func (s Signature) Words() string {
	switch s.Evidence {
	case Kernel:
		return s.kernelWords()
	case File:
		return s.fileWords()
	}
	return ""
}

func (s Signature) kernelWords() string {
	switch s.Signer {
	case Apple:
		return s.ID + ", a part of macOS: kernel-validated identity"
	case Developer:
		return s.ID + " of team " + s.Team + s.Category.words() + ": kernel-validated identity"
	case Certificate:
		return s.ID + ", signed with a certificate that names no team known to Apple"
	case AdHoc:
		return s.ID + ", signed ad hoc: nobody vouches for it"
	}
	return "None that macOS holds for valid"
}

func (s Signature) fileWords() string {
	switch s.Signer {
	case Apple:
		return "Its file claims to be " + s.ID + ", a part of macOS; that is not checked"
	case Developer:
		return "Its file claims to be " + s.ID + " of team " + s.Team + "; that is not checked"
	case Certificate:
		return "Its file claims to be " + s.ID + ", of no team; that is not checked"
	case AdHoc:
		return "Its file claims to be " + s.ID + ", signed ad hoc: nobody vouches for it"
	}
	return "Its file has none"
}

func (c Category) words() string {
	switch c {
	case TestFlight:
		return " (TestFlight)"
	case Development:
		return " (in development)"
	case AppStore:
		return " (App Store)"
	case Enterprise:
		return " (for use within a company)"
	case DeveloperID:
		return " (Developer ID)"
	}
	return ""
}
