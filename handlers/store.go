package handlers

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/gatehouse/auth"
)

// An Item is what this API keeps for its callers.
type Item struct {
	ID          string        `json:"id" format:"uuid" readonly:"true" example:"01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"`
	Name        string        `json:"name" maxLength:"100" example:"Lantern"`
	Description string        `json:"description" maxLength:"1000" example:"Hangs over the gate."`
	CreatedAt   time.Time     `json:"created_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
	UpdatedAt   time.Time     `json:"updated_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
	Owner       auth.Identity `json:"-"`
	Version     Version       `json:"-"`
} // @name Item

// A Version counts the changes of an item, from 1.
type Version int64

// AnyVersion is every version that an item can have.
const AnyVersion Version = -1

// Matches reports whether v is the version, or any.
func (v Version) Matches(version Version) bool { return v == version || v == AnyVersion }

// A Store keeps items. It is safe for concurrent use. Lists are ordered by identifier and begin
// after a cursor; what is not there is NotFound. A change names the version of the item that it is
// for, and is PreconditionFailed for another one, so that none is lost unseen.
type Store interface {
	List(ctx context.Context, owner auth.Identity, after Cursor, limit int) ([]Item, error)
	ListAll(ctx context.Context, after Cursor, limit int) ([]Item, error)
	Get(ctx context.Context, id string) (Item, error)
	Create(ctx context.Context, item Item) (Item, error) // with the NextID; LimitReached when there is no room
	Update(ctx context.Context, item Item) (Item, error) // with the next version
	Delete(ctx context.Context, id string, version Version) error
}

// Limits say how much a Store keeps.
type Limits struct {
	Items      int // of all owners, in memory alone: a database has its disk
	OwnerItems int // of one owner
}

// DefaultLimits returns the limits of every Store that is told no others.
func DefaultLimits() Limits { return Limits{Items: 10_000, OwnerItems: 1_000} }

// Memory is a Store that forgets everything when the program ends: for tests and examples.
type Memory struct {
	Limits Limits // set before use

	mu    sync.RWMutex
	items []Item // by identifier
	owned map[auth.Identity]int
	last  string // greatest identifier so far
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{Limits: DefaultLimits(), owned: map[auth.Identity]int{}}
}

// List implements [Store].
func (m *Memory) List(_ context.Context, owner auth.Identity, after Cursor, limit int) ([]Item, error) {
	return m.list(after, limit, func(i Item) bool { return i.Owner == owner }), nil
}

// ListAll implements [Store].
func (m *Memory) ListAll(_ context.Context, after Cursor, limit int) ([]Item, error) {
	return m.list(after, limit, func(Item) bool { return true }), nil
}

func (m *Memory) list(after Cursor, limit int, wanted func(Item) bool) []Item {
	m.mu.RLock()
	defer m.mu.RUnlock()
	start, found := m.find(string(after))
	if found {
		start++
	}
	items := []Item{}
	for _, item := range m.items[start:] {
		if len(items) == limit {
			break
		}
		if wanted(item) {
			items = append(items, item)
		}
	}
	return items
}

// Get implements [Store].
func (m *Memory) Get(_ context.Context, id string) (Item, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, found := m.find(id)
	if !found {
		return Item{}, NotFound
	}
	return m.items[i], nil
}

// Create implements [Store].
func (m *Memory) Create(_ context.Context, item Item) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.items) >= m.Limits.Items || m.owned[item.Owner] >= m.Limits.OwnerItems {
		return Item{}, LimitReached
	}
	id, err := NextID(m.last)
	if err != nil {
		return Item{}, err
	}
	item.ID, item.Version, m.last = id, 1, id
	m.items = append(m.items, item)
	m.owned[item.Owner]++
	return item, nil
}

// Update implements [Store].
func (m *Memory) Update(_ context.Context, item Item) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.match(item.ID, item.Version)
	if err != nil {
		return Item{}, err
	}
	item.Version = m.items[i].Version + 1
	m.items[i] = item
	return item, nil
}

// Delete implements [Store].
func (m *Memory) Delete(_ context.Context, id string, version Version) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.match(id, version)
	if err != nil {
		return err
	}
	owner := m.items[i].Owner
	if m.owned[owner]--; m.owned[owner] == 0 {
		delete(m.owned, owner)
	}
	m.items = slices.Delete(m.items, i, i+1)
	return nil
}

// match returns where an item is, if it has the version.
func (m *Memory) match(id string, version Version) (int, error) {
	i, found := m.find(id)
	if !found {
		return 0, NotFound
	}
	if !version.Matches(m.items[i].Version) {
		return 0, PreconditionFailed
	}
	return i, nil
}

// find returns where an item is or would be.
func (m *Memory) find(id string) (int, bool) {
	return slices.BinarySearchFunc(m.items, id, func(i Item, id string) int { return strings.Compare(i.ID, id) })
}
