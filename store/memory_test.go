package store_test

import (
	"testing"

	"example.com/gatehouse/handlers"
)

func TestMemory(t *testing.T) {
	suite(t, func(*testing.T) opener {
		return func(_ *testing.T, limits handlers.Limits) handlers.Store {
			m := handlers.NewMemory()
			m.Limits = limits
			return m
		}
	})
}
