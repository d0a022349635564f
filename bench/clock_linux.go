package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// processorTime returns the CPU time of a process, of all its threads and to the nanosecond
// (clock_getcpuclockid(3)). Process 0 is this one.
func processorTime(pid int) (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &t); err != nil {
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}
