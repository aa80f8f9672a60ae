package process

import (
	"errors"
	"os/user"
	"testing"
	"time"
)

func TestUserNameIsKeptForAWhile(t *testing.T) {
	names := map[string]string{"7": "mail"}
	now, asked := time.Unix(1000, 0), 0
	c := newUserCache(func(uid string) (*user.User, error) {
		asked++
		if name := names[uid]; name != "" {
			return &user.User{Username: name}, nil
		}
		return nil, errors.New("none")
	}, func() time.Time { return now })
	steps := []struct {
		uid   int
		after time.Duration
		want  string
		asked int
	}{
		{7, 0, "mail", 1},
		{7, time.Second, "mail", 1},
		{8, 0, "8", 2},
		{8, 30 * time.Second, "8", 2},
		{8, time.Minute, "post", 3},
		{-1, 0, "", 3},
	}
	for i, s := range steps {
		if i == 3 {
			names["8"] = "post"
		}
		now = now.Add(s.after)
		if got := c.name(s.uid); got != s.want || asked != s.asked {
			t.Errorf("step %d: got %q after %d look-ups", i, got, asked)
		}
	}
}

func TestUserNameOfThisSystem(t *testing.T) {
	if got := UserName(0); got != "root" {
		t.Errorf("0 is %q", got)
	}
	if got := UserName(1<<31 - 7); got != "2147483641" {
		t.Errorf("a number without a name is %q", got)
	}
}
