package scanner

import "portlight/scanner/execevents"

func execEvents() error {
	conn, err := execevents.Dial()
	if err != nil {
		return err
	}
	return conn.Close()
}
