package notify

// The framework, classes, methods and values of macOS that are used here, by header of
// UserNotifications (macOS 10.14 and later; banner and list are from macOS 11).
const (
	framework = "UserNotifications"

	classCenter   = "UNUserNotificationCenter"
	classContent  = "UNMutableNotificationContent"
	classRequest  = "UNNotificationRequest"
	classCategory = "UNNotificationCategory"
	classAction   = "UNNotificationAction"
	classSound    = "UNNotificationSound"
	classDelegate = "PortlightNotificationDelegate" // made here

	// UNUserNotificationCenter.h. The blocks: settings take a UNNotificationSettings, the
	// authorization a BOOL and an NSError, adding an NSError.
	selCurrent       = "currentNotificationCenter" // throws outside of a bundle
	selSetDelegate   = "setDelegate:"              // it is not retained
	selSettings      = "getNotificationSettingsWithCompletionHandler:"
	selAuthorize     = "requestAuthorizationWithOptions:completionHandler:"
	selSetCategories = "setNotificationCategories:"
	selAdd           = "addNotificationRequest:withCompletionHandler:"
	selRemove        = "removeDeliveredNotificationsWithIdentifiers:"
	optionSound      = 1 << 1 // UNAuthorizationOptionSound
	optionAlert      = 1 << 2 // UNAuthorizationOptionAlert

	// UNUserNotificationCenterDelegate, in the same header. The blocks: the first takes
	// UNNotificationPresentationOptions, the second nothing.
	selWillPresent = "userNotificationCenter:willPresentNotification:withCompletionHandler:"
	selDidReceive  = "userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:"
	presentSound   = 1 << 1
	presentList    = 1 << 3
	presentBanner  = 1 << 4

	selStatus = "authorizationStatus" // UNNotificationSettings.h, see authorization

	// UNNotificationContent.h and UNNotificationSound.h.
	selSetTitle     = "setTitle:"
	selSetBody      = "setBody:"
	selSetCategory  = "setCategoryIdentifier:"
	selSetSound     = "setSound:"
	selDefaultSound = "defaultSound"

	selNewRequest = "requestWithIdentifier:content:trigger:" // UNNotificationRequest.h; at once without a trigger

	// UNNotificationCategory.h and UNNotificationAction.h.
	selNewCategory   = "categoryWithIdentifier:actions:intentIdentifiers:options:"
	selNewAction     = "actionWithIdentifier:title:options:"
	optionForeground = 1 << 2 // UNNotificationActionOptionForeground

	// UNNotificationResponse.h, UNNotification.h and UNNotificationRequest.h.
	selAction       = "actionIdentifier"
	selNotification = "notification"
	selRequest      = "request"
	selIdentifier   = "identifier"
)
