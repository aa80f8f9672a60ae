package sockdiag

import "portlight/assets/words"

const (
	wordCountFailed = words.Text("count connections: {{.Reason}}")
	wordListFailed  = words.Text("list connections: {{.Reason}}")
)
