//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package desktop

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxSocketPath is the length of sun_path less its NUL on macOS (104 bytes, see
// sys/un.h), the shortest of the systems.
const maxSocketPath = 103

var (
	errNoSocket  = errors.New("no socket is named in the lock file")
	errOtherUser = errors.New("the process at the other end is another user's")
)

// place is where the lock and the socket of a role and data folder are. The
// lock file names the socket, because the runtime folder depends on the
// environment, which need not be the same for the two that want to talk.
type place struct {
	lock string // path of the lock file
	name string // base name of the socket, by role and data folder
}

func newPlace(role, dataDir string) (place, error) {
	if role == "" || strings.Trim(role, "abcdefghijklmnopqrstuvwxyz") != "" {
		return place{}, fmt.Errorf("bad role %q", role)
	}
	dir, err := filepath.Abs(dataDir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return place{}, err
	}
	sum := sha256.Sum256([]byte(dir))
	return place{lock: filepath.Join(dir, role+".lock"), name: role + "-" + hex.EncodeToString(sum[:6])}, nil
}

// listen makes the socket and names it in the lock file, which the caller has
// locked.
func (p place) listen(lock *os.File) (*net.UnixListener, error) {
	dir, err := socketDir(p.name)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, p.name)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(path, 0o600), lock.Truncate(0), writeAt(lock, path+"\n")); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// dial connects to the socket that the lock file names. A name that is not this
// place's own is that of a copied data folder.
func (p place) dial() (*net.UnixConn, error) {
	f, err := os.Open(p.lock)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 2*maxSocketPath))
	if err != nil {
		return nil, err
	}
	path, ended := strings.CutSuffix(string(b), "\n")
	if !ended || !filepath.IsAbs(path) || filepath.Base(path) != p.name {
		return nil, errNoSocket
	}
	return net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
}

func (p place) listening() bool {
	conn, err := p.dial()
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// socketDir is a folder for sockets that only this user can enter: below
// $XDG_RUNTIME_DIR where that is the user's own and short enough, else below
// the folder for temporary files.
func socketDir(name string) (string, error) {
	uid := os.Geteuid()
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) && checkOwner(run, uid) == nil {
		dir := filepath.Join(run, "portlight")
		if len(filepath.Join(dir, name)) <= maxSocketPath && makePrivate(dir, uid) == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(os.TempDir(), "portlight-"+strconv.Itoa(uid))
	if path := filepath.Join(dir, name); len(path) > maxSocketPath {
		return "", fmt.Errorf("%s: path is too long for a socket", path)
	}
	return dir, makePrivate(dir, uid)
}

// makePrivate makes a folder of mode 0700, or sees to it that an old one is
// the user's own and has that mode.
func makePrivate(dir string, uid int) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := checkOwner(dir, uid); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// checkOwner takes a folder of that user only, and no symbolic link.
func checkOwner(dir string, uid int) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: %w", dir, hintNotFolder)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != uid {
		return fmt.Errorf("%s: %w", dir, hintNotOurs)
	}
	return nil
}
