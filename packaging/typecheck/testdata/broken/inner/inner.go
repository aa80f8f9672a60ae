// Package inner is sound everywhere but on darwin/amd64.
package inner

// Size is a number.
const Size = 1
