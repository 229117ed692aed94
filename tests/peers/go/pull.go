package main

import (
	"context"
	"fmt"
	"os"

	library "github.com/sylabs/scs-library-client/client"
)

// pull downloads an image into a file that must not exist, and compares its hash with the library's,
// which the official client leaves to its caller.
func pull(ctx context.Context, client *library.Client, opts options, args []string) (any, error) {
	reference, out := args[0], args[1]
	path, tag := split(reference)
	image, err := client.GetImage(ctx, opts.arch, path+":"+tag)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if opts.single {
		err = client.DownloadImage(ctx, file, opts.arch, path, tag, nil)
	} else {
		// As many at once as the command line has unless it is told otherwise.
		spec := &library.Downloader{Concurrency: 3, PartSize: opts.part, BufferSize: 32 << 10}
		err = client.ConcurrentDownloadImage(ctx, file, opts.arch, path, tag, spec, nil)
	}
	if err != nil {
		return nil, err
	}
	hash, err := library.ImageHash(out)
	if err != nil {
		return nil, err
	}
	if hash != image.Hash {
		return nil, fmt.Errorf("the file has the hash %s, the library promised %s", hash, image.Hash)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return map[string]any{"ok": true, "hash": hash, "size": info.Size(), "uploaded": image.Uploaded}, nil
}
