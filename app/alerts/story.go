package alerts

import "time"

// Story is what is remembered of a listener: of its programs on its port. A zero time
// is that it is not known.
type Story struct {
	First             time.Time   // when this was seen first, by Fingerprint
	Opened            int         // how often it began, as far as that is remembered
	Since, LastOpened time.Time   // the first and the last of these
	Told              time.Time   // when there was an alert about it last
	Stands            time.Time   // when it began to stand there, or was seen first: see Exact
	Exact             bool        // its beginning was seen
	Last              []Judgement // the latest events, the latest first
}
