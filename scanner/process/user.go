package process

import (
	"os"
	"os/user"
	"strconv"
	"sync"
	"time"
)

// UserName is the name of a user id, or its number where it has none. Without
// cgo only /etc/passwd is asked, with it also the directory services of the
// system. Answers are kept for a minute; a negative id is "".
func UserName(uid int) string { return users.name(uid) }

// users is shared, since asking a directory service may take seconds.
var users = newUserCache(user.LookupId, time.Now)

const userLifetime = time.Minute

type userCache struct {
	lookup func(uid string) (*user.User, error)
	now    func() time.Time
	mu     sync.Mutex
	known  map[int]userEntry
}

type userEntry struct {
	name string
	read time.Time
}

func newUserCache(lookup func(string) (*user.User, error), now func() time.Time) *userCache {
	return &userCache{lookup: lookup, now: now, known: map[int]userEntry{}}
}

func (c *userCache) name(uid int) string {
	if uid < 0 {
		return ""
	}
	now := c.now()
	c.mu.Lock()
	e, ok := c.known[uid]
	c.mu.Unlock()
	if ok && now.Sub(e.read) < userLifetime {
		return e.name
	}
	e = userEntry{name: strconv.Itoa(uid), read: now}
	if u, err := c.lookup(e.name); err == nil && u.Username != "" {
		e.name = u.Username
	}
	c.mu.Lock()
	c.known[uid] = e
	c.mu.Unlock()
	return e.name
}

// whyHidden is the reason for a fact that the rights at hand do not show.
func whyHidden(uid int, name string) string {
	if uid != os.Geteuid() {
		return foreignWords(name)
	}
	return wordProtected.String()
}
