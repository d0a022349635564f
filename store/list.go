package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"reflect"
)

// A list is a slice that a column stores as a JSON array.
type list struct{ slice reflect.Value }

// Value implements [driver.Valuer].
func (l list) Value() (driver.Value, error) {
	text, err := json.Marshal(l.slice.Interface())
	return string(text), err
}

// Scan implements [sql.Scanner].
func (l list) Scan(source any) error {
	var text sql.NullString
	if err := text.Scan(source); err != nil {
		return err
	}
	l.slice.SetZero() // json.Unmarshal would write into the array of the previous row
	if !text.Valid {
		return nil
	}
	return json.Unmarshal([]byte(text.String), l.slice.Addr().Interface())
}
