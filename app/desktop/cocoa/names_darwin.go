package cocoa

import (
	"structs"

	"github.com/ebitengine/purego/objc"
)

// The classes and methods of Foundation that are used here, by header.
const (
	classObject = "NSObject"          // objc/NSObject.h
	classPool   = "NSAutoreleasePool" // Foundation/NSAutoreleasePool.h
	classThread = "NSThread"          // Foundation/NSThread.h
	classString = "NSString"          // Foundation/NSString.h
	classArray  = "NSMutableArray"    // Foundation/NSArray.h
	classSet    = "NSSet"             // Foundation/NSSet.h

	selNew          = "new"                   // objc/NSObject.h
	selAutorelease  = "autorelease"           // objc/NSObject.h
	selResponds     = "respondsToSelector:"   // objc/NSObject.h
	selDrain        = "drain"                 // Foundation/NSAutoreleasePool.h
	selIsMain       = "isMainThread"          // Foundation/NSThread.h, of the class
	selFromUTF8     = "stringWithUTF8String:" // Foundation/NSString.h
	selUTF8         = "UTF8String"            // Foundation/NSString.h
	selArray        = "array"                 // Foundation/NSArray.h
	selAddObject    = "addObject:"            // Foundation/NSArray.h
	selSetWithArray = "setWithArray:"         // Foundation/NSSet.h
	selCode         = "code"                  // Foundation/NSError.h
	selDomain       = "domain"                // Foundation/NSError.h
	selDescription  = "localizedDescription"  // Foundation/NSError.h
)

// frameworks is the folder of the frameworks of macOS (dyld(1); from macOS 11 on only
// the shared cache has the files in it, and dlopen finds them there).
const frameworks = "/System/Library/Frameworks/"

// replaceMethod is class_replaceMethod of objc/runtime.h, in the library of the runtime,
// which is always loaded.
type replaceMethod func(class objc.Class, name objc.SEL, do objc.IMP, types string) (former objc.IMP)

const fnReplaceMethod = "class_replaceMethod"

// blockLiteral is the beginning of a block, struct Block_literal_1 of "Block
// Implementation Specification" (clang.llvm.org/docs/Block-ABI-Apple.html).
type blockLiteral struct {
	_               structs.HostLayout
	isa             uintptr
	flags, reserved int32
	invoke          uintptr // a C function; the block is its first argument
}
