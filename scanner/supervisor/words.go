package supervisor

import "portlight/assets/words"

const (
	wordUnitsUnknown      = words.Text("socket units of systemd are not known: {{.Reason}}")
	wordContainersUnknown = words.Text("containers of {{.Engine}} are not known: {{.Reason}}")
	wordJobsUnknown       = words.Text("jobs of launchd are not known: {{.File}}: {{.Reason}}")
	wordUnlistened        = words.Text("{{.Engine}}: port {{.Port}} is published to {{.Container}} by the firewall, without a listener")
	wordUnlistenedOf      = words.Text("{{.Engine}}: port {{.Port}} is published to {{.Container}} ({{.Image}}) by the firewall, without a listener")

	wordAskSystemd = words.Text("ask systemd: {{.Reason}}")
	wordAskEngine  = words.Text("ask engine at {{.Place}}: {{.Reason}}")

	// wordNotYet stands in the place of an error until there is one.
	wordNotYet = words.Text("no answer yet")

	errOtherKind = words.Error("it is another kind of file")
	errLong      = words.Error("answer is too long")

	// errSilent says that no answer came in time.
	errSilent = words.Error("it does not answer")
)

// wordMoreJobsUnknown is wordJobsUnknown with more files than one.
var wordMoreJobsUnknown = words.Plural{
	One:   "jobs of launchd are not known: {{.File}}: {{.Reason}}; nor is {{.N}} other file read",
	Other: "jobs of launchd are not known: {{.File}}: {{.Reason}}; nor are {{.N}} other files read",
}
