package desktop

// The frameworks, classes, methods and values of macOS that are used here, by header.
const (
	appKit            = "AppKit"
	foundation        = "Foundation"
	serviceManagement = "ServiceManagement"

	classApplication = "NSApplication" // AppKit/NSApplication.h
	classWorkspace   = "NSWorkspace"   // AppKit/NSWorkspace.h
	classBundle      = "NSBundle"      // Foundation/NSBundle.h
	classService     = "SMAppService"  // ServiceManagement/SMAppService.h, from macOS 13

	// AppKit/NSApplication.h. The policy is an NSInteger, the reopening a BOOL that tells
	// AppKit to go on with what it does then.
	selSharedApplication = "sharedApplication"
	selSetPolicy         = "setActivationPolicy:"
	policyRegular        = 0
	policyAccessory      = 1
	selReopen            = "applicationShouldHandleReopen:hasVisibleWindows:"
	typesReopen          = "B@:@B"

	// The delegates of the loops: systray_darwin.m of fyne.io/systray, cocoa_init.m of GLFW.
	delegateTray   = "SystrayAppDelegate"
	delegateWindow = "GLFWApplicationDelegate"

	// AppKit/NSApplication.h. NSApplicationTerminateReply is an NSUInteger.
	selShouldTerminate   = "applicationShouldTerminate:"
	typesShouldTerminate = "Q@:@"
	terminateNow         = 1

	// Foundation/NSAppleEventManager.h and NSAppleEventDescriptor.h. A keyword and a code
	// are of four characters (UInt32), a code is 0 where there is none.
	classEventManager = "NSAppleEventManager"
	selEventManager   = "sharedAppleEventManager"
	selCurrentEvent   = "currentAppleEvent" // nil where none is being handled
	selEventAttribute = "attributeDescriptorForKeyword:"
	selEventParameter = "paramDescriptorForKeyword:"
	selEnumCode       = "enumCodeValue"
	selTypeCode       = "typeCodeValue"

	// AppKit/NSWorkspace.h and Foundation/NSNotification.h. The names of the notifications
	// are what the constants NSWorkspaceDidWakeNotification and …WillPowerOff… say.
	selSharedWorkspace = "sharedWorkspace"
	selCenter          = "notificationCenter"
	selObserve         = "addObserver:selector:name:object:"
	didWake            = "NSWorkspaceDidWakeNotification"
	willPowerOff       = "NSWorkspaceWillPowerOffNotification" // also before a log-out
	classWaking        = "PortlightWakeObserver"               // made here
	classLeaving       = "PortlightPowerOffObserver"           // made here
	selObserved        = "portlightObserved:"                  // of both

	// Foundation/NSBundle.h.
	selMainBundle = "mainBundle"
	selBundleID   = "bundleIdentifier"
	selBundlePath = "bundlePath"

	// ServiceManagement/SMAppService.h. The two changes give a BOOL and take an NSError**.
	selMainService = "mainAppService"
	selStatus      = "status" // NSInteger, see serviceStatus
	selRegister    = "registerAndReturnError:"
	selUnregister  = "unregisterAndReturnError:"
)
