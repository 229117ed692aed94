package main

import (
	"context"
	"encoding/hex"
	"os"

	keys "github.com/sylabs/scs-key-client/client"
)

// keyClient is the official client of key servers, at the address of the library.
func keyClient(opts options) (*keys.Client, error) {
	if opts.base == "" {
		return nil, errUsage
	}
	settings := []keys.Option{keys.OptBaseURL(opts.base), keys.OptUserAgent("sifter-peer")}
	if opts.tokenFile != "" {
		token, err := firstLine(opts.tokenFile)
		if err != nil {
			return nil, err
		}
		settings = append(settings, keys.OptBearerToken(token))
	}
	return keys.NewClient(settings...)
}

// keyPush publishes the armored keys in a file, as "key push" does.
func keyPush(ctx context.Context, opts options, args []string) (any, error) {
	client, err := keyClient(opts)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	if err := client.PKSAdd(ctx, string(text)); err != nil {
		return nil, err
	}
	return map[string]any{"ok": true}, nil
}

// keySearch asks for the list that "key search" shows, with the same page size.
func keySearch(ctx context.Context, opts options, args []string) (any, error) {
	client, err := keyClient(opts)
	if err != nil {
		return nil, err
	}
	page := keys.PageDetails{Size: 256}
	text, err := client.PKSLookup(ctx, &page, args[0], keys.OperationIndex, true, false,
		[]string{keys.OptionMachineReadable})
	if err != nil {
		return nil, err
	}
	return map[string]any{"ok": true, "index": text, "next": page.Token}, nil
}

// keyPull fetches the key of a fingerprint or key id into a file, as "key pull" and "verify" do.
func keyPull(ctx context.Context, opts options, args []string) (any, error) {
	client, err := keyClient(opts)
	if err != nil {
		return nil, err
	}
	search, err := hex.DecodeString(args[0])
	if err != nil {
		return nil, err
	}
	text, err := client.GetKey(ctx, search)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(args[1], []byte(text), 0o600); err != nil {
		return nil, err
	}
	return map[string]any{"ok": true}, nil
}
