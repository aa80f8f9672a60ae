// Package window is Portlight's window: the table of listeners with the details
// of the chosen one, the alerts with their rules, the history, its own health, and the settings.
//
// It is handed snapshots and shows them. It reads nothing itself: what it needs
// from outside stands in Options. Fyne is touched only on its own goroutine;
// what can be decided without a screen stands in model.go, filter.go, order.go,
// columns.go, details.go, plan.go, alertlist.go, rulelist.go, ruleform.go and
// timeline.go, which know no Fyne.
package window
