package apikey_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"

	"example.com/gatehouse/auth/apikey"
)

const id = "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"

var format = apikey.NewFormat("Acme Orders 2")

func TestAKeyIsReadAsItWasWritten(t *testing.T) {
	secret := apikey.NewSecret()
	text := format.Write(id, secret)
	if !strings.HasPrefix(text, "acme-orders-2_"+id+"_"+string(secret)) || !format.Begins(text) {
		t.Errorf("the key is %s", text)
	}
	gotID, got, err := format.Parse(text)
	if gotID != id || got != secret || err != nil {
		t.Errorf("got %s, %s and the error %v", gotID, string(got), err)
	}
	gotID, got, err = format.ParsePair(id, strings.TrimPrefix(text, "acme-orders-2_"+id+"_"))
	if gotID != id || got != secret || err != nil {
		t.Errorf("as a user and a password: got %s, %s and the error %v", gotID, string(got), err)
	}
	gotID, got, err = format.ParsePair(id, string(secret))
	if gotID != id || got != secret || err != nil {
		t.Errorf("as a user and the secret alone: got %s, %s and the error %v", gotID, string(got), err)
	}
}

// TestEveryTypingErrorIsFound changes, swaps, removes and repeats every character of a key.
func TestEveryTypingErrorIsFound(t *testing.T) {
	text := format.Write(id, apikey.NewSecret())
	reject := func(wrong string) {
		if _, _, err := format.Parse(wrong); wrong != text && err == nil {
			t.Errorf("%s is accepted for %s", wrong, text)
		}
	}
	for i := range text {
		before, at, after := text[:i], text[i:i+1], text[i+1:]
		for _, other := range []string{"", at + at, "0", "z", "_", " ", "é", "\x00", strings.ToUpper(at), strings.ToLower(at)} {
			reject(before + other + after)
		}
		reject(before)
		reject(after)
		if len(after) > 0 {
			reject(before + after[:1] + at + after[1:])
		}
	}
	reject(text + "=")
	reject("gatehouse" + strings.TrimPrefix(text, "acme-orders-2"))
	reject(format.Write("", apikey.NewSecret()))
	reject(format.Write("{"+id+"}", apikey.NewSecret()))
	reject(format.Write(strings.ToUpper(id), apikey.NewSecret()))
}

// TestSecretsAreRandom checks that no secrets are equal and that every character occurs about as often as the others.
func TestSecretsAreRandom(t *testing.T) {
	const n = 2_000
	seen, counts := map[apikey.Secret]bool{}, map[rune]int{}
	for range n {
		secret := apikey.NewSecret()
		seen[secret] = true
		for _, c := range string(secret) {
			counts[c]++
		}
	}
	if len(seen) != n || len(counts) != 62 {
		t.Errorf("%d secrets are %d different ones of %d characters", n, len(seen), len(counts))
	}
	want := n * 43 / 62
	for c, got := range counts {
		if got < want*3/4 || got > want*5/4 {
			t.Errorf("%c occurs %d times, want about %d", c, got, want)
		}
	}
	if bits := 43 * math.Log2(62); len(string(apikey.NewSecret())) != 43 || bits < 256 {
		t.Errorf("a secret has %g bits", bits)
	}
}

func TestSecretsArePrintedAsRedacted(t *testing.T) {
	secret := apikey.NewSecret()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "secret", secret, "in", struct{ S apikey.Secret }{secret})
	object, err := json.Marshal(map[string]any{"secret": secret, "in": []apikey.Secret{secret}})
	if err != nil {
		t.Fatal(err)
	}
	printed := log.String() + string(object) + fmt.Sprint(secret, &secret, []any{secret}) + fmt.Sprintf("%s %q %x %d %#v %+v", secret, secret, secret, secret, secret, secret)
	for _, part := range []string{string(secret), string(secret)[:8], fmt.Sprintf("%x", string(secret))[:16]} {
		if strings.Contains(printed, part) {
			t.Errorf("the secret %s is printed: %s", part, printed)
		}
	}
}
