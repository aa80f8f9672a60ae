//go:build race

package alerts

// raceSlows is how many times as long the race detector may make something take: ten and
// more are usual.
const raceSlows = 20
