//go:build e2e && linux

package e2e

import (
	encoding "encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is an X server without a screen, whose pixels lie in a file.
type screen struct {
	display string
	file    string // X window dump (XWDFile.h), written by Xvfb as it draws
}

// The screen's size in pixels.
const screenWidth, screenHeight = 1280, 800

// displays is held while an X server starts: two that look for a free number at
// once may take the same one, and then write the same keymap file.
var displays sync.Mutex

// startDisplay starts an X server for this desktop, with more arguments.
func (d *desktop) startDisplay(args ...string) {
	d.t.Helper()
	displays.Lock()
	defer displays.Unlock()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Close()
	size := fmt.Sprintf("%dx%dx24", screenWidth, screenHeight)
	args = append(args, "-displayfd", "3", "-screen", "0", size, "-fbdir", d.dir, "-nolisten", "tcp", "-noreset")
	cmd := exec.Command("Xvfb", args...)
	cmd.ExtraFiles = []*os.File{w}
	p := startProcess(d.t, cmd)
	w.Close()
	var number int
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fscan(r, &number); err != nil {
		d.t.Fatalf("Xvfb gives no display (%v): %s", err, p.log.String())
	}
	d.display = fmt.Sprintf(":%d", number)
	d.screen = &screen{display: d.display, file: filepath.Join(d.dir, "Xvfb_screen0")}
}

// xwdHeader is how many 32-bit words of the dump's header we read.
const xwdHeader = 25

// shot is the screen as it is now.
func (s *screen) shot(t testing.TB) *image.RGBA {
	t.Helper()
	data, err := os.ReadFile(s.file)
	if err != nil || len(data) < 4*xwdHeader {
		t.Fatalf("read the screen: %d bytes, %v", len(data), err)
	}
	word := func(i int) int { return int(encoding.BigEndian.Uint32(data[4*i:])) }
	headerSize, width, height, lineBytes, colours := word(0), word(4), word(5), word(12), word(19)
	pixels := data[headerSize+12*colours:]
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		line := pixels[y*lineBytes:]
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{line[4*x+2], line[4*x+1], line[4*x], 255})
		}
	}
	return img
}

// colours counts the different colours in a part of the picture. A blank one has
// one, a drawn window with text dozens.
func colours(img *image.RGBA, part image.Rectangle) int {
	seen := map[color.RGBA]bool{}
	part = part.Intersect(img.Bounds())
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			seen[img.RGBAAt(x, y)] = true
		}
	}
	return len(seen)
}

// picture writes the screen into the folder for pictures.
func (d *desktop) picture(name string) *image.RGBA {
	d.t.Helper()
	img := d.screen.shot(d.t)
	dir := os.Getenv("PORTLIGHT_PICTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "build", "pictures")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		d.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		d.t.Fatal(err)
	}
	return img
}

// window is a top-level window that is shown.
type window struct {
	id    string
	title string
	class string
	area  image.Rectangle
}

// windowLine is a line of "xwininfo -root -tree": id, title or "(has no name)",
// class, size and place in its parent, place on the screen.
var windowLine = regexp.MustCompile(`(?m)^\s+(0x[0-9a-f]+) (?:"(.*)"|\(has no name\)): \((?:"(.*)" ".*")?\)\s+(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)$`)

// windows lists all windows of the screen, the shown ones and the hidden.
func (d *desktop) windows() []window {
	cmd := exec.Command("xwininfo", "-root", "-tree")
	cmd.Env = d.env()
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	var all []window
	for _, m := range windowLine.FindAllStringSubmatch(string(out), -1) {
		var x, y, w, h int
		fmt.Sscan(strings.Join([]string{m[6], m[7], m[4], m[5]}, " "), &x, &y, &w, &h)
		all = append(all, window{id: m[1], title: m[2], class: m[3], area: image.Rect(x, y, x+w, y+h)})
	}
	return all
}

// titled gives the windows whose title matches.
func (d *desktop) titled(title *regexp.Regexp) []window {
	var found []window
	for _, w := range d.windows() {
		if title.MatchString(w.title) {
			found = append(found, w)
		}
	}
	return found
}

// waitWindow waits for a drawn window whose title matches.
func (d *desktop) waitWindow(title *regexp.Regexp) window {
	d.t.Helper()
	var found []window
	ok := eventually(10*time.Second, func() bool {
		found = d.titled(title)
		return len(found) > 0 && colours(d.screen.shot(d.t), found[0].area) > 16
	})
	if !ok {
		var titles []string
		for _, w := range d.windows() {
			titles = append(titles, fmt.Sprintf("%q", w.title))
		}
		d.t.Fatalf("no drawn window with a title like %s within 10 s, but %s", title, strings.Join(titles, ", "))
	}
	return found[0]
}

// anyTitle is the title of our window, whatever it shows.
var anyTitle = regexp.MustCompile(`(^| – )Portlight$`)

// titleOf is the title of the window that shows this row.
func titleOf(r entry) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(r.label+" – Portlight") + "$")
}

// x runs a program on this desktop to its end and gives what it says.
func (d *desktop) x(name string, args ...string) string {
	d.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = d.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// keys presses keys, one after the other.
func (d *desktop) keys(names ...string) {
	d.t.Helper()
	d.x("xdotool", append([]string{"key", "--delay", "120"}, names...)...)
}
