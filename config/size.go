package config

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A Size is a number of bytes, such as 64MB.
type Size int64

var sizePattern = regexp.MustCompile(`^([0-9]+)(|K|M|G|KB|MB|GB|B)$`)

// UnmarshalText reads a whole number of bytes, or of K, M or G bytes, each of which is 1,024 times the one before.
func (s *Size) UnmarshalText(text []byte) error {
	parts := sizePattern.FindStringSubmatch(strings.ToUpper(string(text)))
	if parts == nil {
		return fmt.Errorf("%q is not a size such as 64MB", text)
	}
	unit := int64(1) << (10 * strings.Index("BKMG", (parts[2] + "B")[:1]))
	number, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || number > math.MaxInt64/unit {
		return fmt.Errorf("%q is too large", text)
	}
	*s = Size(number * unit)
	return nil
}
