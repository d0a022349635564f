package main

import (
	"fmt"
	"strings"
)

// A page is a result in Markdown.
type page struct{ strings.Builder }

func (p *page) heading(text string) { fmt.Fprintf(p, "## %s\n\n", text) }

func (p *page) paragraph(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteString("\n\n")
}

// table writes a table whose first row is its head.
func (p *page) table(rows ...[]string) {
	for i, row := range rows {
		fmt.Fprintf(p, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			p.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	p.WriteByte('\n')
}

// A goal is a measurement beside what it should be.
type goal struct {
	what, measured, target string
	met                    bool
}

// goals writes a table of goals.
func (p *page) goals(goals ...goal) {
	rows := [][]string{{"", "measured", "target", ""}}
	for _, g := range goals {
		rows = append(rows, []string{g.what, g.measured, g.target, mark(g.met)})
	}
	p.table(rows...)
}

func mark(met bool) string {
	if met {
		return "✓"
	}
	return "✗"
}

// number formats a count with commas between its thousands.
func number[N int | int64 | uint64 | float64](n N) string {
	digits := fmt.Sprintf("%.0f", float64(n))
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
