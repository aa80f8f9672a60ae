// Package inner asks the system for a name.
package inner

/*
#include <stdlib.h>

typedef struct { void *data; } holder;

static char *name(void) { return NULL; }
*/
import "C"

import "unsafe"

type wrapped struct{ data C.holder }

// Name is the system's name.
func Name() string {
	text := C.name()
	defer C.free(unsafe.Pointer(text))
	return C.GoString(text)
}

// pointer converts a value whose type only C knows.
func (w wrapped) pointer() unsafe.Pointer { return unsafe.Pointer(w.data.data) }
