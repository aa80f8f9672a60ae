package main_test

import "testing"

func TestMissing(t *testing.T) { t.Missing() }
