package execevents

import "portlight/assets/words"

// Why there are no events.
const (
	wordSubscribeFailed = words.Text("subscribe to exec events: {{.Reason}}")
	wordRefused         = words.Text("refused: {{.Reason}} | by the kernel")
	wordNoAcknowledging = words.Text("no acknowledgement, as outside of the initial namespaces: {{.Reason}}")
)
