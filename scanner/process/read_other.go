//go:build !linux

package process

func read(id ID) (*Details, error) { return portableRead(id) }

func summarize(pid int) (Summary, error) { return portableSummarize(pid) }

func readTitle(id ID) (Naming, error) { return portableTitle(id) }

func measure(id ID) (*Usage, error) { return portableMeasure(id) }
