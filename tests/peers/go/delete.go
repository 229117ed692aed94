package main

import (
	"context"

	library "github.com/sylabs/scs-library-client/client"
)

// remove deletes the image that a tag points to for one architecture.
func remove(ctx context.Context, client *library.Client, opts options, args []string) (any, error) {
	path, tag := split(args[0])
	if err := client.DeleteImage(ctx, path+":"+tag, opts.arch); err != nil {
		return nil, err
	}
	return map[string]any{"ok": true}, nil
}
