//go:build !linux

package main

import (
	"errors"
	"time"
)

var errLinuxOnly = errors.New("the use of another process is measured on Linux only")

// processorTime returns the time of day for this process. Other processes distort it, but every system
// has it.
func processorTime(pid int) (time.Duration, error) {
	if pid != 0 {
		return 0, errLinuxOnly
	}
	return time.Duration(time.Now().UnixNano()), nil
}

// onCore is for Linux only.
func onCore(_ int, command string) []string { return []string{command} }

// memory is for Linux only.
func memory(int, string) (int64, error) { return 0, errLinuxOnly }
