package main

import (
	"os"
	"testing"
)

func TestPeakMemoryGrowsWithUse(t *testing.T) {
	before, err := memory(os.Getpid(), "VmHWM:")
	if err != nil || before < 1<<20 {
		t.Fatalf("the memory is %d with the error %v", before, err)
	}
	const size = 64 << 20
	block := make([]byte, size)
	for k := 0; k < size; k += 4096 {
		block[k] = 1
	}
	if after, err := memory(os.Getpid(), "VmHWM:"); err != nil || after < before+size/2 {
		t.Errorf("the memory is %d after %d, with the error %v", after, before, err)
	}
	if now, err := memory(os.Getpid(), "VmRSS:"); err != nil || now < 1<<20 {
		t.Errorf("the memory is now %d, with the error %v", now, err)
	}
	if _, err := memory(-1, "VmHWM:"); err == nil {
		t.Error("got no error for a process that does not exist")
	}
}
