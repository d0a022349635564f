package store

import (
	"errors"
	"fmt"
	"time"
)

// A Date is a day without a time, such as 2026-11-23 (full-date of RFC 3339, section 5.6).
type Date string

// ParseDate reads a date.
func ParseDate(text string) (Date, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1 {
		return "", errors.New("must be a date such as 2026-11-23")
	}
	return Date(text), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Scan implements [database/sql.Scanner]. Drivers return the columns of a date as a time.
func (d *Date) Scan(source any) error {
	switch s := source.(type) {
	case time.Time:
		*d = Date(s.Format(time.DateOnly))
		return nil
	case string:
		return d.UnmarshalText([]byte(s))
	}
	return fmt.Errorf("%T is no date", source)
}
