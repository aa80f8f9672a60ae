package main

var name int = "darwin"
