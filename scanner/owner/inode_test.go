package owner

import (
	"regexp"
	"strconv"
	"testing"
)

func TestSocketInode(t *testing.T) {
	for link, want := range map[string]int64{
		"socket:[1]": 1, "socket:[4242]": 4242, "socket:[4294967295]": 1<<32 - 1, "socket:[0]": 0, "socket:[007]": 7,
		"": -1, "socket:": -1, "socket:[": -1, "socket:[]": -1, "socket:[]]": -1, "socket:[1": -1, "socket:[1]]": -1, "socket:[[1]": -1,
		"socket:[4294967296]": -1, "socket:[18446744073709551617]": -1, "socket:[-1]": -1, "socket:[+1]": -1, "socket:[0x1]": -1, "socket:[1 ]": -1,
		"socket:[1] (deleted)": -1, " socket:[1]": -1, "/socket:[1]": -1, "pipe:[1]": -1, "anon_inode:[eventpoll]": -1, "Socket:[1]": -1, "socket:[1]\x00": -1,
	} {
		if got, ok := socketInode([]byte(link)); ok != (want >= 0) || ok && int64(got) != want {
			t.Errorf("%q: %d, %v", link, got, ok)
		}
	}
}

func FuzzSocketInode(f *testing.F) {
	for _, s := range []string{"", "socket:[]", "socket:[42]", "socket:[4294967295]", "socket:[4294967296]", "socket:[99999999999999999999999]", "socket:[42", "pipe:[42]"} {
		f.Add([]byte(s))
	}
	form := regexp.MustCompile(`\Asocket:\[([0-9]+)\]\z`)
	f.Fuzz(func(t *testing.T, link []byte) {
		got, ok := socketInode(link)
		var want uint64
		wanted := false
		if m := form.FindSubmatch(link); m != nil {
			n, err := strconv.ParseUint(string(m[1]), 10, 32)
			want, wanted = n, err == nil
		}
		if ok != wanted || ok && uint64(got) != want || !ok && got != 0 {
			t.Errorf("%q: %d, %v, want %d, %v", link, got, ok, want, wanted)
		}
	})
}
