package codesign

import "portlight/assets/words"

// Of what the kernel has validated.
const (
	wordApple       = words.Text("{{.ID}}, a part of macOS: kernel-validated identity")
	wordTeam        = words.Text("{{.ID}} of team {{.Team}}: kernel-validated identity")
	wordTeamBy      = words.Text("{{.ID}} of team {{.Team}} ({{.Category}}): kernel-validated identity")
	wordCertificate = words.Text("{{.ID}}, signed with a certificate that names no team known to Apple")
	wordAdHoc       = words.Text("{{.ID}}, signed ad hoc: nobody vouches for it")
	wordNone        = words.Text("None that macOS holds for valid | signature")

	wordDevelopment = words.Text("in development | a program, in a parenthesis")
	wordEnterprise  = words.Text("for use within a company | a program, in a parenthesis")
)

// Of what a file says of itself.
const (
	wordFileApple       = words.Text("Its file claims to be {{.ID}}, a part of macOS; that is not checked")
	wordFileTeam        = words.Text("Its file claims to be {{.ID}} of team {{.Team}}; that is not checked")
	wordFileCertificate = words.Text("Its file claims to be {{.ID}}, of no team; that is not checked")
	wordFileAdHoc       = words.Text("Its file claims to be {{.ID}}, signed ad hoc: nobody vouches for it")
	wordFileNone        = words.Text("Its file has none | signature")
)

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
		return wordApple.With("ID", s.ID)
	case Developer:
		if by := s.Category.words(); by != "" {
			return wordTeamBy.With("ID", s.ID, "Team", s.Team, "Category", by)
		}
		return wordTeam.With("ID", s.ID, "Team", s.Team)
	case Certificate:
		return wordCertificate.With("ID", s.ID)
	case AdHoc:
		return wordAdHoc.With("ID", s.ID)
	}
	return wordNone.String()
}

func (s Signature) fileWords() string {
	switch s.Signer {
	case Apple:
		return wordFileApple.With("ID", s.ID)
	case Developer:
		return wordFileTeam.With("ID", s.ID, "Team", s.Team)
	case Certificate:
		return wordFileCertificate.With("ID", s.ID)
	case AdHoc:
		return wordFileAdHoc.With("ID", s.ID)
	}
	return wordFileNone.String()
}

// words names a category, "" for those that tell nothing more. What Apple names is
// named alike in every language.
func (c Category) words() string {
	switch c {
	case TestFlight:
		return "TestFlight"
	case Development:
		return wordDevelopment.String()
	case AppStore:
		return "App Store"
	case Enterprise:
		return wordEnterprise.String()
	case DeveloperID:
		return "Developer ID"
	}
	return ""
}
