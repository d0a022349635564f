package auth

import (
	"fmt"
	"io"
)

// A Secret is a client's secret. It prints and logs as REDACTED; convert it to a string to get the text.
type Secret string

// Format writes REDACTED, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "REDACTED") }

// MarshalText returns REDACTED.
func (s Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }
