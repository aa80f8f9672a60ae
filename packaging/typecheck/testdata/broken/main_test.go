package main

import "testing"

func TestName(t *testing.T) { t.Log(name) }
