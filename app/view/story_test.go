package view

import (
	"reflect"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

func TestStoryWords(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	on := func(text string) time.Time {
		t.Helper()
		when, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	known := judgedAt(on("2026-11-23 09:12"), alerts.Known, at(scanner.TCP, "0.0.0.0", 80, "nginx\x1b[31m"))
	fresh := judgedAt(on("2026-11-03 12:04"), alerts.New, at(scanner.TCP, "0.0.0.0", 80, "nginx"))
	for name, c := range map[string]struct {
		story alerts.Story
		want  Story
	}{
		"nothing": {alerts.Story{}, Story{Summary: "Nothing is remembered of it"}},
		"all": {
			alerts.Story{
				First: on("2026-11-03 12:04"), Opened: 14, Since: on("2026-11-03 12:04"), LastOpened: on("2026-11-23 09:12"), Told: on("2026-11-03 12:04"),
				Stands: on("2026-11-23 09:12"), Exact: true, Last: []alerts.Judgement{known, fresh},
			},
			Story{
				Summary: "First seen 2026-11-03 12:04, last opened today 09:12 · 14 times", Stands: "It stands since today 09:12", Told: "You were told of it 2026-11-03 12:04",
				Events: []string{
					"today 09:12  opened: " + Reason(known),
					"2026-11-03 12:04  opened: nginx listens on 80 where others can reach it, for the first time",
				},
			},
		},
		"old": {
			alerts.Story{First: on("2026-01-01 00:00"), Opened: 2, Since: on("2026-11-01 00:00"), LastOpened: on("2026-11-22 23:59"), Stands: on("2026-11-22 08:00")},
			Story{
				Summary: "First seen 2026-01-01 00:00, last opened yesterday 23:59 · 2 times since 2026-11-01 00:00",
				Stands:  "It stood already when it was first looked for, yesterday 08:00",
			},
		},
		"once":     {alerts.Story{First: on("2026-11-23 09:00"), Opened: 1, Since: on("2026-11-23 09:00"), LastOpened: on("2026-11-23 09:00")}, Story{Summary: "Seen once, today 09:00"}},
		"again":    {alerts.Story{First: on("2026-11-01 09:00"), Opened: 1, Since: on("2026-11-23 09:00"), LastOpened: on("2026-11-23 09:00")}, Story{Summary: "First seen 2026-11-01 09:00, last opened today 09:00 · once"}},
		"baseline": {alerts.Story{First: on("2026-11-23 09:00")}, Story{Summary: "First seen today 09:00"}},
	} {
		if got := StoryWords(c.story, now); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}
