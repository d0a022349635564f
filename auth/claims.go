package auth

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// claims is the payload of a token as far as rules judge it. Member names are compared exactly, and
// a repeated member at any depth makes the whole unreadable, so that no other reader can see other
// claims than this one (RFC 7519, section 4).
type claims struct {
	Issuer    text     `json:"iss"`
	Subject   text     `json:"sub"`
	Audience  texts    `json:"aud"`
	Expiry    date     `json:"exp"`
	NotBefore date     `json:"nbf"`
	IssuedAt  date     `json:"iat"`
	ID        text     `json:"jti"`
	ClientID  text     `json:"client_id"`
	Party     text     `json:"azp"`
	OktaID    text     `json:"cid"`
	Scope     text     `json:"scope"`
	Scopes    texts    `json:"scp"`
	Roles     texts    `json:"roles"`
	ACR       text     `json:"acr"`
	AuthTime  date     `json:"auth_time"`
	Binding   presence `json:"cnf"`

	// What other kinds of tokens carry and access tokens do not.
	Nonce    presence `json:"nonce"`
	AtHash   presence `json:"at_hash"`
	CHash    presence `json:"c_hash"`
	SHash    presence `json:"s_hash"`
	Events   presence `json:"events"`
	Method   presence `json:"htm"`
	Use      text     `json:"token_use"`
	Category text     `json:"typ"`
}

// parseClaims reads a payload. Claims of a wrong type do not fail it: each remembers what it was,
// so that the rules judge them in their order.
func parseClaims(payload []byte) (*claims, error) {
	var c claims
	if len(payload) == 0 || payload[0] != '{' {
		return nil, TokenMalformed
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, refuse(TokenMalformed, "claims: %w", err)
	}
	return &c, nil
}

// A state says what was found where a claim is looked for.
type state uint8

const (
	absent state = iota
	valid
	invalid // of a type or in a range that the claim cannot have
)

// A text is a claim that must be a string.
type text struct {
	state state
	value string
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (t *text) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '"' {
		t.state = invalid
		return d.SkipValue()
	}
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	t.state, t.value = valid, token.String()
	return nil
}

// texts is a claim that must be a string or an array of strings.
type texts struct {
	state  state
	array  bool
	values []string
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (t *texts) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	t.state = invalid
	switch d.PeekKind() {
	case '"':
		var one text
		err := one.UnmarshalJSONFrom(d)
		t.state, t.values = valid, []string{one.value}
		return err
	case '[':
		return t.readArray(d)
	default:
		return d.SkipValue()
	}
}

func (t *texts) readArray(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	t.state, t.array = valid, true
	for d.PeekKind() != ']' {
		var one text
		if err := one.UnmarshalJSONFrom(d); err != nil {
			return err
		}
		if one.state == invalid {
			t.state = invalid
		}
		t.values = append(t.values, one.value)
	}
	if t.state == invalid {
		t.values = nil // an array is good as a whole or not at all
	}
	_, err := d.ReadToken()
	return err
}

// maxDate is the last second of the year 9999. A date beyond it, or before 1970, is no date of a
// token, and refusing it keeps every conversion exact.
const maxDate = 253402300799

// A date is a claim that must be a NumericDate (RFC 7519, section 2).
type date struct {
	state state
	time  time.Time
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (t *date) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	t.state = invalid
	if d.PeekKind() != '0' {
		return d.SkipValue()
	}
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if seconds, err := token.Float(); err == nil && seconds >= 0 && seconds <= maxDate {
		whole := int64(seconds)
		t.state, t.time = valid, time.Unix(whole, int64((seconds-float64(whole))*1e9))
	}
	return nil
}

// A presence records that a claim is there, whatever its value.
type presence bool

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (p *presence) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*p = true
	return d.SkipValue()
}

// words returns the members of a space-separated list (RFC 6749, section 3.3).
func words(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return c == ' ' })
}
