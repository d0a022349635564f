package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

func TestTokensAreThreeSegmentsOfBase64url(t *testing.T) {
	for _, test := range []struct {
		name, token string
		err         error
	}{
		{"three segments", "e30.e30.AAAA", nil},
		{"nothing", "", problem.TokenMalformed},
		{"one segment", "e30", problem.TokenMalformed},
		{"two segments", "e30.e30", problem.TokenMalformed},
		{"four segments", "e30.e30.AAAA.AAAA", problem.TokenMalformed},
		{"five segments", "e30.e30.AAAA.AAAA.AAAA", problem.TokenEncrypted},
		{"six segments", "e30.e30.AAAA.AAAA.AAAA.AAAA", problem.TokenMalformed},
		{"an empty header", ".e30.AAAA", problem.TokenMalformed},
		{"an empty payload", "e30..AAAA", problem.TokenMalformed},
		{"a line break in the header", "e3\n0.e30.AAAA", problem.TokenMalformed},
		{"a line break in the payload", "e30.e3\r\n0.AAAA", problem.TokenMalformed},
		{"a line break in the signature", "e30.e30.AA\nAA", problem.TokenMalformed},
		{"a line break at the end", "e30.e30.AAAA\n", problem.TokenMalformed},
		{"a carriage return at the end", "e30.e30.AAAA\r", problem.TokenMalformed},
		{"a space at the end", "e30.e30.AAAA ", problem.TokenMalformed},
		{"a space at the start", " e30.e30.AAAA", problem.TokenMalformed},
		{"a tab", "e30.\te30.AAAA", problem.TokenMalformed},
		{"a zero byte", "e30.e30.AAAA\x00", problem.TokenMalformed},
		{"padding in the header", "eyJ9fQ==.e30.AAAA", problem.TokenMalformed},
		{"padding in the payload", "e30.e30=.AAAA", problem.TokenMalformed},
		{"padding in the signature", "e30.e30.AA==", problem.TokenMalformed},
		{"plus, of the standard alphabet", "e30.e30.AA+A", problem.TokenMalformed},
		{"slash, of the standard alphabet", "e30.e30.AA/A", problem.TokenMalformed},
		{"minus and underscore", "e30.e30.-_AA", nil},
		{"spare bits in the header", "e31.e30.AAAA", problem.TokenMalformed},
		{"spare bits in the payload", "e30.e31.AAAA", problem.TokenMalformed},
		{"spare bits in the signature", "e30.e30.AB", problem.TokenMalformed},
		{"a lone character", "e30.e30.AAAAA", problem.TokenMalformed},
		{"a letter that is not ASCII", "e30.é.AAAA", problem.TokenMalformed},
		{"the longest", "e30.e30." + strings.Repeat("A", MaxTokenSize-8), nil},
		{"one that is longer", "e30.e30." + strings.Repeat("A", MaxTokenSize-4), problem.CredentialsTooLarge},
		{"dots", strings.Repeat(".", 1<<20), problem.TokenMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			j, err := parseJWS(test.token, nil)
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			if err == nil && (string(j.header) != "{}" || string(j.payload) != "{}" || string(j.signed) != "e30.e30" || len(j.signature) < 3) {
				t.Errorf("got %+v", j)
			}
		})
	}
}

// TestSegmentsAreCountedFirst has a token of many segments, which costs no allocation.
func TestSegmentsAreCountedFirst(t *testing.T) {
	dots := strings.Repeat(".", MaxTokenSize)
	if n := testing.AllocsPerRun(10, func() { parseJWS(dots, nil) }); n != 0 {
		t.Errorf("got %v allocations", n)
	}
}

// TestTokensAreNeverPrinted prints a token in every way except %p, which fmt does not leave to the value and vet
// rejects.
func TestTokensAreNeverPrinted(t *testing.T) {
	const secret = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"
	token := AccessToken(secret)
	holder := struct {
		AccessToken AccessToken
		Tokens      []AccessToken
		ByName      map[string]AccessToken
		Any         any
	}{token, []AccessToken{token}, map[string]AccessToken{"a": token}, token}
	var printed []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%10.3s", "%y"} {
		printed = append(printed, fmt.Sprintf(verb, token), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder))
	}
	var log bytes.Buffer
	for _, l := range []*slog.Logger{slog.New(slog.NewJSONHandler(&log, nil)), slog.New(slog.NewTextHandler(&log, nil))} {
		l.Info("logged", "token", token, "holder", holder, "pointer", &holder, "group", slog.GroupValue(slog.Any("token", token)))
	}
	text, err := json.Marshal(holder)
	printed = append(printed, log.String(), string(text), fmt.Sprint(token), fmt.Sprintln(token), token.String(), token.LogValue().String(),
		fmt.Errorf("no: %w, %v", err, token).Error())
	hex := fmt.Sprintf("%x", secret)
	for _, p := range printed {
		if strings.Contains(p, secret[:10]) || strings.Contains(strings.ToLower(p), hex[:10]) || strings.Contains(p, "101 121") {
			t.Errorf("the token was printed: %s", p)
		}
	}
	if !strings.Contains(log.String(), "REDACTED") {
		t.Errorf("got %s", log.String())
	}
}
