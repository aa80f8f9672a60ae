//go:build !race

package alerts

// raceSlows is one without the race detector.
const raceSlows = 1
