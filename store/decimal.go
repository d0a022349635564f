package store

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A Decimal is a number such as 12.50 whose digits are exact. It is a string in JSON, because many programs read
// the numbers of JSON as binary floating point (RFC 8259, section 6). The rule decimal=12 2 in the binding tag of
// a field says that it has at most 12 digits, of which 2 are after the point; there are always 2 when it was stored.
type Decimal string

// MaxDigits is how many digits a decimal can have: SQLite compares them as an integer of 64 bits.
const MaxDigits = 18

var decimalGrammar = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Decimal) UnmarshalText(text []byte) error {
	if !decimalGrammar.Match(text) {
		return errors.New("must be a decimal number such as 12.50")
	}
	*d = Decimal(text)
	return nil
}

// Fits reports whether the number follows a rule, such as 12 2: at most 12 digits, of which 2 are after the point.
func (d Decimal) Fits(rule string) bool {
	digits, scale, err := parsePrecision(rule)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(string(d), "-"), ".")
	whole = strings.TrimPrefix(whole, "0")
	return err == nil && decimalGrammar.MatchString(string(d)) && len(whole) <= digits-scale && len(fraction) <= scale
}

// withScale returns the same number with so many digits after the point.
func (d Decimal) withScale(scale int) Decimal {
	whole, fraction, _ := strings.Cut(string(d), ".")
	fraction = (fraction + strings.Repeat("0", scale))[:max(scale, len(strings.TrimRight(fraction, "0")))]
	if strings.Trim(whole+fraction, "-0") == "" {
		whole = "0" // and not -0
	}
	return Decimal(strings.TrimSuffix(whole+"."+fraction, "."))
}

// parsePrecision reads the parameter of the rule decimal.
func parsePrecision(text string) (digits, scale int, err error) {
	if _, err := fmt.Sscanf(text, "%d %d", &digits, &scale); err != nil || scale < 0 || scale > digits || digits > MaxDigits {
		return 0, 0, fmt.Errorf("decimal=%s: want at most %d digits, and how many of them are after the point, as in decimal=12 2", text, MaxDigits)
	}
	return digits, scale, nil
}
