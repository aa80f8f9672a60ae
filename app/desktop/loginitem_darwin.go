package desktop

import (
	"errors"
	"os"

	"github.com/ebitengine/purego/objc"

	"portlight/app/desktop/cocoa"
)

// LoginItem reports whether macOS starts Portlight when the user logs in: as a login item
// of the app (macOS 13 and later), or by a job of launchd. The first needs the app: a
// Portlight outside of it gets an error.
func LoginItem() (on bool, err error) {
	err = withLoginItem(func(service objc.ID, job string) error {
		if on, err = readLaunchAgent(job); on || err != nil || service == 0 {
			return err
		}
		status, err := statusOf(service)
		on = status == serviceOn
		return err
	})
	if err != nil {
		return false, failed(err, triedReadLogin)
	}
	return on, nil
}

// SetLoginItem has macOS start Portlight at login, or no more. A job of launchd names the
// program by its path: after a move it must be set again.
func SetLoginItem(on bool) error {
	err := withLoginItem(func(service objc.ID, job string) error {
		if service == 0 {
			program, err := os.Executable()
			if err != nil {
				return err
			}
			return setLaunchAgent(job, program, on)
		}
		// A job from an older macOS would start Portlight a second time.
		return errors.Join(setLaunchAgent(job, "", false), setService(service, on))
	})
	return failed(err, triedSetLogin)
}

// withLoginItem gives use the SMAppService of the app, 0 where macOS is too old for it,
// and the path of the job of launchd.
func withLoginItem(use func(service objc.ID, job string) error) (err error) {
	home, err := homeDir()
	if err != nil {
		return err
	}
	cocoa.Pool(func() {
		var service objc.ID
		if service, err = mainService(); err == nil {
			err = use(service, launchAgentFile(home))
		}
	})
	return err
}

func mainService() (objc.ID, error) {
	if err := cocoa.Load(serviceManagement); err != nil {
		return 0, err
	}
	service, err := cocoa.AskClass[objc.ID](classService, selMainService)
	if errors.Is(err, cocoa.ErrMissing) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return service, CheckBundle()
}

func setService(service objc.ID, on bool) error {
	status, err := statusOf(service)
	if err != nil || !on && !status.registered() {
		return err
	}
	method := selRegister
	if !on {
		method = selUnregister
	}
	var fault objc.ID
	if _, err := cocoa.Ask[bool](service, method, &fault); err != nil {
		return err
	}
	if status, err = statusOf(service); err != nil {
		return err
	}
	return status.after(on, cocoa.Error(fault))
}

func statusOf(service objc.ID) (serviceStatus, error) {
	status, err := cocoa.Ask[int](service, selStatus)
	return serviceStatus(status), err
}
