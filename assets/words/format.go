package words

import (
	"strings"
	"time"

	"github.com/goodsign/monday"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

const (
	textAnd  = Text("{{.First}} and {{.Last}} | of a list")
	textNext = Text("{{.First}}, {{.Next}} | of a list")
	textFact = Text("{{.First}}, {{.Next}} | of facts")
	textNote = Text("{{.Text}} ({{.Note}}) | a note behind a text")
	textMark = Text("{{.Label}}: {{.Value}} | a value behind its label")
)

var textMore = Plural{One: "{{.First}} and {{.N}} more", Other: "{{.First}} and {{.N}} more"}

// List joins what is listed: "a, b and c".
func List(items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return textAnd.With("First", Enumerate(items[:last]), "Last", items[last])
}

// ListSome is List with the first few of the items and how many more there are: "a, b and 4 more".
func ListSome(items []string, few int) string {
	if len(items) <= few {
		return List(items)
	}
	return textMore.Of(len(items)-few, "First", Enumerate(items[:few]))
}

// Enumerate joins what is listed by commas alone: "a, b, c".
func Enumerate(items []string) string { return join(items, textNext) }

// Facts joins facts about one thing: "3 lanes, 12 events".
func Facts(items ...string) string { return join(items, textFact) }

func join(items []string, by Text) string {
	if len(items) == 0 {
		return ""
	}
	all := items[0]
	for _, item := range items[1:] {
		all = by.With("First", all, "Next", item)
	}
	return all
}

// Noted is a text with a note behind it: "443 (https)".
func Noted(text, note string) string { return textNote.With("Text", text, "Note", note) }

// Labelled is a value behind its label: "Port: 443".
func Labelled(label, value string) string { return textMark.With("Label", label, "Value", value) }

// Number is a number with so many decimals as the language in use writes it: "0,3".
func Number(x float64, decimals int) string {
	return message.NewPrinter(using().tag).Sprint(number.Decimal(x, number.Scale(decimals), number.NoSeparator()))
}

// Grouped is a large number with its digits in groups: "200,000".
func Grouped(n int) string {
	return message.NewPrinter(using().tag).Sprint(number.Decimal(n))
}

var locales = map[string]monday.Locale{
	"de": monday.LocaleDeDE, "fr": monday.LocaleFrFR, "es": monday.LocaleEsES, "ja": monday.LocaleJaJP, "zh-Hans": monday.LocaleZhCN,
}

// Time is a time by a layout as time.Format takes it, the names of months and days in the
// language in use. The layout is translated like any text: "2 January 2006".
func Time(t time.Time, layout Text) string {
	l, ok := locales[InUse()]
	if !ok {
		return t.Format(layout.String())
	}
	return monday.Format(t, layout.String(), l)
}
