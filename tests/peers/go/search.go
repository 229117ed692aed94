package main

import (
	"context"
	"fmt"

	library "github.com/sylabs/scs-library-client/client"
)

// search lists the images that the command line would list.
func search(ctx context.Context, client *library.Client, opts options, args []string) (any, error) {
	query := map[string]string{"value": args[0], "arch": opts.arch}
	if opts.signed {
		query["signed"] = "true"
	}
	found, err := client.Search(ctx, query)
	if err != nil {
		return nil, err
	}
	images := make([]map[string]any, 0, len(found.Images))
	for _, image := range found.Images {
		images = append(images, map[string]any{
			"path": fmt.Sprintf("%s/%s/%s", image.EntityName, image.CollectionName, image.ContainerName),
			"tags": image.Tags,
			"hash": image.Hash,
		})
	}
	return map[string]any{"ok": true, "images": images}, nil
}
