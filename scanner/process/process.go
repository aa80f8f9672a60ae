// Package process tells the details of a process and stops it safely.
//
// On Linux the facts are read from /proc, each process through one descriptor of
// its directory: that stays with the process, so facts of two processes that had
// the same pid never mix. On macOS they come from the kernel, which tells some of
// everyone's processes and the rest of one's own. Elsewhere they come from gopsutil.
package process

import (
	"time"

	"portlight/scanner/codesign"
)

// ID names one process for good: a pid is used again, a pid with its start time
// is not.
type ID struct {
	PID   int    // process id
	Start uint64 // start time in the system's own unit: on Linux clock ticks since boot (proc_pid_stat(5), field 22), elsewhere milliseconds since 1970; 0 is unknown
}

// unknownUID is the UID of a process whose user the system does not tell.
const unknownUID = -1

// Summary is what the list of listeners says of a process. Its texts come from
// the process itself and may hold any bytes.
type Summary struct {
	ID
	Name        string    // base name of Path, or the link to it that was started; where it is hidden the kernel's short name, which may be cut
	Title       string    // what an interpreter runs, see the function Title; "" on Linux, where it takes ReadTitle, which may block
	Script      string    // where that is, see the function Script; as Title
	Interpreted bool      // Path, or Comm where that is hidden, is an interpreter's, so that there may be a title and a script
	Comm        string    // the kernel's short name, at most 15 bytes for a program; the process may choose it, and does so at any time
	Path        string    // executable without " (deleted)", or ""
	UID         int       // effective user id, or -1
	User        string    // name of UID, or its number where it has none
	Started     time.Time // when it began, to the kernel's clock tick; the zero time if unknown
	Image       uint64    // another number after each execve(2), also of the same program; 0 where that is not told, as on other systems than Linux and macOS

	Signature codesign.Signature // who signed the program; zero where that is not known, as on every system but macOS
}

// Details is what can be told of a process. Its texts come from the process
// itself and may hold any bytes, in any length up to a megabyte.
type Details struct {
	ID
	Name         string            // as in Summary, completed from the arguments if it was cut
	Title        string            // what an interpreter runs, see the function Title; "" for other programs, and where the name says it all
	Comm         string            // as in Summary
	User         string            // name of UID, or its number where it has none
	UID          int               // effective user id, or -1
	Exe          string            // executable without " (deleted)", or ""
	Deleted      bool              // the file of Exe has been removed or replaced since the start
	Args         []string          // arguments, the program's name first; the process may rewrite them. Of another user's on macOS they are one text, with blanks between
	Cwd          string            // working folder; a removed one ends in " (deleted)" on Linux
	Started      time.Time         // as in Summary
	Parents      []Relative        // parent first, up to pid 1 or to the first that cannot be read
	Children     []Relative        // those that it started or took over and that have not ended, oldest first, at most 64
	MoreChildren int               // how many there are beyond these
	Missing      map[string]string // for each fact that could not be read, by the Field constants, why in words for a person

	Signature codesign.Signature // as in Summary, or what the file claims where the kernel does not tell
}

// Relative is a parent, a parent's parent or a child. Only its PID is sure to be known.
type Relative struct {
	ID
	Name string // as in Details
	User string // as in Summary
}

// maxParents bounds the way up, should the system's answers go in a circle.
const maxParents = 256

// maxChildren bounds Details.Children: a busy server may have thousands.
const maxChildren = 64

// The keys of Details.Missing.
const (
	FieldName     = "name"
	FieldUser     = "user"
	FieldExe      = "exe"
	FieldArgs     = "args"
	FieldCwd      = "cwd"
	FieldParents  = "parents"
	FieldChildren = "children"
)

// Read tells the details of a process. A fact that cannot be read is no error:
// it is empty and stands in Missing. The error is ErrGone when the process has
// ended, another one has its pid, or it ends while it is read. With Start 0 it
// reads whichever process has the pid now. Like ReadTitle it may block.
func Read(id ID) (*Details, error) { return read(id) }

// Summarize tells in short which process has a pid now. The error is ErrGone
// when there is none. On Linux it reads nothing from the memory of the process.
func Summarize(pid int) (Summary, error) { return summarize(pid) }

// Naming is what the arguments of a process say of it. It is comparable.
type Naming struct {
	Title  string // see the function Title
	Script string // see the function Script
}

func newNaming(exe string, args []string, cwd string) Naming {
	return Naming{Title(exe, args, cwd), Script(exe, args, cwd)}
}

// ReadTitle reads the arguments and the working folder of a process and gives its
// Title and its Script. The errors are those of Read, or that the arguments may not be read.
//
// It may block, on Linux for ever: the arguments are in the memory of the process,
// whose pages may have to come from a file system that does not answer, or from the
// process itself (userfaultfd(2)), or whose lock another thread holds meanwhile.
func ReadTitle(id ID) (Naming, error) { return readTitle(id) }
