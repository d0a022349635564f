package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"strings"
)

// connectRaw returns the lower limit of all verifiers: it finds the dots, decodes payload and
// signature, and verifies the signature. It reads no JSON and validates no claim.
func connectRaw(_ context.Context, i *issuer) (check, error) {
	key := i.Key()
	return func(r *http.Request) error {
		token := bearer(r)
		last := strings.LastIndexByte(token, '.')
		first := strings.IndexByte(token, '.')
		if _, err := base64.RawURLEncoding.DecodeString(token[first+1 : last]); err != nil {
			return err
		}
		signature, err := base64.RawURLEncoding.DecodeString(token[last+1:])
		if err != nil {
			return err
		}
		if !verifyRaw(key.Algorithm, key.Private.Public(), []byte(token[:last]), signature) {
			return errors.New("the signature is wrong")
		}
		return nil
	}, nil
}

func verifyRaw(algorithm string, key crypto.PublicKey, signed, signature []byte) bool {
	if algorithm == "EdDSA" {
		return ed25519.Verify(key.(ed25519.PublicKey), signed, signature)
	}
	digest := sha256.Sum256(signed)
	switch algorithm {
	case "RS256":
		return rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], signature) == nil
	case "PS256":
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(key.(*rsa.PublicKey), crypto.SHA256, digest[:], signature, options) == nil
	case "ES256":
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(key.(*ecdsa.PublicKey), digest[:], r, s)
	}
	return false
}
