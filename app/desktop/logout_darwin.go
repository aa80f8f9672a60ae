package desktop

import (
	"fmt"
	"time"

	"github.com/ebitengine/purego/objc"

	"portlight/app/desktop/cocoa"
)

// AllowLogout has this process end at a log-out, a restart and a shutdown while its
// window is open. GLFW answers each request to quit by closing the window and cancelling
// the rest, which would be the whole log-out; that answer is kept where a person quits
// just this app. It must be called once, on the main goroutine and before the window's
// loop begins. The process ends by exit(3) then, as apps do: Run of Fyne does not return.
func AllowLogout() error {
	var announced time.Time // of the main thread, as all below
	var former objc.IMP
	former, err := cocoa.ReplaceMethod(delegateWindow, typesShouldTerminate, cocoa.Method{
		Name: selShouldTerminate,
		Do: func(delegate objc.ID, name objc.SEL, app objc.ID) uint {
			if former == 0 || mustQuit(reasonToQuit(), announced, time.Now()) {
				return terminateNow
			}
			return uint(cocoa.CallMethod(former, delegate, name, uintptr(app)))
		},
	})
	if err == nil {
		err = observe(classLeaving, willPowerOff, func() { announced = time.Now() })
	}
	if err != nil {
		return fmt.Errorf("allow logging out: %w", err)
	}
	return nil
}

// reasonToQuit reads the Apple event that is being handled. Apple documents the reason
// as a parameter of it, and it comes as an attribute.
func reasonToQuit() quitReason {
	manager, _ := cocoa.AskClass[objc.ID](classEventManager, selEventManager)
	event, _ := cocoa.Ask[objc.ID](manager, selCurrentEvent)
	for _, method := range [...]string{selEventAttribute, selEventParameter} {
		reason, _ := cocoa.Ask[objc.ID](event, method, uint32(quitReasonKeyword))
		for _, code := range [...]string{selEnumCode, selTypeCode} {
			if r, err := cocoa.Ask[uint32](reason, code); err == nil && r != 0 {
				return quitReason(r)
			}
		}
	}
	return 0
}
