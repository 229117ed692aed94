package main

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"os"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sylabs/sif/v2/pkg/integrity"
	"github.com/sylabs/sif/v2/pkg/sif"
)

// verify checks the signatures of an image as the command line does, with no other keys than those given.
func verify(ctx context.Context, opts options, args []string) (any, error) {
	image, err := load(args[0])
	if err != nil {
		return nil, err
	}
	defer image.UnloadContainer()
	signatures := []map[string]any{}
	chosen := []integrity.VerifierOpt{
		integrity.OptVerifyWithContext(ctx),
		integrity.OptVerifyCallback(func(found integrity.VerifyResult) bool {
			signatures = append(signatures, result(found))
			return false
		}),
	}
	if opts.key != "" {
		ring, err := keyRing(opts.key)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, integrity.OptVerifyWithKeyRing(ring))
	}
	if opts.pem != "" {
		verifier, err := signature.LoadVerifierFromPEMFile(opts.pem, crypto.SHA256)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, integrity.OptVerifyWithVerifier(verifier))
	}
	if opts.object != 0 {
		chosen = append(chosen, integrity.OptVerifyObject(uint32(opts.object)))
	}
	if opts.group != 0 {
		chosen = append(chosen, integrity.OptVerifyGroup(uint32(opts.group)))
	}
	verifier, err := integrity.NewVerifier(image, chosen...)
	if err != nil {
		return nil, err
	}
	if err := verifier.Verify(); err != nil {
		return nil, err
	}
	return map[string]any{"ok": true, "signatures": signatures}, nil
}

// keyRing reads public keys, armored or binary.
func keyRing(path string) (openpgp.EntityList, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(content, []byte("-----BEGIN PGP ")) {
		return openpgp.ReadArmoredKeyRing(bytes.NewReader(content))
	}
	return openpgp.ReadKeyRing(bytes.NewReader(content))
}

func result(found integrity.VerifyResult) map[string]any {
	signer := ""
	if entity := found.Entity(); entity != nil {
		signer = hex.EncodeToString(entity.PrimaryKey.Fingerprint)
	}
	return map[string]any{
		"object":      found.Signature().ID(),
		"covers":      ids(found.Verified()),
		"fingerprint": signer,
		"keys":        len(found.Keys()),
	}
}

func ids(objects []sif.Descriptor) []uint32 {
	numbers := make([]uint32, 0, len(objects))
	for _, object := range objects {
		numbers = append(numbers, object.ID())
	}
	return numbers
}
