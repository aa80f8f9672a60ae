package desktop

import (
	"fmt"

	"github.com/ebitengine/purego/objc"

	"portlight/app/desktop/cocoa"
)

// Present has macOS show this process as said. It must be called on the main
// goroutine. What stands in Info.plist (LSUIElement) is not enough: GLFW puts its
// process into the Dock, and outside of a bundle a process is nowhere.
func Present(p Presence) (err error) {
	cocoa.Pool(func() { err = present(p) })
	if err != nil {
		return fmt.Errorf("set activation policy: %w", err)
	}
	return nil
}

func present(p Presence) error {
	policy := policyRegular
	if p == InMenuBar {
		policy = policyAccessory
	}
	if err := cocoa.OnMain(); err != nil {
		return err
	}
	if err := cocoa.Load(appKit); err != nil {
		return err
	}
	app, err := cocoa.AskClass[objc.ID](classApplication, selSharedApplication)
	if err != nil {
		return err
	}
	_, err = cocoa.Ask[bool](app, selSetPolicy, policy)
	return err
}

// OnReopen has reopened called, on a goroutine of its own, whenever the app is started
// while this process runs. It must be called once and before the loop begins: AppKit
// asks the delegate only then what it can do. The library of the loop has no such
// method, it is added to its delegate's class.
func OnReopen(l Loop, reopened func()) error {
	class := delegateTray
	if l == WindowLoop {
		class = delegateWindow
	}
	err := cocoa.AddMethod(class, typesReopen, cocoa.Method{
		Name: selReopen,
		Do: func(_ objc.ID, _ objc.SEL, _ objc.ID, _ bool) bool {
			go reopened()
			return false
		},
	})
	if err != nil {
		return fmt.Errorf("hear of a second start: %w", err)
	}
	return nil
}

// OnWake has awake called, on a goroutine of its own, when the computer has woken from
// sleep, for as long as this process runs. It can be called once.
func OnWake(awake func()) error {
	if err := observe(classWaking, didWake, func() { go awake() }); err != nil {
		return fmt.Errorf("hear of waking: %w", err)
	}
	return nil
}

// observe has do called, on the main thread, at each notification of the workspace, for
// as long as this process runs. The class is made for it.
func observe(class, notification string, do func()) (err error) {
	cocoa.Pool(func() { err = addObserver(class, notification, do) })
	return err
}

func addObserver(class, notification string, do func()) error {
	if err := cocoa.Load(appKit); err != nil {
		return err
	}
	workspace, err := cocoa.AskClass[objc.ID](classWorkspace, selSharedWorkspace)
	if err != nil {
		return err
	}
	center, err := cocoa.Ask[objc.ID](workspace, selCenter)
	if err != nil {
		return err
	}
	observer, err := cocoa.Register(class, cocoa.Method{
		Name: selObserved,
		Do:   func(objc.ID, objc.SEL, objc.ID) { do() },
	})
	if err != nil {
		return err
	}
	return cocoa.Tell(center, selObserve, observer, objc.RegisterName(selObserved), cocoa.String(notification), objc.ID(0))
}
