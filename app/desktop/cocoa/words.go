package cocoa

// The words that a person may read.
const (
	wordsMissing   = "this macOS does not have it"
	wordsUnsaid    = "macOS gives no reason"
	wordsNotMain   = "only the main thread may do this"
	wordsOccupied  = "there is one already"
	wordFramework  = "framework"
	wordClass      = "class"
	wordMethod     = "method"
	wordFunction   = "function"
	wordObjectless = "no object for the method"
)
