package main

import (
	"fmt"
	"strings"
)

// A report is a result in Markdown, and the targets in it.
type report struct {
	strings.Builder
	measured []target
}

func (r *report) heading(text string) { fmt.Fprintf(r, "## %s\n\n", text) }

func (r *report) paragraph(format string, args ...any) {
	fmt.Fprintf(r, format, args...)
	r.WriteString("\n\n")
}

// table writes a table whose first row is its head.
func (r *report) table(rows ...[]string) {
	for i, row := range rows {
		fmt.Fprintf(r, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			r.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	r.WriteByte('\n')
}

// A target is a measurement beside its limit.
type target struct {
	what, measured, limit string
	met                   bool
}

// targets writes a table of targets.
func (r *report) targets(targets ...target) {
	r.measured = append(r.measured, targets...)
	rows := [][]string{{"", "measured", "target", ""}}
	for _, t := range targets {
		mark := "✗"
		if t.met {
			mark = "✓"
		}
		rows = append(rows, []string{t.what, t.measured, t.limit, mark})
	}
	r.table(rows...)
}

// number formats a count with commas between its thousands.
func number[N int | int64 | uint64 | float64](n N) string {
	digits := fmt.Sprintf("%.0f", float64(n))
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func microseconds(seconds float64) string { return number(seconds*1e6) + " µs" }

func ratio(r float64) string { return fmt.Sprintf("%.2f", r) }

func megabytes[N int64 | uint64](bytes N) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
