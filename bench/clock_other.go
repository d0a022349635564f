//go:build !linux

package main

import (
	"errors"
	"time"
)

// processorTime returns the time of day for this process: a busy machine spoils it, but nothing
// else is told everywhere.
func processorTime(pid int) (time.Duration, error) {
	if pid != 0 {
		return 0, errors.New("the CPU time of another process is read on Linux only")
	}
	return time.Duration(time.Now().UnixNano()), nil
}
