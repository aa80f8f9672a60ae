package desktop

import (
	"context"
	"net/url"
	"path/filepath"
	"time"
)

// The file manager's name and object, as its FileManager1 interface has them
// (freedesktop.org, File Manager DBus Interface).
const (
	fileManager     = "org.freedesktop.FileManager1"
	fileManagerPath = "/org/freedesktop/FileManager1"
)

// revealPatience is how long a file manager may take to start.
const revealPatience = 3 * time.Second

// revealFile asks the file manager, and opens the folder where none answers.
func revealFile(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), revealPatience)
	defer cancel()
	if conn, err := ConnectBus(ctx); err == nil {
		defer conn.Close()
		place := url.URL{Scheme: "file", Path: path}
		call := conn.Object(fileManager, fileManagerPath).CallWithContext(ctx, fileManager+".ShowItems", 0, []string{place.String()}, "")
		if call.Err == nil {
			return nil
		}
	}
	return startOpener(filepath.Dir(path))
}
