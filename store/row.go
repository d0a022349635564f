package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A Row is a pointer to a struct that embeds [Key] and [Times]. Its other columns are fields with a db tag.
type Row[R any] interface {
	*R
	key() *Key
	times() *Times
}

// A Key identifies a row, its owner and its version.
type Key struct {
	ID      string  `db:"id" json:"id" format:"uuid" readonly:"true" example:"01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"`
	Owner   Owner   `json:"-"`
	Version Version `db:"version" json:"-"`
}

// Times say when a row was created and last changed.
type Times struct {
	CreatedAt time.Time `db:"created_at" json:"created_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
	UpdatedAt time.Time `db:"updated_at" json:"updated_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
}

func (k *Key) key() *Key       { return k }
func (t *Times) times() *Times { return t }

// KeyOf returns the key of a row.
func KeyOf[R any, P Row[R]](row P) *Key { return row.key() }

// ETag returns the strong entity tag of the row, which is its version (RFC 9110, section 8.8.1).
func (k Key) ETag() string { return `"` + strconv.FormatInt(int64(k.Version), 10) + `"` }

// An Owner is the caller that a row belongs to. Names and e-mail addresses can be reassigned; issuer and
// subject cannot (OpenID Connect Core, section 5.7).
type Owner struct {
	Issuer  string `db:"issuer"`
	Subject string `db:"subject"`
	Client  bool   `db:"client"` // an application on its own behalf, even if a user has the same subject
}

// maxOwner is how many bytes an owner can have: a row of an index has at most 2,704 in PostgreSQL.
const maxOwner = 2_000

// check reports an owner that the index of a table, or a text of PostgreSQL, has no room for.
func (o Owner) check() error {
	if size := len(o.Issuer) + len(o.Subject); size > maxOwner {
		return fmt.Errorf("%w: iss and sub have %d bytes, want at most %d", problem.ClaimInvalid, size, maxOwner)
	}
	if strings.ContainsRune(o.Issuer+o.Subject, 0) {
		return fmt.Errorf("%w: iss or sub has the character U+0000", problem.ClaimInvalid)
	}
	return nil
}

// A Version counts the changes of a row, from 1.
type Version int64

// AnyVersion matches every version.
const AnyVersion Version = -1

// Matches reports whether v is the version, or AnyVersion.
func (v Version) Matches(version Version) bool { return v == version || v == AnyVersion }
