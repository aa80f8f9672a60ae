//go:build !darwin

package main

var name = "other"
