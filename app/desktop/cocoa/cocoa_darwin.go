package cocoa

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/ebitengine/purego/objc"
)

// Load makes the classes of a framework known, such as "AppKit".
func Load(framework string) error {
	path := frameworks + framework + ".framework/" + framework
	if _, err := purego.Dlopen(path, purego.RTLD_GLOBAL|purego.RTLD_NOW); err != nil {
		return fmt.Errorf("%w (%w)", missing(wordFramework, framework), err)
	}
	return nil
}

// Class gives a class of a framework that is loaded.
func Class(name string) (objc.ID, error) {
	class := objc.GetClass(name)
	if class == 0 {
		return 0, missing(wordClass, name)
	}
	return objc.ID(class), nil
}

// Can reports whether an object, or a class, has a method.
func Can(object objc.ID, method string) bool {
	return object != 0 && objc.Send[bool](object, objc.RegisterName(selResponds), objc.RegisterName(method))
}

// Ask calls a method of an object or a class. The arguments and T must be of the
// types in the method's header: objc.ID, objc.Block, bool, int (NSInteger), uint32 or a
// Go string for char*.
func Ask[T any](object objc.ID, method string, args ...any) (result T, err error) {
	switch {
	case object == 0:
		return result, fmt.Errorf("%s: %s", wordObjectless, method)
	case !Can(object, method):
		return result, missing(wordMethod, method)
	}
	return objc.Send[T](object, objc.RegisterName(method), args...), nil
}

// AskClass is Ask of a class that is named.
func AskClass[T any](class, method string, args ...any) (result T, err error) {
	c, err := Class(class)
	if err != nil {
		return result, err
	}
	return Ask[T](c, method, args...)
}

// Tell is Ask where there is no answer.
func Tell(object objc.ID, method string, args ...any) error {
	_, err := Ask[objc.ID](object, method, args...)
	return err
}

// Pool calls do and then frees what macOS made meanwhile and nobody retained.
func Pool(do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if pool, err := AskClass[objc.ID](classPool, selNew); err == nil {
		defer Tell(pool, selDrain)
	}
	do()
}

// OnMain says why this is not the main thread, which AppKit's objects want, or nil.
func OnMain() error {
	main, err := AskClass[bool](classThread, selIsMain)
	if err == nil && !main {
		err = errors.New(wordsNotMain)
	}
	return err
}

// New makes an object of a class, by its method new. It is freed with the Pool around.
func New(class string) (objc.ID, error) {
	object, err := AskClass[objc.ID](class, selNew)
	if err != nil {
		return 0, err
	}
	return Ask[objc.ID](object, selAutorelease)
}

// String gives an NSString, 0 if that cannot be.
func String(s string) objc.ID {
	text, _ := AskClass[objc.ID](classString, selFromUTF8, plain(s))
	return text
}

// Text gives what an NSString says, up to 4 KiB of it, "" for none.
func Text(text objc.ID) string {
	s, _ := Ask[string](text, selUTF8)
	return plain(s)
}

// Array gives an NSArray of objects.
func Array(objects ...objc.ID) (objc.ID, error) {
	array, err := AskClass[objc.ID](classArray, selArray)
	for _, o := range objects {
		if err == nil && o != 0 {
			err = Tell(array, selAddObject, o)
		}
	}
	return array, err
}

// Set gives an NSSet of objects.
func Set(objects ...objc.ID) (objc.ID, error) {
	array, err := Array(objects...)
	if err != nil {
		return 0, err
	}
	return AskClass[objc.ID](classSet, selSetWithArray, array)
}

// Error gives what an NSError says, nil for none.
func Error(fault objc.ID) error {
	if fault == 0 {
		return nil
	}
	text, _ := Ask[objc.ID](fault, selDescription)
	domain, _ := Ask[objc.ID](fault, selDomain)
	code, _ := Ask[int](fault, selCode)
	return failure(Text(text), Text(domain), code)
}

// Method is a method of a class that is made here. Do takes an objc.ID, an objc.SEL and
// what the method takes; it must not block, for it may run on the main thread.
type Method struct {
	Name string
	Do   any
}

// Register makes a class with methods and no protocols, and gives an object of it that
// lives on. The name must be one that no other class has.
func Register(name string, methods ...Method) (objc.ID, error) {
	var list []objc.MethodDef
	for _, m := range methods {
		list = append(list, objc.MethodDef{Cmd: objc.RegisterName(m.Name), Fn: m.Do})
	}
	class, err := objc.RegisterClass(name, objc.GetClass(classObject), nil, nil, list)
	if err != nil {
		return 0, err
	}
	return Ask[objc.ID](objc.ID(class), selNew)
}

// AddMethod gives a class of another a method that it lacks, for good. Types are its
// result, the object, the selector and its arguments, as @encode writes them ("Type
// Encodings" in Apple's Objective-C Runtime Programming Guide).
func AddMethod(class, types string, m Method) error {
	c, err := Class(class)
	if err != nil {
		return err
	}
	if !objc.Class(c).AddMethod(objc.RegisterName(m.Name), objc.NewIMP(m.Do), types) {
		return fmt.Errorf("add method %s to %s: %s", m.Name, class, wordsOccupied)
	}
	return nil
}

// ReplaceMethod gives a class of another a method in place of its own, or of none, for
// good, and gives the former one, 0 for none. Types are as in AddMethod.
func ReplaceMethod(class, types string, m Method) (former objc.IMP, err error) {
	c, err := Class(class)
	if err != nil {
		return 0, err
	}
	at, err := purego.Dlsym(purego.RTLD_DEFAULT, fnReplaceMethod)
	if err != nil {
		return 0, fmt.Errorf("%w (%w)", missing(wordFunction, fnReplaceMethod), err)
	}
	var replace replaceMethod
	purego.RegisterFunc(&replace, at)
	return replace(objc.Class(c), objc.RegisterName(m.Name), objc.NewIMP(m.Do), types), nil
}

// CallMethod calls a method that ReplaceMethod gave, whose arguments and result are
// integers or pointers.
func CallMethod(method objc.IMP, object objc.ID, name objc.SEL, args ...uintptr) uintptr {
	result, _, _ := purego.SyscallN(uintptr(method), append([]uintptr{uintptr(object), uintptr(name)}, args...)...)
	return result
}

// Call calls a block that macOS made, whose arguments are integers or pointers.
func Call(block objc.Block, args ...uintptr) {
	if block == 0 {
		return
	}
	literal := *(**blockLiteral)(unsafe.Pointer(&block))
	purego.SyscallN(literal.invoke, append([]uintptr{uintptr(block)}, args...)...)
}

// WithBlock gives use a block that calls do, a function that takes an objc.Block and
// what the block takes. Whoever keeps the block longer copies it, as all of macOS does.
func WithBlock(do any, use func(objc.Block)) {
	block := objc.NewBlock(do)
	defer block.Release()
	use(block)
}
