package auth

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// A scratch is the memory that one verification works in. The next one uses it again, so nothing
// that outlives a verification may point into it.
type scratch struct {
	token    []byte
	sum      [sha256.Size]byte // of the token
	segments [3][]byte         // decoded

	json    []byte
	buffer  bytes.Buffer
	decoder *jsontext.Decoder
	object  object
	claims  claims
	trial   trial
}

func newScratch() *scratch { return &scratch{decoder: jsontext.NewDecoder(strings.NewReader(""))} }

// scratches is a pool of them.
type scratches struct{ pool sync.Pool }

func (p *scratches) get() *scratch {
	if s, ok := p.pool.Get().(*scratch); ok {
		return s
	}
	return newScratch()
}

func (p *scratches) put(s *scratch) { p.pool.Put(s) }
