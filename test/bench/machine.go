package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// machine returns a sentence with the time and the machine of a measurement.
func machine(now time.Time) string {
	return fmt.Sprintf("Measured %s with %s on %s (%d cores, %s/%s).",
		now.UTC().Format("2006-01-02 15:04 UTC"), runtime.Version(), processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// processor returns the name of the CPU, which Linux has in a file.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown CPU"
}

// versions returns the modules with the versions that this program was built with.
func versions(modules ...string) string {
	info, _ := debug.ReadBuildInfo()
	var named []string
	for _, module := range modules {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				named = append(named, module+" "+dependency.Version)
			}
		}
	}
	return strings.Join(named, ", ")
}
